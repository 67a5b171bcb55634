-- One row per lead, and per stranger whose events come without a lead: who they are, how well
-- they suit, and what they are up to. Times are cells of the calendar (ten a working day).
CREATE OR REPLACE TEMP TABLE company_people AS
WITH drawn AS (
    SELECT id::INTEGER AS lead, company_entity('lead', id) AS h FROM range(1, $people + 1) AS n(id)
), employed AS (
    SELECT lead, h,
        1 + floor(pow(company_draw(h, 'account'), 1.3) * $accounts)::INTEGER AS account,
        floor(company_draw(h, 'created') * $cells)::INTEGER AS created_cell,
        company_draw(h, 'free mail') < 0.12 AS free_mail,
        company_pick(h, 'source', $sources) AS source
    FROM drawn
), titled AS (
    SELECT employed.*, firm.french = (company_draw(employed.h, 'abroad') < 0.94) AS french,
        firm.fit AS firm_fit, firm.scans_mail AND NOT free_mail AS scans_mail, firm.staff
    FROM employed JOIN company_firms AS firm USING (account)
), fitted AS (
    SELECT titled.*, title.title,
        0.5 * title.fit + 0.5 * firm_fit - 0.15 * free_mail::INTEGER
        - 0.1 * (source = 'cold_list')::INTEGER AS fit
    FROM titled JOIN company_titles AS title
        ON title.place = french::INTEGER * $slots + floor(company_draw(h, 'title') * $slots)::INTEGER
), intending AS (
    SELECT *,
        company_draw(h, 'buys') < 0.34 * fit AS buys,
        0.25 + 0.75 * company_draw(h, 'strength') AS strength,
        80 + floor(200 * company_draw(h, 'width'))::INTEGER AS width,
        created_cell + floor(CASE WHEN company_draw(h, 'soon') < 0.4
                                  THEN 150 * company_draw(h, 'window')
                                  ELSE company_draw(h, 'window') * ($cells - created_cell)
                             END)::INTEGER AS window_cell,
        ($cells - created_cell) / $cells AS life
    FROM fitted
), deciding AS (
    SELECT *,
        NOT buys AND company_draw(h, 'silent') < 0.45 AS silent,
        CASE WHEN buys THEN window_cell + width + 30 + floor(200 * company_draw(h, 'lag'))::INTEGER
             ELSE created_cell + 30 + floor(company_draw(h, 'lag') * ($cells - created_cell))::INTEGER
        END AS decision_cell,
        1 / (1 + exp(-(CASE WHEN buys THEN -10.2 + 5.0 * strength ELSE -11.4 END + 7.5 * fit))) AS chance
    FROM intending
)
SELECT lead, h, account, title, french, free_mail, scans_mail, staff, source, fit, created_cell,
    life, silent, buys, strength, width, window_cell,
    CASE WHEN decision_cell >= $cells THEN NULL
         WHEN company_draw(h, 'decision') < chance THEN 'won'
         WHEN company_draw(h, 'decision') < chance + CASE WHEN buys THEN 0.3 ELSE 0.03 END THEN 'lost'
    END AS outcome,
    decision_cell,
    company_pick(h, 'line', $lines) AS line,
    company_draw(h, 'newsletter') < CASE source WHEN 'newsletter' THEN 1.0 WHEN 'cold_list' THEN 0.05
                                         ELSE 0.42 END AS subscriber,
    company_draw(h, 'interest') * company_draw(h, 'interest again') AS interest,
    company_clock(h) AS created_at,
    floor(company_wait(h, 'endurance') / 0.012)::INTEGER AS endurance,
    least(6, exp(0.9 * company_bell(h, 'zeal'))) AS zeal
FROM deciding
ORDER BY lead;
