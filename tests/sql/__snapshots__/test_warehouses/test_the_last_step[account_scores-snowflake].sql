SELECT
  p.account_id,
  COUNT(*) AS leads,
  CAST(CAST(CAST(SIGN(SUM(CASE WHEN p.place <= 3 THEN p.cents ELSE 0 END)) AS INT) * (
    CAST((
      (
        (
          2 * ABS(SUM(CASE WHEN p.place <= 3 THEN p.cents ELSE 0 END)) + LEAST_IGNORE_NULLS(COUNT(*), 3)
        )
      ) - (
        (
          (
            2 * ABS(SUM(CASE WHEN p.place <= 3 THEN p.cents ELSE 0 END)) + LEAST_IGNORE_NULLS(COUNT(*), 3)
          )
        ) % (
          (
            2 * LEAST_IGNORE_NULLS(COUNT(*), 3)
          )
        )
      )
    ) / (
      (
        2 * LEAST_IGNORE_NULLS(COUNT(*), 3)
      )
    ) AS DECIMAL(38, 0))
  ) AS DECIMAL(18, 0)) * CAST('0.01' AS DECIMAL(3, 2)) AS DECIMAL(18, 2)) AS score,
  MAX(CASE WHEN p.place = 1 THEN p.lead_id END) AS best_lead_id
FROM (
  SELECT
    a.account_id,
    a.lead_id,
    CAST(a.score * 100 AS BIGINT) AS cents,
    ROW_NUMBER() OVER (PARTITION BY a.account_id ORDER BY a.score DESC NULLS LAST, a.rank) AS place
  FROM actions AS a
  WHERE
    NOT a.excluded AND NOT a.account_id IS NULL
) AS p
GROUP BY
  p.account_id
