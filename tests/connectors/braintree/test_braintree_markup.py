"""XML becomes JSON faithfully, and never more than was sent."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from braintree.util.xml_util import XmlUtil

from connectors.errors import UnexpectedShape
from connectors.gateways.braintree import markup
from connectors.gateways.braintree.markup import read_markup, write_markup


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("<a>text</a>", "text"),
        ("<a/>", ""),
        ('<a nil="true"/>', None),
        ('<a type="integer">12</a>', 12),
        ('<a type="integer">-3</a>', -3),
        ('<a type="integer">1.5</a>', "1.5"),
        ('<a type="integer">99999999999999999999</a>', "99999999999999999999"),
        ('<a type="boolean">true</a>', True),
        ('<a type="boolean">0</a>', False),
        ('<a type="boolean">maybe</a>', "maybe"),
        ('<a type="datetime">2026-11-23T06:00:00Z</a>', "2026-11-23T06:00:00Z"),
        ('<a type="date">2026-11-23</a>', "2026-11-23"),
        ("<a><b-c>1</b-c></a>", {"object": "a", "b_c": "1"}),
        ('<a type="array"/>', []),
        ('<a type="array"><item>x</item><item>y</item></a>', ["x", "y"]),
        ('<a type="array"><b-b><id>1</id></b-b></a>', [{"object": "b_b", "id": "1"}]),
        ("<a><b>1</b><b>2</b><b>3</b></a>", {"object": "a", "b": ["1", "2", "3"]}),
        ('<a><b type="array"><b>1</b></b><b/></a>', {"object": "a", "b": [["1"], ""]}),
        ('<a currency="EUR">5</a>', {"object": "a", "@currency": "EUR", "#text": "5"}),
        ("<a>before<b>1</b>after</a>", {"object": "a", "b": "1", "#text": "beforeafter"}),
        ("<a>&lt;b&gt; &amp; <![CDATA[<c>]]></a>", "<b> & <c>"),
        ("<a><object>own</object></a>", {"object": "own"}),
        (
            '<as type="collection"><page-size type="integer">50</page-size><b><id>1</id></b></as>',
            {"object": "list", "page_size": 50, "data": [{"object": "b", "id": "1"}]},
        ),
    ],
)
def test_each_form_of_markup_has_its_json(body: str, value: Any) -> None:
    assert read_markup(body.encode()) == ("as" if "<as" in body else "a", value)


DTD = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'


@pytest.mark.parametrize(
    "body",
    [
        DTD.encode(),
        DTD.encode("utf-16"),
        f'<?xml version="1.0" encoding="utf-16"?>{DTD}'.encode("utf-16"),
        b'<?xml version="1.0" encoding="cp037"?>' + DTD.encode("cp037"),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><a>&y;</a>',
        b"<a>&nbsp;</a>",
        b"<a><b></a>",
        b"<a>",
        b"",
        b"not markup",
        b"<a>\xff\xfe</a>",
    ],
)
def test_entities_document_types_and_broken_markup_are_refused(body: bytes) -> None:
    with pytest.raises(UnexpectedShape):
        read_markup(body)


def test_a_bomb_of_depth_is_refused_before_it_is_built() -> None:
    started = time.monotonic()
    with pytest.raises(UnexpectedShape, match="nested"):
        read_markup(b"<a>" * 1_000_000)
    assert time.monotonic() - started < 1.0


def test_a_bomb_of_elements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MAX_ELEMENTS", 1_000)
    assert len(read_markup(b'<a type="array">' + b"<b/>" * 999 + b"</a>")[1]) == 999
    with pytest.raises(UnexpectedShape, match="more elements"):
        read_markup(b"<a>" + b"<b/>" * 1_000 + b"</a>")


def test_a_body_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MAX_BYTES", 100)
    with pytest.raises(UnexpectedShape, match="larger"):
        read_markup(b"<a>" + b"x" * 100 + b"</a>")


def test_a_quadratic_text_costs_what_it_weighs() -> None:
    name, value = read_markup(b"<a>" + b"x&amp;" * 100_000 + b"</a>")
    assert (name, len(value)) == ("a", 200_000)


def test_what_we_write_is_what_the_sdk_reads() -> None:
    at = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    sent = {"text": "<&\"é'", "flag": True, "count": 7, "none": None, "many": ["a", "b"], "range": {"min": at}}
    read = XmlUtil.dict_from_xml(write_markup("search", sent))["search"]
    assert read == {
        "text": "<&\"é'",
        "flag": True,
        "count": 7,
        "none": "",
        "many": ["a", "b"],
        "range": {"min": at.replace(tzinfo=None)},
    }
