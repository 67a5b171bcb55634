-- Visits after the first days: bursts around a buying window, the rest thinly over the lead's
-- life. Visits that fall after the last day are not made: the future is not known.
INSERT INTO company_activities
WITH counted AS (
    SELECT lead, company_branch(h, 'visit') AS lead_h, created_cell, created_at, window_cell, width,
        strength, french, line,
        company_count(h, 'bursts', $scale * burst) AS bursts,
        company_count(h, 'background', $scale * background) AS backgrounds
    FROM company_people JOIN company_zeal USING (lead)
), one AS (
    SELECT *, unnest(range(bursts + backgrounds)) AS j FROM counted
), drawn AS (
    SELECT *, company_branch(lead_h, j) AS h FROM one
), placed AS (
    SELECT *,
        CASE WHEN j < bursts
             THEN window_cell + floor(width * company_draw(h, 'cell'))
             ELSE created_cell + floor(company_draw(h, 'cell') * ($cells - created_cell))
        END::INTEGER AS cell,
        CASE WHEN j < bursts AND company_draw(h, 'kind') < 0.15 + 0.5 * strength THEN $hot
             WHEN j < bursts OR company_draw(h, 'kind') < 0.15 THEN $warm ELSE $cold END AS kind
    FROM drawn
)
SELECT h, lead, kind,
    2 + least(20, floor(company_wait(h, 'length') * CASE kind WHEN $hot THEN 6 WHEN $warm THEN 4.5 ELSE 3 END)),
    day, company_after(cell - created_cell, created_at, h),
    french, line
FROM placed JOIN company_calendar USING (cell);
