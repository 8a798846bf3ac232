-- The audit log: who did what to whose money. Only ever appended to; each row carries the hash of the row before it.
-- Rows come from the action workers' journals (source 'journal') and from finished flow runs (source 'run').
CREATE TABLE audit_log (
    sequence BIGINT PRIMARY KEY,             -- from 1, without gaps
    recorded_at TIMESTAMPTZ NOT NULL,        -- when it happened
    request_id VARCHAR NOT NULL,
    flow_run_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,                   -- requested, approval, denied, attempt, outcome, concluded, settled, finished, …
    actor VARCHAR,
    role VARCHAR,
    action VARCHAR,
    account VARCHAR,
    object_kind VARCHAR,                     -- charge, customer, subscription, invoice, order
    object_id VARCHAR,                       -- the gateway's id of it
    ticket VARCHAR,
    amount_minor BIGINT,
    currency VARCHAR,
    reason_code VARCHAR,
    reason_text VARCHAR,
    outcome VARCHAR,                         -- Done, Refused, Pending, Failed later, Cancelled, Failed
    gateway_reference VARCHAR,
    sentence VARCHAR,
    detail JSON NOT NULL,                    -- the journal's record, or the run as it was when it was exported
    source VARCHAR NOT NULL CHECK (source IN ('run', 'journal', 'export')),
    previous_hash VARCHAR NOT NULL,
    hash VARCHAR NOT NULL
);

-- Where the log's head was written down outside, so that a log rewritten from end to end is seen.
CREATE TABLE anchors (
    anchored_at TIMESTAMPTZ NOT NULL,
    sequence BIGINT NOT NULL,
    hash VARCHAR NOT NULL,
    place VARCHAR NOT NULL
);
