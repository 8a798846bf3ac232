-- grain: one row per PayPal invoice
WITH paid AS (
    SELECT gateway, account, invoice_id, min(charge_id) AS charge_id
    FROM staging.paypal_invoice_payments
    GROUP BY ALL
),
told AS (
    SELECT *, primary_recipients -> '$[0].billing_info' AS recipient,
        staging.minor(amount_value, detail_currency_code) AS total_minor,
        coalesce(staging.minor(payments_paid_amount_value, detail_currency_code), 0) AS paid_minor
    FROM raw_paypal.invoices
)
SELECT
    i.gateway,
    i.account,
    i.seen_at,
    i.load_number,
    i.id AS invoice_id,
    i.detail_invoice_number AS number,
    -- An invoice names its recipient by e-mail only.
    NULL::VARCHAR AS customer_id,
    NULL::VARCHAR AS subscription_id,
    p.charge_id,
    NULL::VARCHAR AS payment_intent_id,
    CASE
        WHEN i.status IN ('DRAFT', 'SCHEDULED') THEN 'draft'
        WHEN i.status IN ('PAID', 'MARKED_AS_PAID', 'REFUNDED', 'PARTIALLY_REFUNDED', 'MARKED_AS_REFUNDED') THEN 'paid'
        WHEN i.status = 'CANCELLED' THEN 'void'
        ELSE 'open'
    END AS status,
    i.detail_currency_code AS currency,
    coalesce(staging.minor(i.amount_breakdown_item_total_value, i.detail_currency_code), i.total_minor) AS subtotal_minor,
    -- PayPal writes a discount as a negative amount.
    abs(coalesce(staging.minor(i.amount_breakdown_discount_invoice_discount_amount_value, i.detail_currency_code), 0))
        + abs(coalesce(staging.minor(i.amount_breakdown_discount_item_discount_value, i.detail_currency_code), 0))
        AS discount_minor,
    coalesce(staging.minor(i.amount_breakdown_tax_total_value, i.detail_currency_code), 0) AS tax_minor,
    i.total_minor,
    i.paid_minor,
    i.total_minor AS due_minor,
    coalesce(staging.minor(i.due_amount_value, i.detail_currency_code), i.total_minor - i.paid_minor) AS remaining_minor,
    coalesce(
        i.recipient ->> '$.business_name', i.recipient ->> '$.name.full_name',
        nullif(concat_ws(' ', i.recipient ->> '$.name.given_name', i.recipient ->> '$.name.surname'), '')
    ) AS customer_name,
    i.recipient ->> '$.email_address' AS customer_email,
    i.recipient ->> '$.address.country_code' AS customer_country,
    i.recipient ->> '$.address.admin_area_1' AS customer_state,
    'none' AS customer_tax_exempt,
    '[]'::JSON AS customer_tax_ids,
    i.detail_metadata_recipient_view_url AS hosted_url,
    NULL::VARCHAR AS pdf_url,
    'manual' AS billing_reason,
    try_cast(i.detail_payment_term_due_date AS DATE)::TIMESTAMP AT TIME ZONE 'UTC' AS due_at,
    i.detail_metadata_first_sent_time AS finalized_at,
    CASE WHEN i.status IN ('PAID', 'MARKED_AS_PAID') THEN i.detail_metadata_last_update_time END AS paid_at,
    coalesce(i.detail_metadata_first_sent_time, i.detail_metadata_create_time) AS charged_at,
    i.detail_metadata_create_time AS created_at
FROM told i
LEFT JOIN paid p ON p.gateway = i.gateway AND p.account = i.account AND p.invoice_id = i.id
