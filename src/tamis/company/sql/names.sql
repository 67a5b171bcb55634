-- One row per account with its name and a domain that no other account has.
CREATE OR REPLACE TEMP TABLE company_accounts AS
WITH parts AS (
    SELECT *, company_pick(h, 'head', $heads) || company_pick(h, 'tail', $tails) AS stem,
        CASE WHEN french THEN company_pick(h, 'trade', ($trades_fr)[industry])
             ELSE company_pick(h, 'trade', ($trades_en)[industry]) END AS trade
    FROM company_firms
), named AS (
    SELECT *,
        CASE WHEN french THEN company_pick(h, 'form', $forms_fr) || stem || ' ' || trade
             ELSE stem || ' ' || trade || company_pick(h, 'form', $forms_en) END AS name,
        company_slug(stem || ' ' || trade) AS host
    FROM parts
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY host ORDER BY account) AS namesake FROM named
)
SELECT account, h, name, industry, staff,
    host || CASE WHEN namesake > 1 THEN '-' || namesake ELSE '' END || '.example' AS domain,
    CASE WHEN french THEN company_pick(h, 'country', $countries_fr)
         ELSE company_pick(h, 'country', $countries_en) END AS country
FROM numbered
ORDER BY account;
