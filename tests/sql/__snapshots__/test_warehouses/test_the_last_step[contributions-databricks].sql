SELECT
  l.lead_id,
  c.dimension,
  c.`group`,
  c.rule,
  c.count,
  CAST(DATEADD(DAY, CAST(c.last_day AS INT), CAST('1970-01-01' AS DATE)) AS DATE) AS last_day,
  CAST(c.points AS DECIMAL(28, 0)) * CAST('0.000000001' AS DECIMAL(9, 9)) AS points
FROM (
  SELECT
    p.lead,
    k.dimension_name AS dimension,
    k.group_name AS `group`,
    r.id AS rule,
    p.count,
    p.last_day,
    p.points
  FROM points AS p
  JOIN rules AS r
    ON r.rule = p.rule
  JOIN buckets AS k
    ON k.bucket = r.bucket
  WHERE
    p.points <> 0
  UNION ALL
  SELECT
    r.lead,
    'fit' AS dimension,
    'company' AS `group`,
    'cap:company' AS rule,
    CAST(NULL AS BIGINT) AS count,
    CAST(NULL AS INT) AS last_day,
    r.points
  FROM (
    SELECT
      g.lead,
      GREATEST(
        CAST((
          -30000000000
        ) AS DECIMAL(38, 0)),
        LEAST(CAST(30000000000 AS DECIMAL(38, 0)), g.group__2)
      ) - g.group__2 AS points
    FROM group_points AS g
  ) AS r
  WHERE
    r.points <> 0
  UNION ALL
  SELECT
    r.lead,
    'engagement' AS dimension,
    'web' AS `group`,
    'cap:web' AS rule,
    CAST(NULL AS BIGINT) AS count,
    CAST(NULL AS INT) AS last_day,
    r.points
  FROM (
    SELECT
      g.lead,
      GREATEST(
        CAST((
          -40000000000
        ) AS DECIMAL(38, 0)),
        LEAST(CAST(40000000000 AS DECIMAL(38, 0)), g.group__4)
      ) - g.group__4 AS points
    FROM group_points AS g
  ) AS r
  WHERE
    r.points <> 0
  UNION ALL
  SELECT
    r.lead,
    'fit' AS dimension,
    CAST(NULL AS STRING) AS `group`,
    'range:fit' AS rule,
    CAST(NULL AS BIGINT) AS count,
    CAST(NULL AS INT) AS last_day,
    r.points
  FROM (
    SELECT
      p.lead,
      GREATEST(
        CAST((
          -50000000000
        ) AS DECIMAL(38, 0)),
        LEAST(CAST(100000000000 AS DECIMAL(38, 0)), p.nano__fit)
      ) - p.nano__fit AS points
    FROM dimension_points AS p
    WHERE
      NOT p.excluded
  ) AS r
  WHERE
    r.points <> 0
  UNION ALL
  SELECT
    r.lead,
    'engagement' AS dimension,
    CAST(NULL AS STRING) AS `group`,
    'range:engagement' AS rule,
    CAST(NULL AS BIGINT) AS count,
    CAST(NULL AS INT) AS last_day,
    r.points
  FROM (
    SELECT
      p.lead,
      GREATEST(
        CAST(0 AS DECIMAL(38, 0)),
        LEAST(CAST(100000000000 AS DECIMAL(38, 0)), p.nano__engagement)
      ) - p.nano__engagement AS points
    FROM dimension_points AS p
    WHERE
      NOT p.excluded
  ) AS r
  WHERE
    r.points <> 0
) AS c
JOIN leads AS l
  ON l.lead = c.lead
