"""Secrets: they do not get in, and do not come out."""

import json
import os
from dataclasses import asdict, replace

import pytest

from orchestrator.domain.command import Command
from orchestrator.errors import IsolationError
from orchestrator.sandbox import Redactor, SandboxRunner
from orchestrator.sandbox.redact import MARK, secrets_of
from tests.unit.sandbox.attack.ground import MOUNT, PATH, Ground, quoted, shell
from tests.unit.sandbox.processes import descendants, read

pytestmark = pytest.mark.anyio

NAMES = (
    "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GROQ_API_KEY", "GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "NPM_TOKEN",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "DATABASE_PASSWORD", "PGPASSWORD", "SSH_PASSPHRASE", "CLIENT_SECRET",
    "AZURE_CREDENTIALS", "SIGNING_KEY", "SENTRY_DSN", "SLACK_WEBHOOK", "SESSION_COOKIE", "DOCKER_AUTH", "MY_PAT",
)  # fmt: skip
CANARIES = {name: f"canary-{number:02}-{name.lower()[::-1]}-Zq9" for number, name in enumerate(NAMES)}
DUMP = "env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/self/mountinfo 2>/dev/null | tr '\\0' '\\n'"


def hits(text: str) -> list[str]:
    return [name for name, value in CANARIES.items() if value in text]


@pytest.fixture
def _engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine itself has all of them."""
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("_engine")
async def test_of_20_canaries_none_gets_in(ground: Ground) -> None:
    policy = replace(ground.policy, env=(*ground.policy.env, *CANARIES, "HARMLESS"))
    given = {"PATH": PATH, **CANARIES, "HARMLESS": CANARIES["GH_TOKEN"]}
    result = await ground.inside(*shell(DUMP), policy=policy, env=given, redactor=Redactor(CANARIES.values()))
    assert len(CANARIES) == 20
    assert "PATH=" in result.stdout
    assert hits(result.stdout + result.stderr) == []
    assert MARK not in result.stdout
    assert len(hits((await ground.outside(*shell(DUMP), env=given)).stdout)) == 20


@pytest.mark.usefixtures("_engine")
async def test_of_20_canaries_none_is_seen_in_a_process_on_the_way(ground: Ground) -> None:
    seen: list[str] = []

    def look(_name: str, _line: str) -> None:
        below = descendants(os.getpid())
        seen.extend((read(pid, "environ") + read(pid, "cmdline")).decode(errors="replace") for pid in below)
        (ground.tree / "seen").touch()

    runner = SandboxRunner(ground.policy)
    script = "echo up; until [ -e seen ]; do sleep 0.01; done"
    command = Command(argv=("sh", "-c", script), cwd=MOUNT, env={"PATH": PATH, **CANARIES})
    await runner.run(command, look)
    assert any("bwrap" in text for text in seen)
    assert hits("".join(seen)) == []


async def test_of_20_canaries_none_comes_out(ground: Ground) -> None:
    (ground.tree / "leak").write_text("\n".join(CANARIES.values()))
    lines: list[str] = []
    runner = SandboxRunner(ground.policy, redactor=Redactor(secrets_of(CANARIES)))
    for script in ("cat leak; cat leak >&2", "tr '\\n' ' ' < leak", "base64 -w 0 < /dev/null; cat leak leak"):
        command = Command(argv=("sh", "-c", script), cwd=MOUNT, env={"PATH": PATH})
        result = await runner.run(command, lambda _name, line: lines.append(line))
        assert hits(result.stdout + result.stderr) == []
        assert MARK in result.stdout
    assert hits("\n".join(lines)) == []
    assert MARK in "\n".join(lines)
    assert len(hits((await ground.outside("cat", "leak")).stdout)) == 20


@pytest.mark.usefixtures("_engine")
async def test_of_20_canaries_none_is_in_the_record_or_in_an_error(ground: Ground) -> None:
    runner = SandboxRunner(ground.policy, redactor=Redactor(CANARIES.values()))
    record = runner.record
    assert hits(f"{record} {json.dumps(asdict(record))}") == []
    secret = CANARIES["GH_TOKEN"]
    with pytest.raises(FileNotFoundError) as caught:
        await runner.run(Command(argv=(f"./{secret}",), cwd=MOUNT, env={"PATH": PATH}))
    assert hits(str(caught.value)) == []
    with pytest.raises((OSError, IsolationError)) as refused:
        await runner.run(Command(argv=("true",), cwd=f"{MOUNT}/{secret}", env={"PATH": PATH}))
    assert hits(f"{refused.value!r} {refused.value}") == []


async def test_a_secret_that_the_cut_of_a_long_output_splits_leaves_no_part(ground: Ground) -> None:
    secret = CANARIES["GH_TOKEN"]
    runner = SandboxRunner(ground.policy, redactor=Redactor([secret]))
    script = f"printf %s {secret}; head -c 5000 /dev/zero | tr '\\0' x; printf %s {secret}"
    for keep in range(8, 60):
        command = Command(argv=("sh", "-c", script), cwd=MOUNT, env={"PATH": PATH}, keep_bytes=keep)
        result = await runner.run(command)
        assert not any(secret[at : at + 5] in result.stdout for at in range(len(secret) - 5)), result.stdout
        if keep > 16:
            break


async def test_row_44_later_steps_of_a_pipeline_get_nothing(ground: Ground) -> None:
    files = {name: ground.host / name for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    for path in files.values():
        path.touch()
    env = {name: str(path) for name, path in files.items()}
    writes = "; ".join(f'echo "${name}" >> {quoted(path)}' for name, path in files.items())
    script = shell(f'{writes}; echo "[$GITHUB_ENV]"')
    assert (await ground.inside(*script, env=env)).stdout == "[]\n"
    assert {path.read_text() for path in files.values()} == {""}
    await ground.outside(*script, env=env)
    assert "" not in {path.read_text() for path in files.values()}


async def test_row_49_what_has_the_form_of_a_key_does_not_come_out(ground: Ground) -> None:
    key = "ghp" + "_" + "A1b2C3d4" * 5
    (ground.tree / "leak").write_text(f"token: {key}\n")
    assert (await ground.inside("cat", "leak")).stdout == f"token: {MARK}\n"
    assert key in (await ground.outside("cat", "leak")).stdout
