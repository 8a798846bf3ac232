-- grain: one row per account, status and currency of the gateways' invoices
SELECT
    gateway,
    account,
    status,
    currency,
    count(*) AS invoices,
    sum(total_minor)::BIGINT AS total_minor,
    sum(remaining_minor)::BIGINT AS remaining_minor,
    min(due_at) FILTER (remaining_minor > 0) AS oldest_due_at
FROM canonical.invoices
GROUP BY ALL
