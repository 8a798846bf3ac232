-- check: Rows that stand twice in a canonical table
-- severity: block
SELECT 'charges' AS canonical_table, account, concat_ws(' ', charge_id) AS object_id, count(*) AS copies
FROM canonical.charges GROUP BY gateway, account, charge_id HAVING count(*) > 1
UNION ALL
SELECT 'refunds' AS canonical_table, account, concat_ws(' ', refund_id) AS object_id, count(*) AS copies
FROM canonical.refunds GROUP BY gateway, account, refund_id HAVING count(*) > 1
UNION ALL
SELECT 'disputes' AS canonical_table, account, concat_ws(' ', dispute_id) AS object_id, count(*) AS copies
FROM canonical.disputes GROUP BY gateway, account, dispute_id HAVING count(*) > 1
UNION ALL
SELECT 'payouts' AS canonical_table, account, concat_ws(' ', payout_id) AS object_id, count(*) AS copies
FROM canonical.payouts GROUP BY gateway, account, payout_id HAVING count(*) > 1
UNION ALL
SELECT 'balance_transactions' AS canonical_table, account, concat_ws(' ', balance_transaction_id) AS object_id, count(*) AS copies
FROM canonical.balance_transactions GROUP BY gateway, account, balance_transaction_id HAVING count(*) > 1
UNION ALL
SELECT 'subscriptions' AS canonical_table, account, concat_ws(' ', subscription_id) AS object_id, count(*) AS copies
FROM canonical.subscriptions GROUP BY gateway, account, subscription_id HAVING count(*) > 1
UNION ALL
SELECT 'invoices' AS canonical_table, account, concat_ws(' ', invoice_id) AS object_id, count(*) AS copies
FROM canonical.invoices GROUP BY gateway, account, invoice_id HAVING count(*) > 1
UNION ALL
SELECT 'credit_notes' AS canonical_table, account, concat_ws(' ', credit_note_id) AS object_id, count(*) AS copies
FROM canonical.credit_notes GROUP BY gateway, account, credit_note_id HAVING count(*) > 1
UNION ALL
SELECT 'customers' AS canonical_table, account, concat_ws(' ', customer_id) AS object_id, count(*) AS copies
FROM canonical.customers GROUP BY gateway, account, customer_id HAVING count(*) > 1
UNION ALL
SELECT 'products' AS canonical_table, account, concat_ws(' ', product_id) AS object_id, count(*) AS copies
FROM canonical.products GROUP BY gateway, account, product_id HAVING count(*) > 1
UNION ALL
SELECT 'prices' AS canonical_table, account, concat_ws(' ', price_id) AS object_id, count(*) AS copies
FROM canonical.prices GROUP BY gateway, account, price_id HAVING count(*) > 1
UNION ALL
SELECT 'coupons' AS canonical_table, account, concat_ws(' ', coupon_id) AS object_id, count(*) AS copies
FROM canonical.coupons GROUP BY gateway, account, coupon_id HAVING count(*) > 1
UNION ALL
SELECT 'payout_lines' AS canonical_table, account, concat_ws(' ', payout_id, balance_transaction_id) AS object_id, count(*) AS copies
FROM canonical.payout_lines GROUP BY gateway, account, payout_id, balance_transaction_id HAVING count(*) > 1
UNION ALL
SELECT 'invoice_lines' AS canonical_table, account, concat_ws(' ', invoice_id, invoice_line_id) AS object_id, count(*) AS copies
FROM canonical.invoice_lines GROUP BY gateway, account, invoice_id, invoice_line_id HAVING count(*) > 1
UNION ALL
SELECT 'tax_lines' AS canonical_table, account, concat_ws(' ', tax_line_id) AS object_id, count(*) AS copies
FROM canonical.tax_lines GROUP BY gateway, account, tax_line_id HAVING count(*) > 1
UNION ALL
SELECT 'orders' AS canonical_table, account, concat_ws(' ', order_id) AS object_id, count(*) AS copies
FROM canonical.orders GROUP BY gateway, account, order_id HAVING count(*) > 1
UNION ALL
SELECT 'line_items' AS canonical_table, account, concat_ws(' ', order_id, line_item_id) AS object_id, count(*) AS copies
FROM canonical.line_items GROUP BY gateway, account, order_id, line_item_id HAVING count(*) > 1
