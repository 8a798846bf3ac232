"""Headers, files and bodies: nothing leads out of its folder, nothing is larger than it may be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from counterfoil.users import add_user
from dashboards.files import file_below
from tests.dashboards.conftest import Web
from tests.dashboards.published_reports import DOCUMENT, OUTSIDE


def test_every_answer_carries_the_headers(shared_web: Web) -> None:
    client = shared_web.as_role("finance")
    paths = ("/", "/nothing-here", "/assets/site.css", "/healthz", "/?currency=zzz", "/revenue/chart.svg?currency=EUR")
    for path in paths:
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_pages_are_not_kept_by_the_browser_and_assets_are(shared_web: Web) -> None:
    client = shared_web.as_role("finance")
    page = client.get("/")
    assert page.headers["cache-control"] == "no-store"
    address = page.text.split('href="/assets/site.css')[1].split('"')[0]
    assert "immutable" in client.get(f"/assets/site.css{address}").headers["cache-control"]


def test_no_page_asks_an_outside_host(shared_web: Web) -> None:
    client = shared_web.as_role("finance")
    for path in ("/", "/customers", "/tax"):
        text = client.get(path).text
        assert "http://" not in text and "https://" not in text
        assert "style=" not in text and " onclick" not in text


def test_a_pdf_is_served_as_it_is_stored(shared_web: Web) -> None:
    answer = shared_web.as_role("auditor").get(f"/documents/{DOCUMENT}.pdf")
    assert answer.content == b"%PDF-1.7 as stored"
    assert answer.headers["content-type"] == "application/pdf"
    assert "INV-2026-000001.pdf" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    "path",
    [
        f"/documents/{OUTSIDE}.pdf",
        "/documents/nobody.pdf",
        "/documents/..%2f..%2fusers.json.pdf",
        "/documents/%2e%2e/%2e%2e/users.json",
        "/data-docs/../users.json",
        "/data-docs/..%2fusers.json",
        "/data-docs/%2e%2e/users.json",
        "/data-docs//etc/passwd",
        "/data-docs/link/users.json",
        "/assets/..%2fapp.py",
    ],
)
def test_no_path_leads_out_of_its_folder(web: Web, path: str) -> None:
    add_user(web.paths, "ada@example.com", "agent", "correct horse battery")
    web.paths.data_docs.mkdir()
    (web.paths.data_docs / "link").symlink_to(web.paths.var)
    for role in ("finance", "engineer"):
        answer = web.as_role(role).get(path)
        assert answer.status_code in (403, 404)
        assert "argon2" not in answer.text


def test_file_below_finds_files_and_nothing_else(web: Web) -> None:
    root = web.paths.var / "root"
    (root / "a").mkdir(parents=True)
    (root / "a" / "b.txt").write_text("b")
    assert file_below(root, "a/b.txt") == (root / "a" / "b.txt").resolve()
    for way in ("", ".", "a", "../root2", "/etc/passwd", "a/../../x", "a\x00b", "missing"):
        assert file_below(root, way) is None


def test_data_docs_run_no_scripts(web: Web) -> None:
    web.paths.data_docs.mkdir()
    (web.paths.data_docs / "index.html").write_text("<script>alert(1)</script>")
    policy = web.as_role("engineer").get("/data-docs/index.html").headers["content-security-policy"]
    assert "script-src" not in policy and "default-src 'none'" in policy


def test_a_body_without_end_is_cut_off(web: Web) -> None:
    client = web.open()
    client.get("/sign-in")

    def chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield b"password=" + b"x" * 65_536

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/sign-in", content=chunks(), headers=headers).status_code == 413


def test_an_address_that_does_not_exist_is_a_page_and_not_a_stack(web: Web) -> None:
    answer = web.as_role("agent").get("/no/such/page")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text


def test_an_unknown_method_is_refused(web: Web) -> None:
    assert web.as_role("finance").delete("/tax").status_code == 405
