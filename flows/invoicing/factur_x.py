"""The words of Factur-X in a PDF's metadata, for both engines."""

from __future__ import annotations

FILE_NAME = "factur-x.xml"
DESCRIPTION = "Factur-X invoice, EN 16931"

_SCHEMA = b"""<rdf:li rdf:parseType="Resource">
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
</rdf:li>
"""
_OWN_BAG = b"""<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
  xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag>"""
_BAG_END = b"</rdf:Bag></pdfaExtension:schemas>"
_FILE = b"""<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
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


def with_factur_x(xmp: bytes) -> bytes:
    """XMP metadata with the description of Factur-X inside its one rdf:RDF. Raises MetadataUnexpected.

    Extension schemas stand in one bag: where the engine has written one (Typst), ours goes into it.
    """
    if xmp.count(_END) != 1 or xmp.count(_BAG_END) > 1:
        raise MetadataUnexpected("The XMP metadata do not hold exactly one rdf:RDF; look at the engine's new version.")
    if _BAG_END in xmp:
        return xmp.replace(_BAG_END, _SCHEMA + _BAG_END).replace(_END, _FILE + _END)
    return xmp.replace(_END, _OWN_BAG + _SCHEMA + _BAG_END + b"</rdf:Description>" + _FILE + _END)
