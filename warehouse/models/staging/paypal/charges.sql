-- grain: one row per PayPal payment: told by the search, read by its id, or held and not taken yet
WITH given_back AS (
    SELECT gateway, account, charge_id, max(load_number) AS load_number,
        sum(amount_minor) FILTER (status IN ('succeeded', 'pending'))::BIGINT AS refunded_minor
    FROM staging.paypal_refunds
    WHERE charge_id IS NOT NULL
    GROUP BY ALL
),
contested AS (
    SELECT gateway, account, charge_id, max(load_number) AS load_number, bool_or(status <> 'won') AS is_disputed
    FROM staging.paypal_disputes
    WHERE charge_id IS NOT NULL
    GROUP BY ALL
),
billed AS (
    SELECT gateway, account, charge_id, max(load_number) AS load_number, min(invoice_id) AS invoice_id
    FROM staging.paypal_invoice_payments
    GROUP BY ALL
),
captures AS (
    SELECT *, CASE
        WHEN status IN ('COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED') THEN 'succeeded'
        WHEN status = 'PENDING' THEN 'pending'
        ELSE 'failed'
    END AS state
    FROM raw_paypal.captures
),
held AS (
    -- Once it is captured, the capture is the charge. What nobody took expires after 29 days.
    SELECT *, CASE
        WHEN status = 'DENIED' THEN 'failed'
        WHEN status = 'PENDING' THEN 'pending'
        WHEN status = 'VOIDED' OR expiration_time < seen_at THEN 'voided'
        ELSE 'authorized'
    END AS state
    FROM raw_paypal.authorizations
    WHERE status <> 'CAPTURED'
),
all_payments AS (
    SELECT
        coalesce(c.gateway, p.gateway) AS gateway,
        coalesce(c.account, p.account) AS account,
        greatest(c.seen_at, p.seen_at) AS seen_at,
        greatest(c.load_number, p.load_number) AS load_number,
        coalesce(c.id, p.charge_id) AS charge_id,
        coalesce(staging.minor(c.amount_value, c.amount_currency_code), p.amount_minor) AS amount_minor,
        coalesce(c.amount_currency_code, p.currency) AS currency,
        CASE WHEN c.id IS NULL OR p.seen_at > c.seen_at THEN p.status ELSE c.state END AS status,
        c.status_details_reason AS failure_code,
        coalesce(c.supplementary_data_related_ids_order_id, p.order_id) AS order_id,
        coalesce(c.custom_id, p.custom_id) AS custom_id,
        coalesce(c.create_time, p.created_at) AS created_at,
        p.* EXCLUDE (gateway, account, seen_at, load_number, charge_id, amount_minor, currency, status, order_id,
            custom_id, created_at)
    FROM captures c
    FULL JOIN staging.paypal_payments p ON p.gateway = c.gateway AND p.account = c.account AND p.charge_id = c.id
    UNION ALL BY NAME
    SELECT gateway, account, seen_at, load_number, id AS charge_id,
        staging.minor(amount_value, amount_currency_code) AS amount_minor, amount_currency_code AS currency,
        state AS status, status_details_reason AS failure_code, supplementary_data_related_ids_order_id AS order_id,
        custom_id, create_time AS created_at
    FROM held
)
SELECT
    a.gateway,
    a.account,
    a.seen_at,
    greatest(a.load_number, g.load_number, d.load_number, b.load_number, o.load_number) AS load_number,
    a.charge_id,
    NULL::VARCHAR AS payment_intent_id,
    coalesce(a.customer_id, o.payer_payer_id) AS customer_id,
    b.invoice_id,
    a.order_id,
    a.amount_minor,
    CASE WHEN a.status = 'succeeded' THEN a.amount_minor ELSE 0 END AS captured_minor,
    coalesce(g.refunded_minor, 0) AS refunded_minor,
    a.currency,
    a.status,
    coalesce(d.is_disputed, false) AS is_disputed,
    CASE WHEN a.status = 'failed' THEN lower(coalesce(a.failure_code, 'denied')) END AS failure_code,
    CASE WHEN a.status = 'failed' THEN 'PayPal or the payer''s bank denied the payment.' END AS failure_message,
    coalesce(a.item_name, a.subject, 'Order ' || a.custom_id, 'Invoice ' || a.invoice_number) AS description,
    NULL::VARCHAR AS statement_descriptor,
    CASE WHEN coalesce(a.instrument_type, 'PAYPAL') = 'PAYPAL' THEN 'paypal' ELSE lower(a.instrument_type) END
        AS payment_method,
    NULL::VARCHAR AS card_brand,
    NULL::VARCHAR AS card_last4,
    NULL::VARCHAR AS card_country,
    coalesce(a.payer_name, nullif(concat_ws(' ', o.payer_name_given_name, o.payer_name_surname), '')) AS billing_name,
    coalesce(a.country, o.payer_address_country_code) AS billing_country,
    a.state AS billing_state,
    a.postal_code AS billing_postal_code,
    coalesce(a.email, o.payer_email_address) AS email,
    a.balance_transaction_id,
    true AS is_live,
    a.created_at,
    json_object('order', a.custom_id, 'product', a.item_name, 'paypal_order', a.order_id, 'subscription',
        a.subscription_id) AS metadata
FROM all_payments a
LEFT JOIN given_back g USING (gateway, account, charge_id)
LEFT JOIN contested d USING (gateway, account, charge_id)
LEFT JOIN billed b USING (gateway, account, charge_id)
LEFT JOIN raw_paypal.orders o ON o.gateway = a.gateway AND o.account = a.account AND o.id = a.order_id
