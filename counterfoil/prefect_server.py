"""`python -m counterfoil.prefect_server start …`: Prefect's own server; on SQLite it waits half a second, not a minute.

Prefect lets a SQLite connection wait 60 s for the write lock, inside the connection's thread. While it waits there, the
garbage collector may close one of that connection's old cursors on the event loop's thread, which then blocks as well;
so whoever holds the lock cannot go on, and the whole server stands still until the minute is over (seen on 3.8.8 with
two workers and twelve actions). With a short wait the server answers 503 instead, which every client here retries.
"""

from __future__ import annotations

import runpy
import sys
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

BUSY_MS = 500
_DONE = "counterfoil_busy_timeout"


def wait_briefly(connection: Any, record: Any, _: Any) -> None:
    """Set the wait once per connection, after Prefect has set its own."""
    if _DONE in record.info or "sqlite" not in type(connection).__module__:
        return
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.close()
    record.info[_DONE] = True


def main() -> None:
    """Run `prefect server` with the arguments that were given."""
    event.listen(Pool, "checkout", wait_briefly)
    sys.argv = ["prefect", "server", *sys.argv[1:]]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
