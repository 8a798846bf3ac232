"""Documents: PDFs per second and core; ours in three ways beside naive WeasyPrint, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

from bench.results import Result

COUNTS = {"naive": 8, "weasyprint": 30, "typst": 200, "einvoice": 200}
"""Documents of one page with five lines; after one that is not counted."""


def run() -> list[Result]:
    """Measure the ways one after another."""
    rates = {way: _rate(way, count) for way, count in COUNTS.items()}
    loads = {
        "weasyprint": "WeasyPrint with kept fonts, CSS and templates; Factur-X inside",
        "typst": "Typst with a kept compiler; no e-invoice",
        "einvoice": "Typst; CII written, checked by XSD and XSLT, and put inside a PDF/A-3b",
    }
    return [
        Result(
            f"documents.{way}",
            "PDF/s",
            ours=rates[way],
            peer=rates["naive"],
            limit=None,
            load=f"1 page, 5 lines, CPU seconds of one process, {COUNTS[way]} documents: {what}",
        )
        for way, what in loads.items()
    ]


def _rate(way: str, count: int) -> float:
    command = [sys.executable, "-m", "bench.documents_way", way, str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds: float = json.loads(done.stdout.strip().splitlines()[-1])
    return count / seconds
