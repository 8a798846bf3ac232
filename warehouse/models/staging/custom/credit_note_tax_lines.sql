-- grain: one row per imported credit note and tax on it
WITH entries AS (
    SELECT gateway, account, seen_at, load_number, id, currency, invoice_id, created_at AS charged_at,
        unnest(staging.entries(taxes)) AS tax, generate_subscripts(staging.entries(taxes), 1) AS position
    FROM raw_custom.credit_notes
    WHERE NOT is_deleted
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS credit_note_id,
    invoice_id,
    id || ':' || position AS tax_rate_id,
    tax ->> '$.kind' AS kind,
    tax ->> '$.country' AS country,
    tax ->> '$.state' AS state,
    staging.percent_text(tax ->> '$.percent') AS percent,
    coalesce((tax ->> '$.is_inclusive') = 'true', false) AS is_inclusive,
    coalesce((tax ->> '$.is_reverse_charge') = 'true', false) AS is_reverse_charge,
    staging.whole(tax ->> '$.taxable_minor') AS taxable_minor,
    staging.whole(tax ->> '$.tax_minor') AS tax_minor,
    currency,
    charged_at
FROM entries
