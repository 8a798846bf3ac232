-- check: Tables of the gateways beside Stripe whose rows or sums differ from staging's
-- severity: block
-- gateways: paypal, braintree, recurly, woocommerce, custom
WITH counted AS (
    SELECT 'balance_transactions' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_balance_transactions GROUP BY ALL
    UNION ALL
    SELECT 'balance_transactions' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_balance_transactions GROUP BY ALL
    UNION ALL
    SELECT 'balance_transactions', gateway, account, 0, 0, count(*), 0 FROM canonical.balance_transactions WHERE gateway IN ('paypal', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'charges' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_charges GROUP BY ALL
    UNION ALL
    SELECT 'charges' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.braintree_charges GROUP BY ALL
    UNION ALL
    SELECT 'charges' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_charges GROUP BY ALL
    UNION ALL
    SELECT 'charges' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.woocommerce_charges GROUP BY ALL
    UNION ALL
    SELECT 'charges' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_charges GROUP BY ALL
    UNION ALL
    SELECT 'charges', gateway, account, 0, 0, count(*), sum(amount_minor) FROM canonical.charges WHERE gateway IN ('paypal', 'braintree', 'recurly', 'woocommerce', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'coupons' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.braintree_coupons GROUP BY ALL
    UNION ALL
    SELECT 'coupons' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_coupons GROUP BY ALL
    UNION ALL
    SELECT 'coupons' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.woocommerce_coupons GROUP BY ALL
    UNION ALL
    SELECT 'coupons' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_coupons GROUP BY ALL
    UNION ALL
    SELECT 'coupons', gateway, account, 0, 0, count(*), 0 FROM canonical.coupons WHERE gateway IN ('braintree', 'recurly', 'woocommerce', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'credit_note_tax_lines' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_credit_note_tax_lines GROUP BY ALL
    UNION ALL
    SELECT 'credit_note_tax_lines' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_credit_note_tax_lines GROUP BY ALL
    UNION ALL
    SELECT 'credit_note_tax_lines', gateway, account, 0, 0, count(*), 0 FROM canonical.credit_note_tax_lines WHERE gateway IN ('recurly', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'credit_notes' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_credit_notes GROUP BY ALL
    UNION ALL
    SELECT 'credit_notes' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_credit_notes GROUP BY ALL
    UNION ALL
    SELECT 'credit_notes', gateway, account, 0, 0, count(*), sum(amount_minor) FROM canonical.credit_notes WHERE gateway IN ('recurly', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'customers' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_customers GROUP BY ALL
    UNION ALL
    SELECT 'customers' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.braintree_customers GROUP BY ALL
    UNION ALL
    SELECT 'customers' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_customers GROUP BY ALL
    UNION ALL
    SELECT 'customers' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.woocommerce_customers GROUP BY ALL
    UNION ALL
    SELECT 'customers' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_customers GROUP BY ALL
    UNION ALL
    SELECT 'customers', gateway, account, 0, 0, count(*), 0 FROM canonical.customers WHERE gateway IN ('paypal', 'braintree', 'recurly', 'woocommerce', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'disputes' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_disputes GROUP BY ALL
    UNION ALL
    SELECT 'disputes' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.braintree_disputes GROUP BY ALL
    UNION ALL
    SELECT 'disputes' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_disputes GROUP BY ALL
    UNION ALL
    SELECT 'disputes' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_disputes GROUP BY ALL
    UNION ALL
    SELECT 'disputes', gateway, account, 0, 0, count(*), sum(amount_minor) FROM canonical.disputes WHERE gateway IN ('paypal', 'braintree', 'recurly', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'invoice_line_taxes' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_invoice_line_taxes GROUP BY ALL
    UNION ALL
    SELECT 'invoice_line_taxes', gateway, account, 0, 0, count(*), 0 FROM canonical.invoice_line_taxes WHERE gateway IN ('recurly') GROUP BY ALL
    UNION ALL
    SELECT 'invoice_lines' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_invoice_lines GROUP BY ALL
    UNION ALL
    SELECT 'invoice_lines' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_invoice_lines GROUP BY ALL
    UNION ALL
    SELECT 'invoice_lines', gateway, account, 0, 0, count(*), sum(amount_minor) FROM canonical.invoice_lines WHERE gateway IN ('recurly', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'invoices' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_invoices GROUP BY ALL
    UNION ALL
    SELECT 'invoices' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_invoices GROUP BY ALL
    UNION ALL
    SELECT 'invoices' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_invoices GROUP BY ALL
    UNION ALL
    SELECT 'invoices', gateway, account, 0, 0, count(*), 0 FROM canonical.invoices WHERE gateway IN ('paypal', 'recurly', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'line_items' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_line_items GROUP BY ALL
    UNION ALL
    SELECT 'line_items' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.woocommerce_line_items GROUP BY ALL
    UNION ALL
    SELECT 'line_items' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_line_items GROUP BY ALL
    UNION ALL
    SELECT 'line_items', gateway, account, 0, 0, count(*), sum(amount_minor) FROM canonical.line_items WHERE gateway IN ('paypal', 'woocommerce', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'orders' AS canonical_table, gateway, account, count(*) AS staged, sum(total_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_orders GROUP BY ALL
    UNION ALL
    SELECT 'orders' AS canonical_table, gateway, account, count(*) AS staged, sum(total_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.braintree_orders GROUP BY ALL
    UNION ALL
    SELECT 'orders' AS canonical_table, gateway, account, count(*) AS staged, sum(total_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.woocommerce_orders GROUP BY ALL
    UNION ALL
    SELECT 'orders' AS canonical_table, gateway, account, count(*) AS staged, sum(total_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_orders GROUP BY ALL
    UNION ALL
    SELECT 'orders', gateway, account, 0, 0, count(*), sum(total_minor) FROM canonical.orders WHERE gateway IN ('paypal', 'braintree', 'woocommerce', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'payout_lines' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.braintree_payout_lines GROUP BY ALL
    UNION ALL
    SELECT 'payout_lines', gateway, account, 0, 0, count(*), 0 FROM canonical.payout_lines WHERE gateway IN ('braintree') GROUP BY ALL
    UNION ALL
    SELECT 'payouts' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_payouts GROUP BY ALL
    UNION ALL
    SELECT 'payouts' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.braintree_payouts GROUP BY ALL
    UNION ALL
    SELECT 'payouts' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_payouts GROUP BY ALL
    UNION ALL
    SELECT 'payouts', gateway, account, 0, 0, count(*), sum(amount_minor) FROM canonical.payouts WHERE gateway IN ('paypal', 'braintree', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'prices' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_prices GROUP BY ALL
    UNION ALL
    SELECT 'prices' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.braintree_prices GROUP BY ALL
    UNION ALL
    SELECT 'prices' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_prices GROUP BY ALL
    UNION ALL
    SELECT 'prices' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_prices GROUP BY ALL
    UNION ALL
    SELECT 'prices', gateway, account, 0, 0, count(*), 0 FROM canonical.prices WHERE gateway IN ('paypal', 'braintree', 'recurly', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'products' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_products GROUP BY ALL
    UNION ALL
    SELECT 'products' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.braintree_products GROUP BY ALL
    UNION ALL
    SELECT 'products' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_products GROUP BY ALL
    UNION ALL
    SELECT 'products' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.woocommerce_products GROUP BY ALL
    UNION ALL
    SELECT 'products' AS canonical_table, gateway, account, count(*) AS staged, 0 AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_products GROUP BY ALL
    UNION ALL
    SELECT 'products', gateway, account, 0, 0, count(*), 0 FROM canonical.products WHERE gateway IN ('paypal', 'braintree', 'recurly', 'woocommerce', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'refunds' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_refunds GROUP BY ALL
    UNION ALL
    SELECT 'refunds' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.braintree_refunds GROUP BY ALL
    UNION ALL
    SELECT 'refunds' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_refunds GROUP BY ALL
    UNION ALL
    SELECT 'refunds' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.woocommerce_refunds GROUP BY ALL
    UNION ALL
    SELECT 'refunds' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_refunds GROUP BY ALL
    UNION ALL
    SELECT 'refunds', gateway, account, 0, 0, count(*), sum(amount_minor) FROM canonical.refunds WHERE gateway IN ('paypal', 'braintree', 'recurly', 'woocommerce', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'subscriptions' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_subscriptions GROUP BY ALL
    UNION ALL
    SELECT 'subscriptions' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.braintree_subscriptions GROUP BY ALL
    UNION ALL
    SELECT 'subscriptions' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_subscriptions GROUP BY ALL
    UNION ALL
    SELECT 'subscriptions' AS canonical_table, gateway, account, count(*) AS staged, sum(amount_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_subscriptions GROUP BY ALL
    UNION ALL
    SELECT 'subscriptions', gateway, account, 0, 0, count(*), sum(amount_minor) FROM canonical.subscriptions WHERE gateway IN ('paypal', 'braintree', 'recurly', 'custom') GROUP BY ALL
    UNION ALL
    SELECT 'tax_lines' AS canonical_table, gateway, account, count(*) AS staged, sum(tax_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.paypal_tax_lines GROUP BY ALL
    UNION ALL
    SELECT 'tax_lines' AS canonical_table, gateway, account, count(*) AS staged, sum(tax_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.recurly_tax_lines GROUP BY ALL
    UNION ALL
    SELECT 'tax_lines' AS canonical_table, gateway, account, count(*) AS staged, sum(tax_minor) AS staged_minor, 0 AS rows, 0 AS minor FROM staging.custom_tax_lines GROUP BY ALL
    UNION ALL
    SELECT 'tax_lines', gateway, account, 0, 0, count(*), sum(tax_minor) FROM canonical.tax_lines WHERE gateway IN ('paypal', 'recurly', 'custom') GROUP BY ALL
)
SELECT canonical_table, gateway, account, sum(staged) AS staged_rows, sum(rows) AS canonical_rows,
    sum(staged_minor) AS staged_minor, sum(minor) AS canonical_minor
FROM counted
GROUP BY ALL
HAVING sum(staged) <> sum(rows) OR sum(staged_minor) <> sum(minor)
