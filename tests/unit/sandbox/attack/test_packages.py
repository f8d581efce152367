"""Packages: a name that somebody made up is fetched from nowhere, whatever address is given for it."""

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.unit.sandbox.attack.ground import PYTHON, Ground

pytestmark = pytest.mark.anyio

WHEEL = "made_up_name-1.0-py3-none-any.whl"


def wheel() -> bytes:
    """A package of one module, as any index would hand it out."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("made_up_name.py", "print('run')\n")
        archive.writestr(
            "made_up_name-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: made-up-name\nVersion: 1.0\n"
        )
        archive.writestr("made_up_name-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("made_up_name-1.0.dist-info/RECORD", "")
    return held.getvalue()


class Index(BaseHTTPRequestHandler):
    """Whoever asks for any package gets this one."""

    def do_GET(self) -> None:  # the name that the base calls
        is_wheel = self.path.endswith(".whl")
        body = wheel() if is_wheel else f'<a href="/{WHEEL}">{WHEEL}</a>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream" if is_wheel else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@contextmanager
def index() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


async def test_row_47_no_package_is_fetched_from_anywhere(ground: Ground) -> None:
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "--retries", "0", "--timeout", "5")
    if (await ground.inside(*pip, "--version")).exit_code:
        pytest.skip("this Python has no pip")
    with index() as url:
        for source in (("-i", url, "made-up-name"), (f"{url}/{WHEEL}",)):
            argv = (*pip, "download", "--no-deps", "--dest", "got", *source)
            assert (await ground.inside(*argv)).exit_code != 0
            assert not (ground.tree / "got" / WHEEL).exists()
            control = await ground.outside(*argv)
            assert (ground.tree / "got" / WHEEL).exists(), control.stderr
            (ground.tree / "got" / WHEEL).unlink()
