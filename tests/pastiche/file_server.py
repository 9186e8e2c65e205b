"""A file server on this machine that can be told to misbehave."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE_BYTES = 4096


@dataclass
class FileServer:
    """One file under every path; the rest says how it is served.

    cut_after: connections break off after so many bytes, one after another; then no more
    """

    data: bytes
    etag: str = '"one"'
    ranges: bool = True
    lengths: bool = True
    status: int | None = None
    cut_after: list[int] = field(default_factory=list)
    url: str = ""
    asked: list[str | None] = field(default_factory=list)
    sent: int = 0


@contextmanager
def serving(served: FileServer) -> Iterator[FileServer]:
    """Serve on a free port of 127.0.0.1."""
    handler = type("Handler", (_Handler,), {"served": served})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    served: FileServer

    def do_GET(self) -> None:
        served = self.served
        served.asked.append(self.headers.get("Range"))
        start = self._start()
        if served.status is not None or start > len(served.data):
            self.send_error(served.status or 416)
            return
        self.send_response(206 if start else 200)
        self.send_header("ETag", served.etag)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(served.data) - 1}/{len(served.data)}")
        if served.lengths:
            self.send_header("Content-Length", str(len(served.data) - start))
        self.end_headers()
        self._send(served.data[start:])

    def _start(self) -> int:
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        fresh = self.headers.get("If-Range", self.served.etag) == self.served.etag
        return int(found[1]) if found and fresh and self.served.ranges else 0

    def _send(self, body: bytes) -> None:
        if self.served.cut_after:
            body = body[: self.served.cut_after.pop(0)]
        try:
            for start in range(0, len(body), PIECE_BYTES):
                self.served.sent += self.wfile.write(body[start : start + PIECE_BYTES])
        except ConnectionError:
            pass  # the other side has had enough
        self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:
        """Nobody reads it."""
