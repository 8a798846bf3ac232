-- check: Sums of a canonical table that differ from staging's
-- severity: block
-- gateways: stripe
WITH sums AS (
    SELECT 'charges.amount_minor' AS what, account, currency, sum(amount_minor) AS staging_minor, 0 AS canonical_minor FROM staging.stripe_charges GROUP BY ALL
    UNION ALL
    SELECT 'charges.amount_minor', account, currency, 0, sum(amount_minor) FROM canonical.charges WHERE gateway = 'stripe' GROUP BY ALL
    UNION ALL
    SELECT 'charges.captured_minor' AS what, account, currency, sum(captured_minor) AS staging_minor, 0 AS canonical_minor FROM staging.stripe_charges GROUP BY ALL
    UNION ALL
    SELECT 'charges.captured_minor', account, currency, 0, sum(captured_minor) FROM canonical.charges WHERE gateway = 'stripe' GROUP BY ALL
    UNION ALL
    SELECT 'refunds.amount_minor' AS what, account, currency, sum(amount_minor) AS staging_minor, 0 AS canonical_minor FROM staging.stripe_refunds GROUP BY ALL
    UNION ALL
    SELECT 'refunds.amount_minor', account, currency, 0, sum(amount_minor) FROM canonical.refunds WHERE gateway = 'stripe' GROUP BY ALL
    UNION ALL
    SELECT 'disputes.amount_minor' AS what, account, currency, sum(amount_minor) AS staging_minor, 0 AS canonical_minor FROM staging.stripe_disputes GROUP BY ALL
    UNION ALL
    SELECT 'disputes.amount_minor', account, currency, 0, sum(amount_minor) FROM canonical.disputes WHERE gateway = 'stripe' GROUP BY ALL
    UNION ALL
    SELECT 'payouts.amount_minor' AS what, account, currency, sum(amount_minor) AS staging_minor, 0 AS canonical_minor FROM staging.stripe_payouts GROUP BY ALL
    UNION ALL
    SELECT 'payouts.amount_minor', account, currency, 0, sum(amount_minor) FROM canonical.payouts WHERE gateway = 'stripe' GROUP BY ALL
    UNION ALL
    SELECT 'balance_transactions.net_minor' AS what, account, currency, sum(net_minor) AS staging_minor, 0 AS canonical_minor FROM staging.stripe_balance_transactions GROUP BY ALL
    UNION ALL
    SELECT 'balance_transactions.net_minor', account, currency, 0, sum(net_minor) FROM canonical.balance_transactions WHERE gateway = 'stripe' GROUP BY ALL
    UNION ALL
    SELECT 'balance_transactions.fee_minor' AS what, account, currency, sum(fee_minor) AS staging_minor, 0 AS canonical_minor FROM staging.stripe_balance_transactions GROUP BY ALL
    UNION ALL
    SELECT 'balance_transactions.fee_minor', account, currency, 0, sum(fee_minor) FROM canonical.balance_transactions WHERE gateway = 'stripe' GROUP BY ALL
    UNION ALL
    SELECT 'invoices.total_minor' AS what, account, currency, sum(total_minor) AS staging_minor, 0 AS canonical_minor FROM staging.stripe_invoices GROUP BY ALL
    UNION ALL
    SELECT 'invoices.total_minor', account, currency, 0, sum(total_minor) FROM canonical.invoices WHERE gateway = 'stripe' GROUP BY ALL
    UNION ALL
    SELECT 'invoices.tax_minor' AS what, account, currency, sum(tax_minor) AS staging_minor, 0 AS canonical_minor FROM staging.stripe_invoices GROUP BY ALL
    UNION ALL
    SELECT 'invoices.tax_minor', account, currency, 0, sum(tax_minor) FROM canonical.invoices WHERE gateway = 'stripe' GROUP BY ALL
    UNION ALL
    SELECT 'credit_notes.amount_minor' AS what, account, currency, sum(amount_minor) AS staging_minor, 0 AS canonical_minor FROM staging.stripe_credit_notes GROUP BY ALL
    UNION ALL
    SELECT 'credit_notes.amount_minor', account, currency, 0, sum(amount_minor) FROM canonical.credit_notes WHERE gateway = 'stripe' GROUP BY ALL
)
SELECT what, account, currency, sum(staging_minor) AS staging_minor, sum(canonical_minor) AS canonical_minor
FROM sums
GROUP BY ALL
HAVING sum(staging_minor) IS DISTINCT FROM sum(canonical_minor)
