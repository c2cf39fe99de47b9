"""A static host as the public ones are: files below a path, and 404.html for whatever is none."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
#: What such hosts compress on the way.
PACKED = (".html", ".js", ".mjs", ".css", ".json")


def write(files: dict[str, bytes], folder: Path) -> Path:
    """Put a site into a folder."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


class StaticHost(ThreadingHTTPServer):
    """Serves ``folder`` below ``base``; ``sent`` are the paths and bytes of its answers.

    What is served may be replaced by another version, and may go away for a time.
    """

    daemon_threads = True
    # What a browser asks for at once may be many.
    request_queue_size = 128

    def __init__(self, folder: Path, base: str = "/lrviz/", port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Answer)
        self.folder, self.base, self.away = folder, base, False
        self.sent: list[tuple[str, int]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}{base.rstrip('/')}"

    def handle_error(self, *_: object) -> None:
        """A browser that leaves in the middle of an answer is no error."""


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StaticHost

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        host = self.server
        if host.away:
            self.close_connection = True
            return
        name = path.removeprefix(host.base) or "index.html"
        file, status = (host.folder / name).resolve(), 200
        inside = path.startswith(host.base) and file.is_relative_to(host.folder.resolve())
        if not inside or not file.is_file():
            file, status = host.folder / "404.html", 404
        content, packed = _read(file, file.stat().st_mtime_ns)
        tag = f'"{file.stat().st_mtime_ns:x}"'
        if status == 200 and self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            host.sent.append((path, 0))
            return
        self.send_response(status)
        self.send_header("Content-Type", KINDS.get(file.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", tag)
        # As GitHub's pages say.
        self.send_header("Cache-Control", "max-age=600")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)
        host.sent.append((path, len(content)))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@cache
def _read(file: Path, _: int) -> tuple[bytes, bool]:
    content = file.read_bytes()
    packed = file.suffix in PACKED
    return (gzip.compress(content, 6, mtime=0) if packed else content), packed


@contextmanager
def hosted(folder: Path, base: str = "/lrviz/", port: int = 0) -> Iterator[StaticHost]:
    """A host that answers while the block lasts."""
    host = StaticHost(folder, base, port)
    threading.Thread(target=host.serve_forever, daemon=True).start()
    try:
        yield host
    finally:
        host.shutdown()
        host.server_close()
