"""What makes a PDF a Factur-X file: the XML inside, named in the catalogue and described in the metadata.

PDF/A-3b as WeasyPrint and Typst write it; no PDF/A validator was run on it.
"""

from __future__ import annotations

from datetime import datetime

import pydyf
from weasyprint import Attachment
from weasyprint.document import Document as LaidOut

FILE_NAME = "factur-x.xml"
DESCRIPTION = "Factur-X invoice, EN 16931"

FACTUR_X_DESCRIPTION = b"""
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
  xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>fx</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>DocumentFileName</pdfaProperty:name>
<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>
<pdfaProperty:description>The name of the embedded XML document</pdfaProperty:description></rdf:li>
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>DocumentType</pdfaProperty:name>
<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>
<pdfaProperty:description>The type of the hybrid document</pdfaProperty:description></rdf:li>
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>Version</pdfaProperty:name>
<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>
<pdfaProperty:description>The version of the standard of the embedded XML</pdfaProperty:description></rdf:li>
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>ConformanceLevel</pdfaProperty:name>
<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>
<pdfaProperty:description>The conformance level of the embedded XML</pdfaProperty:description></rdf:li>
</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
  xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>INVOICE</fx:DocumentType>
<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>
<fx:Version>1.0</fx:Version>
<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
</rdf:Description>
"""
_END = b"</rdf:RDF>"


class MetadataUnexpected(RuntimeError):
    """An engine wrote other XMP metadata than this version of it did when this was written."""


def attachment(xml: str, issued_at: datetime) -> Attachment:
    """The XML for WeasyPrint, with fixed times, so that the same document gives the same bytes."""
    return Attachment(
        string=xml,
        name=FILE_NAME,
        description=DESCRIPTION,
        created=issued_at,
        modified=issued_at,
        relationship="Alternative",
    )


def with_factur_x(xmp: bytes) -> bytes:
    """XMP metadata with the description of Factur-X inside its one rdf:RDF. Raises MetadataUnexpected."""
    if xmp.count(_END) != 1:
        raise MetadataUnexpected("The XMP metadata do not hold exactly one rdf:RDF; look at the engine's new version.")
    return xmp.replace(_END, FACTUR_X_DESCRIPTION.strip() + b"\n" + _END)


def finish(laid_out: LaidOut, pdf: pydyf.PDF) -> None:
    """WeasyPrint's last step: /AF names the file once (its issue 2917), and the metadata describe it in one rdf:RDF."""
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    metadata = next(item for item in pdf.objects if getattr(item, "extra", {}).get("Type") == "/Metadata")
    metadata.stream = [with_factur_x(b"".join(metadata.stream))]
    metadata.extra.pop("Filter", None)
    metadata.compress = False
