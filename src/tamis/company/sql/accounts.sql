-- The accounts: customers since their first deal, or since before the first day for a few.
COPY (
    WITH deals AS (
        SELECT account, min(day) AS first_deal
        FROM company_people JOIN company_calendar ON cell = decision_cell
        WHERE outcome = 'won' AND lead <= $leads GROUP BY account
    ), known AS (
        SELECT company_accounts.*,
            CASE WHEN company_draw(h, 'customer') < 0.03
                 THEN DATE '$first_day' - (1 + floor(1500 * company_draw(h, 'since')))::INTEGER
                 ELSE first_deal END AS since
        FROM company_accounts LEFT JOIN deals USING (account)
    )
    SELECT $account_id AS account_id, name, domain, industry,
        CASE WHEN company_draw(h, 'no staff') >= 0.12 THEN staff END AS employees,
        CASE WHEN company_draw(h, 'no revenue') >= 0.25
             THEN round(staff * 120000.0::DOUBLE * exp(0.6 * company_bell(h, 'revenue')), -3) END AS revenue,
        country, since AS customer_since,
        CASE WHEN since IS NOT NULL THEN company_pick(h, 'plan', $plans)
             WHEN company_draw(h, 'trial') < 0.05 THEN 'trial' END AS plan
    FROM known ORDER BY account
) TO '$path' (FORMAT parquet, COMPRESSION snappy);
