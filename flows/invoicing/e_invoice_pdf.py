"""What makes WeasyPrint's PDF a Factur-X file: the XML inside, named in the catalogue and described in the metadata.

PDF/A-3b as WeasyPrint writes it; no PDF/A validator was run on it.
"""

from __future__ import annotations

from datetime import datetime

import pydyf
from weasyprint import Attachment
from weasyprint.document import Document as LaidOut

from flows.invoicing.factur_x import DESCRIPTION, FILE_NAME, with_factur_x


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


def finish(laid_out: LaidOut, pdf: pydyf.PDF) -> None:
    """WeasyPrint's last step: /AF names the file once (its issue 2917), and the metadata describe it in one rdf:RDF."""
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    metadata = next(item for item in pdf.objects if getattr(item, "extra", {}).get("Type") == "/Metadata")
    metadata.stream = [with_factur_x(b"".join(metadata.stream))]
    metadata.extra.pop("Filter", None)
    metadata.compress = False
