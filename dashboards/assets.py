"""Style sheet, script, icon and the Vega bundle, each under an address that changes with its content.

The bundle comes out of the locked package vl-convert-python at start, is kept in var/web/, and is never committed.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import vl_convert

HERE = Path(__file__).parent / "static"
_OWN = {
    "site.css": "text/css",
    "counterfoil.js": "text/javascript",
    "shell.js": "text/javascript",
    "enter.js": "text/javascript",
    "favicon.svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent; `zipped` where it is worth it."""

    body: bytes
    zipped: bytes
    media_type: str
    digest: str


class Assets:
    """All assets in memory: a few kB of ours, and the bundle."""

    def __init__(self, var: Path, colour: str) -> None:
        self._assets = {name: _asset((HERE / name).read_bytes(), kind) for name, kind in _OWN.items()}
        self._assets["brand.css"] = _asset(f":root {{ --brand: {colour}; }}\n".encode(), "text/css")
        self._assets["vega.js"] = _asset(_bundle(var / "web"), "text/javascript")

    def find(self, name: str) -> Asset | None:
        """One asset, or None."""
        return self._assets.get(name)

    def address(self, name: str) -> str:
        """Where an asset is found; may be kept for ever, because its content is part of it."""
        return f"/assets/{name}?v={self._assets[name].digest}"


def _asset(body: bytes, media_type: str) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Asset(body, gzip.compress(body, 6, mtime=0), media_type, digest)


def _bundle(folder: Path) -> bytes:
    """The Vega bundle, kept once per version of vl-convert-python."""
    path = folder / f"vega-{version('vl-convert-python')}.js"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".new")
        temporary.write_text(_made_bundle(), encoding="utf-8")
        temporary.replace(path)
    return path.read_bytes()


@cache
def _made_bundle() -> str:
    """Two seconds of work, done once in a process, whatever folders it serves."""
    made: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return made
