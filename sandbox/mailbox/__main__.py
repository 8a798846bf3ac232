"""`python -m sandbox.mailbox --port N --folder DIR`: an SMTP server on 127.0.0.1 that keeps every mail as a file."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from sandbox.mailbox.server import running


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.mailbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="where the .eml files go")
    wanted = parser.parse_args(arguments)
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    with running(wanted.folder, port=wanted.port) as port:
        print(f"Mailbox on 127.0.0.1:{port}, mails in {wanted.folder}", flush=True)
        end.wait()


if __name__ == "__main__":
    main()
