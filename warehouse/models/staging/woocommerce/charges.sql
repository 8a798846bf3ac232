-- grain: one row per WooCommerce order: its payment
WITH given_back AS (
    SELECT gateway, account, charge_id, max(load_number) AS load_number, sum(amount_minor)::BIGINT AS refunded_minor
    FROM staging.woocommerce_refunds
    GROUP BY ALL
),
main_products AS (
    -- What an order is mostly for.
    SELECT gateway, account, order_id, arg_max(description, (amount_minor, line_item_id)) AS product
    FROM staging.woocommerce_line_items
    WHERE kind = 'product'
    GROUP BY ALL
),
named AS (
    SELECT *, staging.minor(total, currency) AS counted, CASE
        WHEN date_paid_gmt IS NOT NULL THEN 'succeeded'
        WHEN status = 'failed' THEN 'failed'
        WHEN status IN ('cancelled', 'trash') THEN 'voided'
        ELSE 'pending'
    END AS state
    FROM raw_woocommerce.orders
    WHERE status NOT IN ('checkout-draft', 'auto-draft', 'draft')
)
SELECT
    o.gateway,
    o.account,
    o.seen_at,
    greatest(o.load_number, g.load_number) AS load_number,
    o.id AS charge_id,
    NULL::VARCHAR AS payment_intent_id,
    nullif(o.customer_id, '0') AS customer_id,
    NULL::VARCHAR AS invoice_id,
    o.id AS order_id,
    o.counted AS amount_minor,
    CASE WHEN o.state = 'succeeded' THEN o.counted ELSE 0 END AS captured_minor,
    coalesce(g.refunded_minor, 0)::BIGINT AS refunded_minor,
    o.currency,
    o.state AS status,
    false AS is_disputed,
    NULL::VARCHAR AS failure_code,
    NULL::VARCHAR AS failure_message,
    'Order ' || coalesce(o.number, o.id) AS description,
    NULL::VARCHAR AS statement_descriptor,
    nullif(o.payment_method, '') AS payment_method,
    NULL::VARCHAR AS card_brand,
    NULL::VARCHAR AS card_last4,
    NULL::VARCHAR AS card_country,
    nullif(concat_ws(' ', nullif(o.billing_first_name, ''), nullif(o.billing_last_name, '')), '') AS billing_name,
    nullif(o.billing_country, '') AS billing_country,
    nullif(o.billing_state, '') AS billing_state,
    nullif(o.billing_postcode, '') AS billing_postal_code,
    nullif(trim(o.billing_email), '') AS email,
    NULL::VARCHAR AS balance_transaction_id,
    true AS is_live,
    coalesce(o.date_paid_gmt, o.date_created_gmt) AS created_at,
    json_object(
        'order', o.number, 'product', p.product, 'transaction_id', nullif(o.transaction_id, ''), 'order_status', o.status
    ) AS metadata
FROM named o
LEFT JOIN given_back g ON g.gateway = o.gateway AND g.account = o.account AND g.charge_id = o.id
LEFT JOIN main_products p ON p.gateway = o.gateway AND p.account = o.account AND p.order_id = o.id
