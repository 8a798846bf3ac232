"""`python -m bench.endless ROWS PORT`: as many of Stripe's charges as wanted, none of them kept in memory."""

from __future__ import annotations

import re
import sys
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sandbox.stripe.bulk import bulk_store
from sandbox.stripe.wire import dump

PAGE = 100
MARK = b"ch_bulk%09d"
_AFTER = re.compile(r"starting_after=ch_bulk(\d{9})")


class Charges(BaseHTTPRequestHandler):
    """GET /v1/charges: copies of one charge of about 2.5 kB under other ids."""

    protocol_version = "HTTP/1.1"
    rows = 0
    like: tuple[bytes, bytes] = (b"", b"")

    def do_GET(self) -> None:
        found = _AFTER.search(self.path)
        first = int(found[1]) + 1 if found else 0
        head, tail = self.like
        charges = b",".join(head + MARK % number + tail for number in range(first, min(first + PAGE, self.rows)))
        more = b"true" if first + PAGE < self.rows else b"false"
        body = b'{"object":"list","url":"/v1/charges","has_more":%b,"data":[%b]}' % (more, charges)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the screen."""


def main(rows: int, port: int) -> None:
    (charge,) = bulk_store(1, date(2026, 11, 1)).every("charge")
    head, _, tail = dump(charge).partition(charge["id"].encode())
    Charges.rows, Charges.like = rows, (head, tail)
    ThreadingHTTPServer(("127.0.0.1", port), Charges).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
