"""`python -m bench.backfill GATEWAY URL KEY RESOURCE [LIMIT]`: pull one list of a gateway and load it.

With LIMIT, the same requests are then asked again, raw, one after the other. Prints seconds, rows and peak memory.
"""

from __future__ import annotations

import json
import resource as process
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import orjson

from bench.ways import Clock, warm
from connectors.gateway import AccountAccess
from connectors.registry import gateway
from counterfoil.paths import Paths
from warehouse.landing import land_pages
from warehouse.load import load_landed


def ours(access: AccountAccess, resource: str, folder: Path) -> tuple[int, dict[str, float]]:
    """(rows, seconds a step) of connector → landing → load."""
    warm(folder / "warm")
    reader, paths = gateway(access.account.partition("/")[0]).open_reader(access), Paths(folder / "cold")
    clock = Clock()
    pages = reader.pages(resource, since=None, cursor=None)
    rows = sum(page.rows for page in land_pages(paths.landing, access.account, pages))
    clock.lap("fetch and land")
    load_landed(paths)
    clock.lap("load")
    reader.close()
    return rows, clock.laps


def raw(asked: list[httpx.Request]) -> float:
    """Seconds that the same requests take with nothing around them: read, and parsed as quickly as can be."""
    with httpx.Client(timeout=60) as client:
        begun = time.perf_counter()
        for request in asked:
            again = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
            answer = client.send(again)
            if answer.content[:1] in {b"{", b"["}:
                orjson.loads(answer.content)
            elif answer.content[:1] == b"<":
                ElementTree.fromstring(answer.content)  # noqa: S314 - of our own stand-in
        return time.perf_counter() - begun


class Overheard(httpx.Client):
    """Keeps what is asked; only where the limit is measured, because it holds every request."""

    asked: list[httpx.Request] = []

    def send(self, request: httpx.Request, **more: Any) -> httpx.Response:
        self.asked.append(request)
        return super().send(request, **more)


def main(name: str, url: str, key: str, resource: str, limit: str = "") -> None:
    if limit:
        httpx.Client = Overheard  # type: ignore[misc]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        rows, seconds = ours(AccountAccess(f"{name}/bench", url, key), resource, Path(folder))
    peak_mb = process.getrusage(process.RUSAGE_SELF).ru_maxrss / 1024
    found = {"rows": rows, "seconds": seconds, "peak_mb": peak_mb}
    if limit:
        httpx.Client = Overheard.__base__  # type: ignore[misc,assignment]
        found["limit"] = raw(Overheard.asked)
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
