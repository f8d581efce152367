"""Takes secrets out of text that is kept or passed on, and out of environments."""

import base64
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

__all__ = ["MARK", "Redactor", "looks_secret", "secrets_of"]

MARK = "[redacted]"

_SHORTEST = 6
"""Characters; what is shorter occurs in ordinary text."""
_SHORTEST_FRAGMENT = 4

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|KEY|TOKEN|SECRETS?|PASS|PASSWD|PASSWORD|"
    r"PASSPHRASE|PAT|CREDENTIALS?|AUTH|COOKIE|SESSION|DSN|WEBHOOK|CONNECTION_STRING|DATABASE_URL)(?:_|$)"
    r"|(?:KEY|TOKEN|SECRET|PASSWORD)$"
)

_FORMATS = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[\s\S]*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)?"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS
    r"|\bAIza[\w-]{35}"  # Google
    r"|\bya29\.[\w-]{20,}"
    r"|\bgh[opusr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{22,}"
    r"|\bglpat-[\w-]{20,}"
    r"|\bsk-(?:ant-|proj-|or-)?[\w-]{20,}"  # Anthropic, OpenAI, OpenRouter
    r"|\bgsk_[A-Za-z0-9]{20,}|\bhf_[A-Za-z0-9]{20,}"
    r"|\bxox[abeoprs]-[\w-]{10,}"  # Slack
    r"|\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"  # Stripe
    r"|\bnpm_[A-Za-z0-9]{36}|\bpypi-[\w-]{50,}|\bdckr_pat_[\w-]{20,}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"  # JSON Web Token
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"  # user and password in an address
    r"|(?<=earer )[A-Za-z0-9._~+/-]{20,}=*"  # an Authorization header
)

_CUT = re.compile(r"\n?\[\.\.\. \d+ bytes left out \.\.\.\]\n| \[\.\.\. line cut\]")


def looks_secret(name: str) -> bool:
    """Whether a variable of that name usually holds a secret."""
    return bool(_SECRET_NAME.search(name.upper()))


def secrets_of(env: Mapping[str, str]) -> tuple[str, ...]:
    """The values of the variables in ``env`` whose names look secret; none that is too short to be one."""
    return tuple(value for name, value in env.items() if looks_secret(name) and len(value) >= _SHORTEST)


class Redactor:
    """Replaces known secrets, and what has the form of a well-known kind of key, by :data:`MARK`.

    A known secret is also found percent-encoded and in base64, each line of one with several lines by itself,
    and its remains beside the marks at which output was cut.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spelt = {form for secret in secrets for form in _spellings(secret)}
        self._known = sorted(spelt, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, self._known))) if self._known else None

    def text(self, text: str) -> str:
        """``text`` without secrets."""
        if self._pattern is not None:
            text = self._pattern.sub(MARK, text)
            text = self._without_fragments(text)
        return _FORMATS.sub(MARK, text)

    def _without_fragments(self, text: str) -> str:
        parts, at = [], 0
        for cut in _CUT.finditer(text):
            parts += [self._cut_off(text[at : cut.start()]), cut.group()]
            at = cut.end()
            if cut.group().endswith("\n"):
                at += self._rest_of_one(text, at)
        return "".join((*parts, text[at:]))

    def _cut_off(self, head: str) -> str:
        """``head`` without the beginning of a secret at its end."""
        longest = max((_overlap(head, secret) for secret in self._known), default=0)
        return head[: len(head) - longest] + MARK if longest else head

    def _rest_of_one(self, text: str, at: int) -> int:
        """How many characters of ``text`` from ``at`` on are the end of a secret."""
        sizes = (size for secret in self._known for size in range(len(secret) - 1, _SHORTEST_FRAGMENT - 1, -1)
                 if text.startswith(secret[-size:], at))  # fmt: skip
        return max(sizes, default=0)


def _spellings(secret: str) -> Iterable[str]:
    for part in {secret, *secret.splitlines()}:
        if len(part.strip()) >= _SHORTEST:
            data = part.strip().encode("utf-8", "surrogateescape")
            yield part.strip()
            yield quote(data, safe="")
            yield base64.b64encode(data).decode().rstrip("=")


def _overlap(head: str, secret: str) -> int:
    sizes = range(min(len(secret) - 1, len(head)), _SHORTEST_FRAGMENT - 1, -1)
    return next((size for size in sizes if head.endswith(secret[:size])), 0)
