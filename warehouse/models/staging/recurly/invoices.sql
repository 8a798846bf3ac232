-- grain: one row per Recurly charge invoice
WITH with_payment AS (
    SELECT *, list_filter(staging.entries(transactions), lambda part:
        part ->> '$.status' IN ('success', 'chargeback') AND part ->> '$.type' IN ('purchase', 'capture')) AS paid_by
    FROM raw_recurly.invoices
    WHERE type <> 'credit'
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS invoice_id,
    number,
    account_id AS customer_id,
    subscription_ids::JSON ->> '$[0]' AS subscription_id,
    paid_by[1] ->> '$.id' AS charge_id,
    NULL::VARCHAR AS payment_intent_id,
    CASE
        WHEN state IN ('paid', 'closed') THEN 'paid'
        WHEN state = 'failed' THEN 'uncollectible'
        WHEN state = 'voided' THEN 'void'
        ELSE 'open'
    END AS status,
    currency,
    staging.minor(subtotal, currency) AS subtotal_minor,
    coalesce(staging.minor(discount, currency), 0) AS discount_minor,
    coalesce(staging.minor(tax, currency), 0) AS tax_minor,
    staging.minor(total, currency) AS total_minor,
    coalesce(staging.minor(paid, currency), 0) AS paid_minor,
    staging.minor(total, currency) AS due_minor,
    coalesce(staging.minor(balance, currency), 0) AS remaining_minor,
    coalesce(nullif(address_company, ''), nullif(address_name_on_account, '')) AS customer_name,
    account_email AS customer_email,
    nullif(address_country, '') AS customer_country,
    nullif(address_region, '') AS customer_state,
    CASE WHEN nullif(vat_reverse_charge_notes, '') IS NULL THEN 'none' ELSE 'reverse' END AS customer_tax_exempt,
    CASE WHEN nullif(vat_number, '') IS NULL THEN '[]'::JSON
        ELSE json_array(json_object('type', 'vat', 'value', vat_number))
    END AS customer_tax_ids,
    NULL::VARCHAR AS hosted_url,
    NULL::VARCHAR AS pdf_url,
    origin AS billing_reason,
    due_at,
    created_at AS finalized_at,
    CASE WHEN state IN ('paid', 'closed') THEN coalesce((paid_by[1] ->> '$.collected_at')::TIMESTAMPTZ, closed_at) END
        AS paid_at,
    created_at AS charged_at,
    created_at
FROM with_payment
