-- check: Rows that were lost on the way from staging to the canonical tables, or that the gateway never sent
-- severity: block
-- gateways: stripe
SELECT 'charges' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.charge_id, c.charge_id) AS object_id,
    CASE WHEN c.charge_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_charges s
FULL JOIN (SELECT * FROM canonical.charges WHERE gateway = 'stripe') c USING (gateway, account, charge_id)
WHERE s.charge_id IS NULL OR c.charge_id IS NULL
UNION ALL
SELECT 'refunds' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.refund_id, c.refund_id) AS object_id,
    CASE WHEN c.refund_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_refunds s
FULL JOIN (SELECT * FROM canonical.refunds WHERE gateway = 'stripe') c USING (gateway, account, refund_id)
WHERE s.refund_id IS NULL OR c.refund_id IS NULL
UNION ALL
SELECT 'disputes' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.dispute_id, c.dispute_id) AS object_id,
    CASE WHEN c.dispute_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_disputes s
FULL JOIN (SELECT * FROM canonical.disputes WHERE gateway = 'stripe') c USING (gateway, account, dispute_id)
WHERE s.dispute_id IS NULL OR c.dispute_id IS NULL
UNION ALL
SELECT 'payouts' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.payout_id, c.payout_id) AS object_id,
    CASE WHEN c.payout_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_payouts s
FULL JOIN (SELECT * FROM canonical.payouts WHERE gateway = 'stripe') c USING (gateway, account, payout_id)
WHERE s.payout_id IS NULL OR c.payout_id IS NULL
UNION ALL
SELECT 'balance_transactions' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.balance_transaction_id, c.balance_transaction_id) AS object_id,
    CASE WHEN c.balance_transaction_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_balance_transactions s
FULL JOIN (SELECT * FROM canonical.balance_transactions WHERE gateway = 'stripe') c USING (gateway, account, balance_transaction_id)
WHERE s.balance_transaction_id IS NULL OR c.balance_transaction_id IS NULL
UNION ALL
SELECT 'subscriptions' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.subscription_id, c.subscription_id) AS object_id,
    CASE WHEN c.subscription_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_subscriptions s
FULL JOIN (SELECT * FROM canonical.subscriptions WHERE gateway = 'stripe') c USING (gateway, account, subscription_id)
WHERE s.subscription_id IS NULL OR c.subscription_id IS NULL
UNION ALL
SELECT 'invoices' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.invoice_id, c.invoice_id) AS object_id,
    CASE WHEN c.invoice_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_invoices s
FULL JOIN (SELECT * FROM canonical.invoices WHERE gateway = 'stripe') c USING (gateway, account, invoice_id)
WHERE s.invoice_id IS NULL OR c.invoice_id IS NULL
UNION ALL
SELECT 'credit_notes' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.credit_note_id, c.credit_note_id) AS object_id,
    CASE WHEN c.credit_note_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_credit_notes s
FULL JOIN (SELECT * FROM canonical.credit_notes WHERE gateway = 'stripe') c USING (gateway, account, credit_note_id)
WHERE s.credit_note_id IS NULL OR c.credit_note_id IS NULL
UNION ALL
SELECT 'customers' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.customer_id, c.customer_id) AS object_id,
    CASE WHEN c.customer_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_customers s
FULL JOIN (SELECT * FROM canonical.customers WHERE gateway = 'stripe') c USING (gateway, account, customer_id)
WHERE s.customer_id IS NULL OR c.customer_id IS NULL
UNION ALL
SELECT 'products' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.product_id, c.product_id) AS object_id,
    CASE WHEN c.product_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_products s
FULL JOIN (SELECT * FROM canonical.products WHERE gateway = 'stripe') c USING (gateway, account, product_id)
WHERE s.product_id IS NULL OR c.product_id IS NULL
UNION ALL
SELECT 'prices' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.price_id, c.price_id) AS object_id,
    CASE WHEN c.price_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_prices s
FULL JOIN (SELECT * FROM canonical.prices WHERE gateway = 'stripe') c USING (gateway, account, price_id)
WHERE s.price_id IS NULL OR c.price_id IS NULL
UNION ALL
SELECT 'coupons' AS canonical_table, coalesce(s.account, c.account) AS account, coalesce(s.coupon_id, c.coupon_id) AS object_id,
    CASE WHEN c.coupon_id IS NULL THEN 'lost' ELSE 'not in staging' END AS fault
FROM staging.stripe_coupons s
FULL JOIN (SELECT * FROM canonical.coupons WHERE gateway = 'stripe') c USING (gateway, account, coupon_id)
WHERE s.coupon_id IS NULL OR c.coupon_id IS NULL
