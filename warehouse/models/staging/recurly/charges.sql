-- grain: one row per Recurly transaction that takes or holds money
WITH given_back AS (
    -- A payment does not say how much of it was refunded.
    SELECT gateway, account, charge_id, max(load_number) AS load_number,
        sum(amount_minor) FILTER (status IN ('succeeded', 'pending')) AS refunded_minor
    FROM staging.recurly_refunds
    WHERE charge_id IS NOT NULL
    GROUP BY ALL
),
contested AS (
    SELECT gateway, account, charge_id, max(load_number) AS load_number
    FROM staging.recurly_disputes
    GROUP BY ALL
),
named AS (
    SELECT *, staging.minor(amount, currency) AS counted, CASE
        WHEN status IN ('success', 'chargeback') AND type = 'authorization' THEN 'authorized'
        WHEN status IN ('success', 'chargeback') THEN 'succeeded'
        WHEN status IN ('declined', 'error') THEN 'failed'
        WHEN status = 'void' THEN 'voided'
        ELSE 'pending'
    END AS state
    FROM raw_recurly.transactions
    -- A verify only asks whether a card is good.
    WHERE type IN ('purchase', 'capture', 'authorization')
)
SELECT
    t.gateway,
    t.account,
    t.seen_at,
    greatest(t.load_number, g.load_number, d.load_number) AS load_number,
    t.id AS charge_id,
    NULL::VARCHAR AS payment_intent_id,
    t.account_id AS customer_id,
    t.invoice_id,
    NULL::VARCHAR AS order_id,
    t.counted AS amount_minor,
    CASE WHEN t.state = 'succeeded' THEN t.counted ELSE 0 END AS captured_minor,
    coalesce(g.refunded_minor, 0)::BIGINT AS refunded_minor,
    t.currency,
    t.state AS status,
    d.charge_id IS NOT NULL AS is_disputed,
    CASE WHEN t.state = 'failed' THEN coalesce(t.status_code, t.status) END AS failure_code,
    CASE WHEN t.state = 'failed' THEN coalesce(t.status_message, t.customer_message) END AS failure_message,
    'Invoice ' || t.invoice_number AS description,
    NULL::VARCHAR AS statement_descriptor,
    CASE t.payment_method_object
        WHEN 'credit_card' THEN 'card'
        WHEN 'iban_bank_account' THEN 'sepa_debit'
        WHEN 'sepadirectdebit' THEN 'sepa_debit'
        WHEN 'bacs' THEN 'bacs_debit'
        WHEN 'bank_account_info' THEN 'us_bank_account'
        WHEN 'paypal_billing_agreement' THEN 'paypal'
        ELSE t.payment_method_object
    END AS payment_method,
    CASE t.payment_method_card_type WHEN 'American Express' THEN 'amex' ELSE lower(t.payment_method_card_type) END
        AS card_brand,
    t.payment_method_last_four AS card_last4,
    t.payment_method_cc_bin_country AS card_country,
    nullif(concat_ws(' ', nullif(t.billing_address_first_name, ''), nullif(t.billing_address_last_name, '')), '')
        AS billing_name,
    nullif(t.billing_address_country, '') AS billing_country,
    nullif(t.billing_address_region, '') AS billing_state,
    t.billing_address_postal_code AS billing_postal_code,
    nullif(trim(t.account_email), '') AS email,
    NULL::VARCHAR AS balance_transaction_id,
    true AS is_live,
    coalesce(t.collected_at, t.created_at) AS created_at,
    json_object('gateway_reference', t.gateway_reference, 'payment_gateway', t.payment_gateway_name) AS metadata
FROM named t
LEFT JOIN given_back g ON g.gateway = t.gateway AND g.account = t.account AND g.charge_id = t.id
LEFT JOIN contested d ON d.gateway = t.gateway AND d.account = t.account AND d.charge_id = t.id
