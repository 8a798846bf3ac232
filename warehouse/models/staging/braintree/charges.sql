-- grain: one row per Braintree transaction of type sale
WITH given_back AS (
    -- A sale does not say how much of it was refunded, and does not change when a refund settles or fails.
    SELECT gateway, account, charge_id, max(load_number) AS load_number,
        sum(amount_minor) FILTER (status IN ('succeeded', 'pending')) AS refunded_minor
    FROM staging.braintree_refunds
    WHERE charge_id IS NOT NULL
    GROUP BY ALL
),
named AS (
    SELECT *, CASE
        WHEN status IN ('settled', 'settling') THEN 'succeeded'
        WHEN status = 'authorized' THEN 'authorized'
        WHEN status IN ('voided', 'authorization_expired') THEN 'voided'
        WHEN status IN ('settlement_declined', 'settlement_failed', 'processor_declined', 'gateway_rejected', 'failed')
            THEN 'failed'
        ELSE 'pending'
    END AS state
    FROM raw_braintree.charges
)
SELECT
    c.gateway,
    c.account,
    c.seen_at,
    greatest(c.load_number, g.load_number) AS load_number,
    c.id AS charge_id,
    NULL::VARCHAR AS payment_intent_id,
    c.customer_id,
    NULL::VARCHAR AS invoice_id,
    nullif(c.order_id, '') AS order_id,
    staging.minor(c.amount, c.currency_iso_code) AS amount_minor,
    CASE WHEN c.state = 'succeeded' THEN staging.minor(c.amount, c.currency_iso_code) ELSE 0 END AS captured_minor,
    coalesce(g.refunded_minor, 0)::BIGINT AS refunded_minor,
    c.currency_iso_code AS currency,
    c.state AS status,
    len(list_filter(staging.entries(c.disputes), lambda dispute: (dispute ->> '$.kind') IS DISTINCT FROM 'retrieval')) > 0
        AS is_disputed,
    CASE WHEN c.state = 'failed' THEN coalesce(
        c.gateway_rejection_reason, nullif(c.processor_settlement_response_code, ''), c.processor_response_code)
    END AS failure_code,
    CASE WHEN c.state = 'failed' THEN coalesce(
        nullif(c.processor_settlement_response_text, ''), c.processor_response_text, 'Rejected by the gateway')
    END AS failure_message,
    coalesce(c.plan_id, 'Order ' || c.order_id) AS description,
    c.descriptor_name AS statement_descriptor,
    CASE c.payment_instrument_type
        WHEN 'credit_card' THEN 'card'
        WHEN 'android_pay_card' THEN 'google_pay'
        WHEN 'apple_pay_card' THEN 'apple_pay'
        WHEN 'samsung_pay_card' THEN 'samsung_pay'
        WHEN 'visa_checkout_card' THEN 'visa_checkout'
        WHEN 'paypal_account' THEN 'paypal'
        WHEN 'venmo_account' THEN 'venmo'
        WHEN 'sepa_debit_account' THEN 'sepa_debit'
        ELSE c.payment_instrument_type
    END AS payment_method,
    lower(coalesce(
        c.credit_card_card_type, c.android_pay_card_source_card_type, c.apple_pay_card_type,
        c.visa_checkout_card_card_type, c.samsung_pay_card_card_type
    )) AS card_brand,
    coalesce(
        c.credit_card_last_4, c.android_pay_card_source_card_last_4, c.apple_pay_last_4, c.visa_checkout_card_last_4,
        c.samsung_pay_card_last_4
    ) AS card_last4,
    -- Braintree writes three letters, or Unknown; a country has two here.
    nullif(regexp_extract(coalesce(
        c.credit_card_country_of_issuance, c.android_pay_card_country_of_issuance, c.apple_pay_country_of_issuance, ''
    ), '^([A-Z]{2})$', 1), '') AS card_country,
    nullif(coalesce(
        c.credit_card_cardholder_name,
        nullif(concat_ws(' ', c.billing_first_name, c.billing_last_name), ''),
        c.customer_company,
        concat_ws(' ', c.customer_first_name, c.customer_last_name)
    ), '') AS billing_name,
    c.billing_country_code_alpha2 AS billing_country,
    c.billing_region AS billing_state,
    c.billing_postal_code,
    nullif(trim(coalesce(c.customer_email, c.paypal_payer_email)), '') AS email,
    CASE WHEN c.disbursement_details_disbursement_date IS NOT NULL THEN c.id END AS balance_transaction_id,
    true AS is_live,
    c.created_at,
    json_object('order_id', c.order_id, 'plan_id', c.plan_id, 'custom_fields', c.custom_fields::JSON) AS metadata
FROM named c
LEFT JOIN given_back g ON g.gateway = c.gateway AND g.account = c.account AND g.charge_id = c.id
