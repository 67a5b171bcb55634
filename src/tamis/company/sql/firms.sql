-- One row per account: what it is, before it is given a name.
CREATE OR REPLACE TEMP TABLE company_firms AS
WITH drawn AS (
    SELECT id::INTEGER AS account, company_entity('account', id) AS h
    FROM range(1, $accounts + 1) AS numbers(id)
), described AS (
    SELECT account, h,
        company_pick(h, 'industry', $industries) AS industry,
        1 + round(exp(3.9 + 1.5 * company_bell(h, 'staff')))::INTEGER AS staff,
        company_draw(h, 'language') < 0.62 AS french
    FROM drawn
)
SELECT account, h, industry, staff, french,
    0.55 * ($industry_fit)[industry]
    + 0.45 * CASE WHEN staff < 10 THEN 0.1 WHEN staff < 50 THEN 0.6
                  WHEN staff < 2000 THEN 1.0 ELSE 0.7 END AS fit,
    company_draw(h, 'scanner') < 0.025 AS scans_mail
FROM described
ORDER BY account;
