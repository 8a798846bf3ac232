-- grain: one row per line of a Recurly invoice or credit invoice, with the tax on it
WITH lines AS (
    SELECT gateway, account, seen_at, load_number, id AS invoice_id, type AS invoice_type, currency, tax_info,
        coalesce(nullif(vat_reverse_charge_notes, ''), '') <> '' AS has_reverse_charge_notes, created_at AS charged_at,
        unnest(staging.entries(line_items)) AS line, generate_subscripts(staging.entries(line_items), 1) AS position
    FROM raw_recurly.invoices
),
with_tax AS (
    SELECT *, coalesce(line -> '$.tax_info', tax_info::JSON) AS tax_entry
    FROM lines
),
told AS (
    SELECT *,
        lower(tax_entry ->> '$.type') AS tax_type,
        tax_entry ->> '$.region' AS tax_region,
        staging.percent_text((try_cast(tax_entry ->> '$.rate' AS DECIMAL(18, 8)) * 100)::VARCHAR) AS percent
    FROM with_tax
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    invoice_id,
    invoice_type,
    line ->> '$.id' AS invoice_line_id,
    position,
    line ->> '$.description' AS description,
    staging.whole(line ->> '$.quantity') AS quantity,
    staging.minor(line ->> '$.subtotal', currency) AS amount_minor,
    currency,
    (line ->> '$.start_date')::TIMESTAMPTZ AS period_start_at,
    (line ->> '$.end_date')::TIMESTAMPTZ AS period_end_at,
    coalesce(line ->> '$.plan_id', line ->> '$.item_id') AS product_id,
    try_cast(line ->> '$.proration_rate' AS DECIMAL(18, 8)) <> 1 AS is_proration,
    line ->> '$.original_line_item_invoice_id' AS original_invoice_id,
    CASE
        WHEN tax_type = 'usst' THEN 'sales_tax'
        WHEN tax_type IN ('vat', 'gb', 'ch', 'no') THEN 'vat'
        WHEN tax_type IN ('gst', 'au', 'nz', 'ca') THEN 'gst'
        WHEN tax_type = 'jp' THEN 'consumption_tax'
        WHEN tax_type IN ('hst', 'qst', 'pst') THEN tax_type
        ELSE 'tax'
    END AS tax_kind,
    -- The region of a VAT is a country; that of others a part of the country that the kind names.
    CASE WHEN tax_type = 'usst' THEN 'US' WHEN tax_type = 'vat' THEN tax_region ELSE upper(tax_type) END AS tax_country,
    CASE WHEN tax_type <> 'vat' AND upper(tax_region) <> upper(tax_type) THEN tax_region END AS tax_state,
    percent AS tax_percent,
    tax_entry IS NOT NULL AND json_type(tax_entry) = 'OBJECT' AS is_taxed,
    coalesce(line ->> '$.tax_inclusive' = 'true', false) AS is_inclusive,
    has_reverse_charge_notes AND percent = '0' AS is_reverse_charge,
    staging.minor(line ->> '$.subtotal', currency) - coalesce(staging.minor(line ->> '$.discount', currency), 0)
        AS taxable_minor,
    coalesce(staging.minor(line ->> '$.tax', currency), 0) AS tax_minor,
    charged_at
FROM told
