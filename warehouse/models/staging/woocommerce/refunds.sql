-- grain: one row per WooCommerce refund
SELECT
    r.gateway,
    r.account,
    r.seen_at,
    -- A refund has no currency of its own, so that it counts only once its order is here.
    greatest(r.load_number, o.load_number) AS load_number,
    r.id AS refund_id,
    r.parent_id AS charge_id,
    NULL::VARCHAR AS payment_intent_id,
    staging.minor(r.amount, o.currency) AS amount_minor,
    o.currency,
    -- Without the API the shop's people gave the money back by hand, and say so by making the refund.
    CASE
        WHEN r.refunded_payment OR NOT coalesce(ours.is_ours, false) THEN 'succeeded'
        ELSE 'pending'
    END AS status,
    nullif(r.reason, '') AS reason,
    NULL::VARCHAR AS failure_reason,
    ours.request_id,
    NULL::VARCHAR AS balance_transaction_id,
    r.date_created_gmt AS created_at
FROM raw_woocommerce.refunds r
JOIN raw_woocommerce.orders o ON o.gateway = r.gateway AND o.account = r.account AND o.id = r.parent_id
JOIN (
    SELECT gateway, account, id, request_id, request_id IS NOT NULL AS is_ours
    FROM (
        SELECT gateway, account, id, coalesce(
            list_filter(staging.entries(meta_data), lambda meta: meta ->> '$.key' = 'counterfoil_request_id')[1] ->> '$.value',
            nullif(regexp_extract(reason, 'Reference: (\S+)', 1), '')
        ) AS request_id
        FROM raw_woocommerce.refunds
    )
) ours ON ours.gateway = r.gateway AND ours.account = r.account AND ours.id = r.id
