"""The mark by which a stored PDF is known to be a document's: its id, written into the file in plain bytes."""

from __future__ import annotations


def identifier(document_id: str) -> bytes:
    """The PDF's own id: the document's, so that a stored file can be told to be this document's."""
    return document_id.replace("-", "").encode()
