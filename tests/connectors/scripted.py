"""A server that gives the answers it was told to, one after the other, and keeps what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    """One answer. `claimed` is the length that its header claims, where it lies."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    claimed: int | None = None


@dataclass
class Script:
    """The last reply is given again for ever."""

    url: str
    replies: list[Reply] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answer: Callable[[str], bytes] | None = None
    """Where it is set, it gives the body for each path, and no reply is used up."""

    def next(self, path: str) -> Reply:
        if self.answer is not None:
            return Reply(self.answer(path))
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def scripted(*replies: Reply, answer: Callable[[str], bytes] | None = None) -> Iterator[Script]:
    """Serve the replies, or what `answer` gives, on a free port of 127.0.0.1 until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    script = Script(f"http://127.0.0.1:{server.server_address[1]}", list(replies), answer=answer)
    _Handler.scripts[server.server_address[1]] = script
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    scripts: dict[int, Script] = {}
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        script = self.scripts[self.server.server_address[1]]  # type: ignore[index]
        script.asked.append(self.path)
        reply = script.next(self.path)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) if reply.claimed is None else reply.claimed))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection = True

    do_POST = do_PUT = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the screen."""
