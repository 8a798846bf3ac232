"""PDFs are stored once and for good, whatever is killed or in the way."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from counterfoil.paths import Paths
from flows.invoicing.drawing import draw_missing, draw_one
from flows.invoicing.issuing import issue_rows
from flows.invoicing.render import render
from flows.invoicing.storage import PdfConflict, pdf_path, store
from tests.invoicing.builders import NOW, invoice, payment, settings
from warehouse.books.connection import open_books
from warehouse.books.documents import DocumentChanged
from warehouse.books.documents_read import count_undrawn, undrawn

DRAWER = """
import sys
from pathlib import Path
from counterfoil.paths import Paths
from flows.invoicing.drawing import draw_missing
from tests.invoicing.builders import NOW
if __name__ == "__main__":
    say = lambda done, total: print(done, flush=True)
    draw_missing(Paths(Path(sys.argv[1])), now=NOW, processes=1, batch=2, progress=say)
"""


def issued(var: Path, count: int) -> Paths:
    rows = [payment(charge_id=f"ch_{n}", created_at=NOW - timedelta(days=n)) for n in range(count)]
    issue_rows(Paths(var), settings(), rows, [], now=NOW)
    return Paths(var)


def drawn_rows(paths: Paths) -> dict[str, str]:
    with open_books(paths) as conn:
        return dict(conn.execute("SELECT pdf_path, pdf_sha256 FROM documents WHERE drawn_at IS NOT NULL").fetchall())


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    """A dead process that nobody has asked after yet (state Z) runs no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_every_document_is_drawn_once_and_its_digest_is_in_the_books(tmp_path: Path) -> None:
    paths = issued(tmp_path, 5)
    told: list[tuple[int, int]] = []
    first = draw_missing(
        paths, now=NOW, limit=3, processes=2, batch=2, progress=lambda done, total: told.append((done, total))
    )
    assert (first.drawn, told) == (3, [(2, 3), (3, 3)])
    assert draw_missing(paths, now=NOW, processes=1).drawn == 2
    assert draw_missing(paths, now=NOW).drawn == 0
    rows = drawn_rows(paths)
    assert sorted(rows) == [f"DE136695976/INV/2026/INV-2026-00000{n}.pdf" for n in range(1, 6)]
    for path, digest in rows.items():
        assert hashlib.sha256((paths.documents / path).read_bytes()).hexdigest() == digest
    assert sorted(path.name for path in paths.documents.rglob("*.*")) == [f"INV-2026-00000{n}.pdf" for n in range(1, 6)]


@pytest.mark.long
def test_processes_are_renewed_and_nothing_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.invoicing.drawing.RENEW_AFTER", 2)
    paths = issued(tmp_path, 5)
    assert draw_missing(paths, now=NOW, processes=1, batch=3).drawn == 5
    assert len(drawn_rows(paths)) == 5


def test_the_bulk_engine_stores_what_the_other_would(tmp_path: Path) -> None:
    paths = issued(tmp_path, 3)
    assert draw_missing(paths, now=NOW, processes=1, limit=2, engine="typst").drawn == 2
    assert draw_missing(paths, now=NOW, processes=1).drawn == 1
    engines = [b"Typst" in path.read_bytes() for path in sorted(paths.documents.rglob("*.pdf"))]
    assert engines == [True, True, False]


def test_kill_while_drawing_is_made_good_and_leaves_no_process(tmp_path: Path) -> None:
    paths = issued(tmp_path, 8)
    script = tmp_path / "drawer.py"
    script.write_text(DRAWER)
    environ = dict(os.environ) | {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])}
    process = subprocess.Popen([sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, env=environ)
    assert process.stdout is not None
    assert process.stdout.readline() == b"2\n"
    children = children_of(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    process.stdout.close()
    assert children
    deadline = time.monotonic() + 30
    while any(is_running(pid) for pid in children):
        assert time.monotonic() < deadline, f"still running: {children}"
        time.sleep(0.05)
    before = {path: path.read_bytes() for path in paths.documents.rglob("*.pdf")}
    draw_missing(paths, now=NOW, processes=1)
    assert len(drawn_rows(paths)) == 8
    assert all(path.read_bytes() == pdf for path, pdf in before.items())


def test_a_pdf_that_was_stored_but_not_noted_is_kept(tmp_path: Path) -> None:
    document = invoice()
    earlier = render(document) + b"\n% drawn by an earlier version"
    store(tmp_path / pdf_path(document), earlier)
    stored = draw_one(tmp_path, document)
    assert stored.pdf_sha256 == hashlib.sha256(earlier).hexdigest()
    assert (tmp_path / stored.pdf_path).read_bytes() == earlier


def test_a_foreign_file_in_the_place_is_neither_taken_nor_replaced(tmp_path: Path) -> None:
    target = tmp_path / pdf_path(invoice())
    store(target, b"%PDF-1.7 of another document")
    with pytest.raises(PdfConflict, match="is not the PDF of this document"):
        draw_one(tmp_path, invoice())
    assert target.read_bytes() == b"%PDF-1.7 of another document"


def test_stored_bytes_are_never_replaced(tmp_path: Path) -> None:
    store(tmp_path / "a.pdf", b"one")
    store(tmp_path / "a.pdf", b"one")
    with pytest.raises(PdfConflict, match="holds other bytes already"):
        store(tmp_path / "a.pdf", b"two")
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]
    assert (tmp_path / "a.pdf").read_bytes() == b"one"


def test_one_document_that_cannot_be_drawn_does_not_hold_back_the_others(tmp_path: Path) -> None:
    paths = issued(tmp_path, 3)
    store(paths.documents / "DE136695976/INV/2026/INV-2026-000002.pdf", b"in the way")
    report = draw_missing(paths, now=NOW, processes=1, batch=1)
    assert (report.drawn, list(report.failed)) == (2, ["INV-2026-000002"])
    assert "PdfConflict" in report.failed["INV-2026-000002"]
    with open_books(paths) as conn:
        assert count_undrawn(conn) == 1


def test_frozen_data_that_were_changed_are_not_drawn(tmp_path: Path) -> None:
    paths = issued(tmp_path, 1)
    with open_books(paths) as conn:
        conn.execute("UPDATE documents SET data = replace(data::VARCHAR, '11900', '1190')::JSON")
        with pytest.raises(DocumentChanged, match="The frozen data of INV-2026-000001 were changed"):
            undrawn(conn, 10)


def test_an_entity_with_odd_signs_stays_below_the_folder() -> None:
    document = invoice()
    odd = type(document)(**{name: getattr(document, name) for name in document.__slots__} | {"entity": "../../etc ÄÖ"})
    assert pdf_path(odd) == "etc/INV/2026/INV-2026-000001.pdf"
