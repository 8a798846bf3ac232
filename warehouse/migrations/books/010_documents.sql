-- Number series: one row per legal entity, series and year. The row moves in the transaction that issues.
CREATE TABLE number_series (
    entity VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    next_number BIGINT NOT NULL CHECK (next_number >= 1),
    PRIMARY KEY (entity, series, year)
);

-- Issued documents: one row per document, never changed but for pdf_path, pdf_sha256 and drawn_at, which are set once.
-- Amounts are minor units and positive in every kind: a summary subtracts credit notes.
CREATE TABLE documents (
    document_id VARCHAR PRIMARY KEY,
    source_key VARCHAR NOT NULL UNIQUE,      -- what it was issued for: invoice:stripe:stripe/eu:ch_1
    kind VARCHAR NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'receipt')),
    number VARCHAR NOT NULL,                 -- as printed: INV-2026-000001
    entity VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    sequence BIGINT NOT NULL,                -- the number within entity, series and year, from 1
    gateway VARCHAR NOT NULL,
    account VARCHAR NOT NULL,
    charge_id VARCHAR NOT NULL,
    refund_id VARCHAR,
    person_id VARCHAR,
    customer_id VARCHAR,
    issued_at TIMESTAMPTZ NOT NULL,
    currency VARCHAR NOT NULL,
    total_minor BIGINT NOT NULL CHECK (total_minor >= 0),
    tax_minor BIGINT NOT NULL CHECK (tax_minor >= 0),
    country VARCHAR,                         -- the payer's
    data JSON NOT NULL,                      -- everything that is printed, frozen
    data_sha256 VARCHAR NOT NULL,            -- of the text of data, so that a change is seen
    template_version VARCHAR NOT NULL,       -- of the templates in force when it was issued
    original_document_id VARCHAR,            -- the invoice that a credit note is about
    pdf_path VARCHAR,                        -- relative to the documents' folder
    pdf_sha256 VARCHAR,
    drawn_at TIMESTAMPTZ,
    UNIQUE (entity, series, year, sequence)
);
