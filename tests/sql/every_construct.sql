-- Small facts for every_construct.yaml, in tables as a warehouse would hold them.
CREATE TABLE lead_rows AS
SELECT * FROM (VALUES
  ('a', 'x', TIMESTAMP '2026-01-01', 'jo@gmail.com', 'VP R&D', 'F%x',
   TIMESTAMP '2026-06-28 18:30', DATE '1980-01-01', 12.5::DECIMAL(24, 6), TRUE, 'r', NULL),
  ('a', 'x', TIMESTAMP '2026-02-01', 'jo@gmail.com', 'Head of Ops', 'FR',
   TIMESTAMP '2026-06-28 17:59', DATE '1980-01-01', 12.5, TRUE, 'r', NULL),
  ('b', 'x', NULL, 'it@big.com', 'Directeur informatique', 'É',
   TIMESTAMP '2025-06-28 18:30', NULL, -3.25, FALSE, NULL, 'o'),
  ('c', 'y', NULL, 'c@acme.com', 'CEO', 'DE', NULL, NULL, NULL, NULL, NULL, NULL),
  ('d', NULL, NULL, 'd@yopmail.com', 'CTO', 'DE', NULL, NULL, 1e17, NULL, 'q', NULL),
  ('e', 'z', NULL, NULL, 'Marketing Manager', 'ΑΣ', NULL, NULL, 7, NULL, 'q', NULL)
) AS t(
  lead_id, account_id, valid_from, lead__email, lead__job_title, lead__country, lead__created_at,
  lead__birthday, lead__budget, lead__opt_in, "lead__Rank", lead__order
);
CREATE TABLE account_rows AS
SELECT * FROM (VALUES
  ('x', 'Software', 120::BIGINT, 1000.5::DECIMAL(24, 6)),
  ('y', 'L''ÉNERGIE', 0, NULL),
  ('z', NULL, 9, 123456789012.654321)
) AS t(account_id, account__industry, account__employees, account__revenue);
CREATE TABLE event_rows AS
SELECT
  l AS lead_id,
  e AS event,
  TIMESTAMP '2026-06-30 12:00' - INTERVAL (n) HOUR AS timestamp,
  CASE WHEN n % 3 = 0 THEN 'id' || n END AS event_id,
  n % 7 = 0 AS bot,
  '/pricing/' || n AS event__url,
  CAST((n * 10.5)::DECIMAL(24, 6) AS VARCHAR) AS event__seconds,
  'pro' AS event__plan,
  n % 2 = 0 AS event__paid
FROM (VALUES ('a'), ('b'), ('e'), ('c'), (NULL)) AS leads(l),
  (VALUES ('page_view'), ('email_open'), ('email_sent'), ('demo_request'), ('webinar'), ('login'))
    AS names(e),
  range(0, 200, 5) AS hours(n)
WHERE l IS NULL OR ascii(l) % 3 <> length(e) % 3;
-- A function of BigQuery that DuckDB does not know.
CREATE MACRO farm_fingerprint(x) AS hash(x);
