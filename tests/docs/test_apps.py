"""The app folders hold what the helpdesks' documents ask of an app, and name addresses that there are.

Zendesk: developer.zendesk.com/documentation/apps/app-developer-guide/manifest; Freshdesk:
developers.freshworks.com/docs/app-sdk/v3.0 (app manifest, installation parameters).
"""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from connectors.helpdesks.registry import NAMES
from tests.dashboards.conftest import make_web

APPS = Path(__file__).resolve().parents[2] / "apps"
ZENDESK, FRESHDESK = APPS / "zendesk" / "app", APPS / "freshdesk" / "app"


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_zendesks_manifest_signs_its_address_and_stands_in_the_ticket_sidebar() -> None:
    manifest = _json(ZENDESK / "manifest.json")
    assert {"name", "author", "defaultLocale", "location", "version", "frameworkVersion"} <= set(manifest)
    assert manifest["signedUrls"] is True and manifest["private"] is True
    assert re.fullmatch(r"2\.\d", manifest["frameworkVersion"]) and re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert set(manifest["author"]) == {"name", "email", "url"}
    sidebar = manifest["location"]["support"]["ticket_sidebar"]
    assert sidebar["url"].startswith("https://") and sidebar["url"].endswith("/panel/zendesk/main")


def test_zendesks_translations_have_the_same_texts() -> None:
    files = sorted((ZENDESK / "translations").glob("*.json"))
    assert [file.stem for file in files] == ["de", "en", "es", "fr", "ja"]
    for file in files:
        texts = _json(file)["app"]
        assert set(texts) == {"name", "short_description", "long_description", "installation_instructions"}, file
        assert all(texts.values())


@pytest.mark.parametrize(("name", "side"), [("logo.png", 320), ("logo-small.png", 128)])
def test_zendesks_pictures_are_square_and_as_large_as_asked_for(name: str, side: int) -> None:
    head = (ZENDESK / "assets" / name).read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", head[16:24]) == (side, side)


def test_freshdesks_manifest_names_files_that_there_are() -> None:
    manifest = _json(FRESHDESK / "manifest.json")
    assert manifest["platform-version"] == "3.0" and set(manifest["engines"]) == {"node", "fdk"}
    assert "common" in manifest["modules"]
    place = manifest["modules"]["support_ticket"]["location"]["ticket_sidebar"]
    for name in (place["url"], place["icon"]):
        assert (FRESHDESK / "app" / name).is_file(), name
    page = (FRESHDESK / "app" / place["url"]).read_text(encoding="utf-8")
    assert '<script src="{{{appclient}}}">' in page
    for name in re.findall(r'(?:src|href)="([^"{]+)"', page):
        assert (FRESHDESK / "app" / name).is_file(), name
    assert "<style" not in page and not re.search(r"<script>|\son\w+=", page), "the kit refuses what is inline"


def test_freshdesks_parameters_are_of_kinds_that_there_are() -> None:
    parameters = _json(FRESHDESK / "config" / "iparams.json")
    assert set(parameters) == {"address", "label"}
    for one in parameters.values():
        assert one["display_name"] and one["required"] is True and one["type"] in ("text", "url")


@pytest.mark.parametrize("name", NAMES)
def test_each_helpdesk_has_a_page_that_says_how_to_install_the_panel(name: str, tmp_path: Path) -> None:
    readme = next(path for path in (APPS / name / "app" / "README.md", APPS / name / "README.md") if path.is_file())
    text = readme.read_text(encoding="utf-8")
    app = make_web(tmp_path).open().app
    assert isinstance(app, FastAPI)
    routes = [route.path_regex for route in app.routes if isinstance(route, APIRoute)]
    named = re.findall(r"https://counterfoil\.example\.com(/[\w/]+)", text)
    named += re.findall(r"https://counterfoil\.example\.com(/[\w/]+)", (ZENDESK / "manifest.json").read_text())
    assert all(any(route.fullmatch(path) for route in routes) for path in named), named
    secret = f"COUNTERFOIL_{name.upper()}_MAIN_APP_SECRET"
    assert (secret in text) == (name != "freshdesk")


def test_no_app_carries_a_secret() -> None:
    for path in APPS.rglob("*"):
        if path.is_file() and path.suffix != ".png":
            found = re.search(
                r"-----BEGIN|(?i:secret)\w*[\"']?\s*[:=]\s*[\"'][^\"']{8,}", path.read_text(encoding="utf-8")
            )
            assert found is None, path
