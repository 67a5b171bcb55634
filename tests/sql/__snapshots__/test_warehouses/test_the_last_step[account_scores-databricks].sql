SELECT
  p.account_id,
  COUNT(*) AS leads,
  CAST(CAST(CAST(SIGN(SUM(CASE WHEN p.place <= 3 THEN p.cents ELSE 0 END)) AS INT) * (
    (
      CAST(ROUND(
        CAST((
          2 * ABS(SUM(CASE WHEN p.place <= 3 THEN p.cents ELSE 0 END)) + LEAST(COUNT(*), 3)
        ) AS DOUBLE) / CAST((
          2 * LEAST(COUNT(*), 3)
        ) AS DOUBLE)
      ) AS DECIMAL(38, 0)) + CAST(ROUND(
        CAST((
          (
            2 * ABS(SUM(CASE WHEN p.place <= 3 THEN p.cents ELSE 0 END)) + LEAST(COUNT(*), 3)
          )
        ) - (
          (
            2 * ABS(SUM(CASE WHEN p.place <= 3 THEN p.cents ELSE 0 END)) + LEAST(COUNT(*), 3)
          )
        ) % (
          (
            2 * LEAST(COUNT(*), 3)
          )
        ) - CAST(ROUND(
          CAST((
            2 * ABS(SUM(CASE WHEN p.place <= 3 THEN p.cents ELSE 0 END)) + LEAST(COUNT(*), 3)
          ) AS DOUBLE) / CAST((
            2 * LEAST(COUNT(*), 3)
          ) AS DOUBLE)
        ) AS DECIMAL(38, 0)) * (
          (
            2 * LEAST(COUNT(*), 3)
          )
        ) AS DOUBLE) / CAST((
          2 * LEAST(COUNT(*), 3)
        ) AS DOUBLE)
      ) AS DECIMAL(38, 0))
    )
  ) AS DECIMAL(18, 0)) * CAST('0.01' AS DECIMAL(2, 2)) AS DECIMAL(18, 2)) AS score,
  MAX(CASE WHEN p.place = 1 THEN p.lead_id END) AS best_lead_id
FROM (
  SELECT
    a.account_id,
    a.lead_id,
    CAST(a.score * 100 AS BIGINT) AS cents,
    ROW_NUMBER() OVER (PARTITION BY a.account_id ORDER BY a.score DESC, a.rank NULLS LAST) AS place
  FROM actions AS a
  WHERE
    NOT a.excluded AND NOT a.account_id IS NULL
) AS p
GROUP BY
  p.account_id
