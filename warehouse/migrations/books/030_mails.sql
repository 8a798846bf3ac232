-- Mails about documents: one row per document, recipient and version; a version above 1 was asked for by somebody.
-- prepared -> handed over (its text is about to be sent) -> accepted | refused | unknown (no answer came).
CREATE TABLE mails (
    mail_key VARCHAR PRIMARY KEY,            -- mail:<document>:<recipient>:<version>
    document_id VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    message_id VARCHAR NOT NULL,             -- the same at every try
    state VARCHAR NOT NULL CHECK (state IN ('prepared', 'handed over', 'accepted', 'refused', 'unknown')),
    is_repeated BOOLEAN NOT NULL,            -- its text was sent once more after an outcome that nobody knows
    attempts INTEGER NOT NULL,               -- how often its text was sent
    prepared_at TIMESTAMPTZ NOT NULL,        -- also the mail's Date
    changed_at TIMESTAMPTZ NOT NULL,
    code INTEGER,                            -- the server's last three digits
    sentence VARCHAR
);

-- What happened to each mail, in order. Only ever appended to.
CREATE TABLE mail_events (
    mail_key VARCHAR NOT NULL,
    happened_at TIMESTAMPTZ NOT NULL,
    event VARCHAR NOT NULL,                  -- a state, or 'deferred'
    code INTEGER,
    sentence VARCHAR
);
