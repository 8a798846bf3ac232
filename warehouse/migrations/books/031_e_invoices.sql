-- The e-invoice of each document that has one, validated and frozen in the transaction that issued it.
-- Its hash is also inside the document's frozen data, so that a change is seen.
CREATE TABLE e_invoices (
    document_id VARCHAR PRIMARY KEY,
    profile VARCHAR NOT NULL,
    xml VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL
);
