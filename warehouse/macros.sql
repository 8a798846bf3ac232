-- What the staging models share. Applied before each build.

-- A whole number out of JSON text; NULL for anything else, because a cast would round 1999.5.
CREATE OR REPLACE MACRO staging.whole(text) AS
    CASE WHEN regexp_full_match(text, '-?[0-9]{1,18}') THEN text::BIGINT END;

-- Seconds since 1970 out of JSON text.
CREATE OR REPLACE MACRO staging.moment(text) AS to_timestamp(staging.whole(text));

-- The list below a key, whether Stripe gave it as a list object or as a bare array; empty where there is none.
CREATE OR REPLACE MACRO staging.entries(document) AS
    coalesce(
        CASE json_type(document::JSON)
            WHEN 'ARRAY' THEN document::JSON::JSON[]
            WHEN 'OBJECT' THEN (document::JSON -> '$.data')::JSON[]
        END,
        []::JSON[]);

-- Stripe's count of a currency to ISO 4217's minor units; the two differ for three currencies.
-- See connectors/gateways/stripe/amounts.py, with which a test compares it.
CREATE OR REPLACE MACRO staging.stripe_minor(amount, currency) AS
    CASE upper(currency)
        WHEN 'ISK' THEN amount // 100
        WHEN 'UGX' THEN amount // 100
        WHEN 'MGA' THEN amount * 100
        ELSE amount
    END;

-- 19.0 and 19.00 are 19: one text for one rate.
CREATE OR REPLACE MACRO staging.percent_text(percent) AS
    CASE WHEN contains(percent, '.') THEN rtrim(rtrim(percent, '0'), '.') ELSE percent END;

-- Who somebody is over all accounts: the e-mail address, else the one object that is known of them.
CREATE OR REPLACE MACRO staging.person_id(email, gateway, account, object_id) AS
    'per_' || left(md5(coalesce(email, gateway || '/' || account || '/' || object_id)), 16);

-- Lower case without accents, as a search is folded too (warehouse/reads/people.py).
CREATE OR REPLACE MACRO staging.folded(text) AS strip_accents(replace(replace(lower(text), 'ß', 'ss'), 'ς', 'σ'));

-- The day in the reporting time zone.
CREATE OR REPLACE MACRO staging.day_of(happened) AS (happened AT TIME ZONE staging.reporting_zone())::DATE;

-- A decimal amount of major units ("10.50") in ISO 4217's minor units, exactly; NULL where it is finer than those.
-- The exponents are those of connectors/currencies.py, with which a test compares them.
CREATE OR REPLACE MACRO staging.unit(currency) AS
    CASE
        WHEN upper(currency) IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV',
            'XAF', 'XOF', 'XPF') THEN 1
        WHEN upper(currency) IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 1000
        WHEN currency IS NOT NULL THEN 100
    END;

CREATE OR REPLACE MACRO staging.minor(amount, currency) AS
    -- Each argument stands here once: macros are pasted in, and these are pasted into each other some hundred times.
    nullif(
        regexp_extract(
            (amount::DECIMAL(30, 8) * staging.unit(currency)::DECIMAL(4, 0))::VARCHAR, '^(-?[0-9]+)\.0+$', 1),
        '')::BIGINT;

-- A part of the amount of a unit of a PayPal order, such as tax_total; NULL where PayPal does not name it.
CREATE OR REPLACE MACRO staging.paypal_part(unit, part) AS
    staging.minor(
        unit ->> ('$.amount.breakdown.' || part || '.value'),
        unit ->> ('$.amount.breakdown.' || part || '.currency_code'));

-- What a unit of a PayPal order costs to send, with handling and insurance, less the discount on it.
CREATE OR REPLACE MACRO staging.paypal_shipping(unit) AS
    coalesce(staging.paypal_part(unit, 'shipping'), 0) + coalesce(staging.paypal_part(unit, 'handling'), 0)
        + coalesce(staging.paypal_part(unit, 'insurance'), 0) - coalesce(staging.paypal_part(unit, 'shipping_discount'), 0);

-- The words of a text in capitals, each between two blanks: whether it names an id is whether it contains the id's words.
-- Banks drop what stands between letters, and po_1 must not be found in po_10.
CREATE OR REPLACE MACRO staging.words(text) AS ' ' || trim(regexp_replace(upper(text), '[^A-Z0-9]+', ' ', 'g')) || ' ';

-- What a price costs in a year, in minor units: a week is a 52nd of it, a day a 365th.
CREATE OR REPLACE MACRO staging.per_year(amount_minor, interval, interval_count) AS
    round(amount_minor::DECIMAL(30, 4)
        * CASE interval WHEN 'year' THEN 1 WHEN 'month' THEN 12 WHEN 'week' THEN 52 WHEN 'day' THEN 365 END
        / greatest(coalesce(interval_count, 1), 1))::BIGINT;

-- The same in a month: a twelfth of the year, halves away from zero.
CREATE OR REPLACE MACRO staging.per_month(per_year) AS
    sign(per_year)::BIGINT * ((2 * abs(per_year)::HUGEINT + 12) // 24)::BIGINT;
