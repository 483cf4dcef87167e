"""An HTTP server on localhost for as long as a ``with`` block, which answers JSON or what is none."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Localhost:
    """``serve`` begins; ``url`` is where."""

    def serve(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler, given: object, status: int = 200) -> None:
        body = b"<html>oops" if given is None else json.dumps(given).encode()
        try:
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(body)))
            if status == 429:
                handler.send_header("Retry-After", "0.01")
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:
            """The caller gave up."""
