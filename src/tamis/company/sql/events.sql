-- One slice of events in time order: the activities of some days, taken apart. Ids and texts that
-- follow from a hash are made after the sort, which then carries few bytes.
COPY (
    WITH activity AS (
        SELECT h, lead, kind, n, day, start, french, line,
            floor(n * company_draw(h, 'which'))::INTEGER AS twin,
            (company_draw(h, 'twice') < 0.005 * n)::INTEGER AS twice,
            CASE kind WHEN $crawl THEN 200 + 800 * company_draw(h, 'gap')
                      WHEN $scanner THEN 85
                      WHEN $hot THEN 20000 + 80000 * company_draw(h, 'gap')
                      ELSE 12000 + 50000 * company_draw(h, 'gap') END AS gap,
            CASE kind WHEN $mail THEN least(10, 2 * company_wait(h, 'wait')) * 3600000
                      WHEN $farewell THEN least(10, 2 * company_wait(h, 'wait')) * 3600000
                      ELSE 0 END AS wait
        FROM company_activities
        WHERE day BETWEEN DATE '$first_day' AND DATE '$last_day'
    ), repeated AS (
        SELECT *, unnest(range(n + twice)) AS r FROM activity
    ), numbered AS (
        SELECT *, r - (twice = 1 AND r > twin)::INTEGER AS k FROM repeated
    ), hashed AS (
        SELECT *, company_branch(h, k) AS e FROM numbered
    ), placed AS (
        SELECT lead, kind, k, e, french, line, gap, h,
            epoch_ms(epoch_ms(day::TIMESTAMP) + start + CASE WHEN k > 0 THEN wait ELSE 0 END::BIGINT
                + floor((k + (e >> 40)::DOUBLE / 16777216) * gap)::BIGINT) AS moment,
            (kind * $positions + least(k, 2)) * $slots + (e % $slots)::INTEGER AS place
        FROM hashed
    ), sorted AS (
        SELECT placed.*, step.event, step.english_url, step.french_url, step.channel, step.asset, step.seconds
        FROM placed JOIN company_steps AS step USING (place)
        ORDER BY moment, lead, e
    )
    SELECT $columns FROM sorted
) TO '$path' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880);
