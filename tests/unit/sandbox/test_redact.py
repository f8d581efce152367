"""Secrets go, and nothing else does."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.sandbox.redact import MARK, Redactor, looks_secret, secrets_of

SECRET = "s3cr3t/with+signs=="
# Put together here, so that no tool takes this file for one that holds keys.
KEYS = {
    "aws": "AKIA" + "IOSFODNN7EXAMPLE",
    "github": "ghp" + "_" + "a1B2" * 9,
    "github, fine-grained": "github" + "_pat_" + "a1B2_" * 6,
    "gitlab": "glpat" + "-" + "a1B2-" * 5,
    "openai": "sk" + "-" + "a1B2" * 6,
    "anthropic": "sk" + "-ant-" + "api03-" + "a1B2" * 6,
    "google": "AIza" + "a1B2c" * 7,
    "slack": "xoxb" + "-1234567890-" + "a1B2" * 3,
    "stripe": "sk" + "_live_" + "a1B2" * 5,
    "npm": "npm" + "_" + "a1B2" * 9,
    "hugging face": "hf" + "_" + "a1B2" * 6,
    "token": ".".join(("eyJ" + "a1B2" * 4, "eyJ" + "a1B2" * 4, "a1B2" * 4)),
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_what_has_the_form_of_a_key_is_replaced(key: str) -> None:
    assert Redactor().text(f"a {key}, b") == f"a {MARK}, b"


def test_a_private_key_is_replaced_whole_or_from_its_first_line_on() -> None:
    head, end = "-----BEGIN " + "OPENSSH PRIVATE KEY-----", "-----END " + "OPENSSH PRIVATE KEY-----"
    assert Redactor().text(f"x\n{head}\nabc\ndef\n{end}\ny") == f"x\n{MARK}\ny"
    assert Redactor().text(f"x {head}") == f"x {MARK}"


def test_a_password_in_an_address_and_a_bearer_are_replaced() -> None:
    assert Redactor().text("https://user:hunter22@host/x") == f"https://{MARK}@host/x"
    assert Redactor().text("Authorization: Bearer " + "a1B2." * 6) == f"Authorization: Bearer {MARK}"


@pytest.mark.parametrize(
    "text",
    [
        "FAILED tests/test_sk.py::test_ask - assert 1 == 2",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "commit 0123456789abcdef0123456789abcdef01234567",
        "http://127.0.0.1:8000/a@b",
        "task-runner-with-a-rather-long-name-indeed",
        "git@example.org:owner/project.git",
    ],
)
def test_ordinary_output_stays(text: str) -> None:
    assert Redactor([SECRET]).text(text) == text


def test_a_known_secret_is_replaced_in_each_of_its_spellings() -> None:
    redactor = Redactor([SECRET])
    coded = base64.b64encode(SECRET.encode()).decode()
    for text in (SECRET, quote(SECRET, safe=""), coded.rstrip("=")):
        assert redactor.text(f"<{text}>") == f"<{MARK}>"


def test_each_line_of_a_secret_with_several_counts() -> None:
    assert Redactor(["first-line-1\nsecond-line-2"]).text("x second-line-2 first-line-1") == f"x {MARK} {MARK}"


def test_a_secret_inside_a_longer_one_leaves_no_remains() -> None:
    assert Redactor(["secret", "secret-and-more"]).text("secret-and-more secret") == f"{MARK} {MARK}"


def test_what_is_too_short_or_empty_is_no_secret() -> None:
    assert Redactor(["", "abc", "   "]).text("abc   def") == "abc   def"
    assert secrets_of({"A_TOKEN": "abc", "B_TOKEN": "abcdef", "PATH": "/usr/bin"}) == ("abcdef",)


@pytest.mark.parametrize("cut", ["\n[... 12 bytes left out ...]\n", "[... 1 bytes left out ...]\n", " [... line cut]"])
def test_the_remains_beside_a_cut_are_replaced_too(cut: str) -> None:
    text = Redactor([SECRET]).text(f"a {SECRET[:9]}{cut}")
    assert SECRET[:4] not in text
    assert text.endswith(cut.removeprefix("\n"))


def test_the_end_of_a_secret_behind_a_cut_goes() -> None:
    assert (
        Redactor([SECRET]).text(f"a\n[... 9 bytes left out ...]\n{SECRET[-8:]} b")
        == "a\n[... 9 bytes left out ...]\n b"
    )


@pytest.mark.parametrize(
    "name", ["API_KEY", "OPENAI_APIKEY", "MY_TOKEN", "PGPASSWORD", "github_token", "NPM_AUTH", "X_PAT"]
)
def test_names_that_look_secret(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "LANG", "TERM", "KEYBOARD", "MONKEY_PATCH", "AUTHOR", "PATTERN", "PASSES"]
)
def test_names_that_do_not(name: str) -> None:
    assert not looks_secret(name)


@given(st.text(), st.text(min_size=6).filter(lambda text: len(text.strip()) >= 6), st.text())
def test_no_known_secret_is_ever_left(before: str, secret: str, after: str) -> None:
    if secret.strip() not in MARK:
        assert secret.strip() not in Redactor([secret]).text(before + secret + after).replace(MARK, "\0")
