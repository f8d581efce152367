"""Files outside of the tree: neither read nor written, by whatever way they are reached."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.domain.sandbox import Bind, Overlay
from tests.unit.sandbox.attack.ground import IS_ROOT, MOUNT, PYTHON, Ground, python, quoted, shell

pytestmark = pytest.mark.anyio

_SU = Path("/usr/bin/su")
SETUID = str(_SU) if _SU.is_file() and _SU.stat().st_mode & 0o4000 else ""
"""A program that gets root's rights from whoever may start it."""


async def test_row_1_nothing_is_written_outside_of_the_tree(ground: Ground) -> None:
    absolute, relative = ground.host / "absolute", ground.host / "relative"
    script = shell(f"echo x > {quoted(absolute)}; echo x > ../host/relative; echo x > own")
    result = await ground.inside(*script)
    assert (absolute.exists(), relative.exists(), (ground.tree / "own").exists()) == (False, False, True)
    assert result.stderr.count("cannot create") == 2
    await ground.outside(*script)
    assert absolute.exists()
    assert relative.exists()


@pytest.mark.parametrize("place", ["/usr/x", "/etc/x", "/etc/passwd", "/x", "/dev/x", "/proc/x", "/run/x", "/home/x"])
async def test_row_1_the_system_s_own_folders_are_read_only(ground: Ground, place: str) -> None:
    script = 'import sys; open(sys.argv[1], "a").close(); print("open")'
    assert "open" not in (await ground.inside(*python(script, place))).stdout
    control = ground.host / "x"
    assert (await ground.outside(*python(script, str(control)))).stdout == "open\n"


GIT = """
for try in 'echo x > .git/hooks/post-checkout' 'echo x >> .git/config' 'echo x > .git/packed-refs' 'mkdir .git/hooks' \
    'mv .git old' 'rm -rf .git && echo gitdir: ./evil > .git' 'ln -s evil .git' 'echo gitdir: ./evil > .git' \
    'chmod 777 .git'; do
    if sh -c "$try" 2>/dev/null; then echo "done: $try"; fi
done
"""


@pytest.mark.parametrize("kind", ["folder", "file", "absent"])
async def test_rows_2_and_3_what_git_finds_there_can_neither_be_changed_nor_replaced(
    ground: Ground, kind: str, tmp_path: Path
) -> None:
    git = ground.tree / ".git"
    if kind == "folder":
        (git / "hooks").mkdir(parents=True)
        (git / "config").write_text("[core]\n")
    elif kind == "file":
        git.write_text("gitdir: elsewhere\n")
    shutil.copytree(ground.tree, tmp_path / "control")
    tree = sorted(path.name for path in ground.tree.iterdir())
    result = await ground.inside(*shell(GIT))
    assert [line for line in result.stdout.splitlines() if "ln -s" not in line] == []
    assert sorted(path.name for path in ground.tree.iterdir()) in (tree, [".git"])
    assert not git.is_symlink()
    if kind == "folder":
        assert (git / "config").read_text() == "[core]\n"
        assert list((git / "hooks").iterdir()) == []
    control = await Ground(tmp_path / "control", ground.host).outside(*shell(GIT))
    assert "done" in control.stdout


async def test_row_13_links_lead_nowhere(ground: Ground) -> None:
    (ground.tree / "link").symlink_to(ground.host)
    secret = quoted(ground.host / "secret")
    script = shell(f"cat link/secret; echo x > link/new; ln {secret} hard && cat hard")
    result = await ground.inside(*script)
    assert (result.stdout, (ground.host / "new").exists()) == ("", False)
    control = await ground.outside(*script)
    assert (control.stdout, (ground.host / "new").exists()) == ("treasure\n" * 2, True)


async def test_row_13_a_link_that_changes_while_it_is_used_leads_nowhere(ground: Ground) -> None:
    race = """
import os, sys, time
target, seconds = sys.argv[1], float(sys.argv[2])
swapper = os.fork()
while not swapper:
    for place in (target, "/tmp"):
        os.symlink(place, "turn.new"); os.rename("turn.new", "turn")
end = time.monotonic() + seconds
hit = False
while not hit and time.monotonic() < end:
    try:
        open("turn/secret").close(); hit = True
    except OSError: pass
os.kill(swapper, 9)
print(hit)
"""
    assert (await ground.inside(*python(race, str(ground.host), "1"))).stdout == "False\n"
    for name in ("turn", "turn.new"):
        (ground.tree / name).unlink(missing_ok=True)
    assert (await ground.outside(*python(race, str(ground.host), "30"))).stdout == "True\n"


@pytest.mark.skipif(not IS_ROOT, reason="only root can give a file away to another user")
async def test_row_14_a_setuid_program_gives_no_rights(ground: Ground) -> None:
    program = ground.tree / "id"
    shutil.copy("/usr/bin/id", program)
    os.chown(program, 65534, 65534)
    program.chmod(0o4755)
    assert "euid" not in (await ground.inside("./id")).stdout
    if not os.statvfs(ground.tree).f_flag & os.ST_NOSUID:
        assert "euid=65534" in ground.bare("./id")


@pytest.mark.skipif(IS_ROOT, reason="who is root already gains nothing by root's programs")
async def test_row_14_a_setuid_program_of_root_s_gives_no_rights(ground: Ground) -> None:
    """The loader tells what it was started with, unless the program has rights that its caller has not."""
    if not SETUID:
        pytest.skip("no set-user-ID su here")
    script = shell(f"LD_SHOW_AUXV=1 {SETUID} --version")
    inside = (await ground.inside(*script)).stdout
    assert f"AT_EUID: {os.getuid()}" in " ".join(inside.split())
    assert "AT_SECURE: 0" in " ".join(inside.split())
    assert "AT_EUID" not in ground.bare(*script)
    assert "su " in ground.bare(*script)


async def test_row_14_no_program_can_gain_rights_and_nothing_in_the_tree_has_any(ground: Ground) -> None:
    status = ("grep", "NoNewPrivs", "/proc/self/status")
    assert (await ground.inside(*status)).stdout.split() == ["NoNewPrivs:", "1"]
    assert ground.bare(*status).split() == ["NoNewPrivs:", "0"]
    options = shell(f"grep ' {MOUNT} ' /proc/self/mountinfo | cut -d ' ' -f 6")
    assert "nosuid" in (await ground.inside(*options)).stdout.split(",")


async def test_row_19_home_folders_are_not_there(ground: Ground) -> None:
    for name in (".ssh/id_rsa", ".aws/credentials", ".config/gcloud/token", ".netrc", ".docker/config.json"):
        (ground.host / name).parent.mkdir(parents=True, exist_ok=True)
        (ground.host / name).write_text("treasure\n")
    script = shell(f"cd; pwd; find {quoted(ground.host)} ~ -type f 2>/dev/null -exec cat {{}} +; ls /srv")
    home = {"HOME": str(ground.host)}
    result = await ground.inside(*script, env=home)
    assert "treasure" not in result.stdout
    assert result.stdout.startswith("/run/rung/home\n")
    assert result.stdout.splitlines()[-1] == "people"
    assert "treasure" in (await ground.outside(*script, env=home)).stdout


async def test_row_19_of_the_host_s_users_and_settings_little_is_there(ground: Ground) -> None:
    script = shell(
        "ls -d /etc/shadow /etc/ssh /etc/sudoers /etc/ssl/private /etc/resolv.conf /var/lib /sys /mnt /media"
    )
    assert (await ground.inside(*script)).stdout == ""
    assert (await ground.outside(*script)).stdout != ""
    names = (await ground.inside("cut", "-d:", "-f1", "/etc/passwd")).stdout.split()
    assert set(names) <= {"root", "nobody", "rung"}
    assert set(names) < set((await ground.outside("cut", "-d:", "-f1", "/etc/passwd")).stdout.split()) | {"rung"}


async def test_row_35_nothing_of_one_command_is_there_for_the_next(ground: Ground) -> None:
    marks = "/tmp/rung-mark /var/tmp/rung-mark /dev/shm/rung-mark ~/rung-mark"
    leave, look = shell(f"touch {marks} && echo left"), shell(f"ls {marks} 2>/dev/null")
    assert (await ground.inside(*leave)).stdout == "left\n"
    assert (await ground.inside(*look)).stdout == ""
    own = quoted(ground.host / "mark")
    assert (await ground.outside(*shell(f"touch {own} && echo left"))).stdout == "left\n"
    assert (await ground.outside(*shell(f"ls {own}"))).stdout != ""


async def test_row_35_a_cache_can_be_written_and_stays_as_it_was(ground: Ground) -> None:
    cache = ground.host / "cache"
    (cache / "sub").mkdir(parents=True)
    (cache / "wheel").write_text("good\n")
    policy = replace(ground.policy, overlays=(Overlay(lower=str(cache)),), readonly=(Bind(str(cache), "/opt/cache"),))
    poison = shell(f"cd {quoted(cache)} && echo evil > wheel && rmdir sub && touch new && cat wheel && ls")
    result = await ground.inside(*poison, policy=policy)
    assert result.stdout == "evil\nnew\nwheel\n"
    assert (cache / "wheel").read_text() == "good\n"
    assert sorted(path.name for path in cache.iterdir()) == ["sub", "wheel"]
    again = await ground.inside("cat", str(cache / "wheel"), "/opt/cache/wheel", policy=policy)
    assert again.stdout == "good\ngood\n"
    assert "evil" in (await ground.outside(*poison)).stdout
    assert (cache / "wheel").read_text() == "evil\n"


async def test_row_35_another_tree_is_not_there_and_a_toolchain_is_read_only(ground: Ground) -> None:
    other = ground.host / "other"
    other.mkdir()
    policy = replace(ground.policy, readonly=(Bind(str(other), "/opt/tool"),))
    script = shell(f"touch {quoted(other)}/a /opt/tool/b || ls {quoted(other)}")
    result = await ground.inside(*script, policy=policy)
    assert (list(other.iterdir()), "Read-only" in result.stderr) == ([], True)
    await ground.outside(*script)
    assert [path.name for path in other.iterdir()] == ["a"]


async def test_row_40_there_is_no_other_way_to_a_file(ground: Ground) -> None:
    secret = quoted(ground.host / "secret")
    reader = "import sys; print(open(sys.argv[1]).read())"
    script = shell(f"""
cat {secret}; cat /proc/self/root{secret}; cat /proc/$$/root{secret}; cat /proc/1/root{secret}
cp /bin/cat mine && ./mine {secret}; exec 3<{secret} && cat <&3
"$(ls /lib64/ld-linux*.so* /lib/ld-linux*.so* 2>/dev/null | head -1)" /bin/cat {secret}
{quoted(PYTHON)} -I -S -c {quoted(reader)} {secret}; cd / && cat .{secret}; tar -cf - {secret} | tar -xOf -
""")
    assert "treasure" not in (await ground.inside(*script)).stdout
    assert (await ground.outside(*script)).stdout.count("treasure") >= 6


async def test_row_48_a_build_script_runs_in_the_sandbox_too(ground: Ground) -> None:
    stolen = ground.host / "stolen"
    (ground.tree / "setup.py").write_text(f"open({str(stolen)!r}, 'w').write('x')\n")
    script = (PYTHON, "-I", "-S", "setup.py", "install")
    assert (await ground.inside(*script)).exit_code != 0
    assert not stolen.exists()
    assert (await ground.outside(*script)).exit_code == 0
    assert stolen.exists()


async def test_the_tree_is_seen_at_its_own_path_and_written_through(ground: Ground) -> None:
    result = await ground.inside(*shell("pwd; echo done > result"))
    assert (result.stdout, (ground.tree / "result").read_text()) == (f"{MOUNT}\n", "done\n")
    owner = (ground.tree / "result").stat()
    assert (owner.st_uid, owner.st_gid) == (os.getuid(), os.getgid())
