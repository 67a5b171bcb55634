-- One row per activity: a visit, a mail with what it led to, a call, a crawl. An activity lies
-- within one day and leaves n events; start is in milliseconds of that day.
CREATE OR REPLACE TEMP TABLE company_activities (
    h UBIGINT, lead INTEGER, kind UTINYINT, n UTINYINT, day DATE, start INTEGER, french BOOLEAN, line VARCHAR
);

-- First visits: the one that creates the lead, and for some a second within days.
INSERT INTO company_activities
WITH visit AS (
    SELECT lead, company_branch(h, 'first') AS lead_h, created_cell, created_at, french, line,
        unnest(range(1 + (company_draw(h, 'comes back') < 0.35)::INTEGER)) AS j
    FROM company_people
), placed AS (
    SELECT *, company_branch(lead_h, j) AS h,
        created_cell + CASE WHEN j > 0
            THEN floor(25 * company_draw(company_branch(lead_h, j), 'cell'))::INTEGER ELSE 0 END AS cell
    FROM visit
)
SELECT h, lead, $first, 2 + least(20, floor(company_wait(h, 'length') * $first_length)), calendar.day,
    CASE WHEN cell = created_cell THEN created_at ELSE greatest(created_at, company_clock(h)) END,
    french, line
FROM placed JOIN company_calendar AS calendar USING (cell);

-- Mails: each campaign to each subscriber, until the one that makes them leave the list.
INSERT INTO company_activities
WITH sent AS (
    SELECT lead, company_branch(h, 'mail') AS lead_h, buys, window_cell, width, interest, silent,
        scans_mail, french, line, campaign + endurance AS last_campaign,
        unnest(range(campaign, least($campaigns, campaign + endurance + 1))) AS number
    FROM company_people JOIN company_calendar ON cell = created_cell
    WHERE subscriber
), read AS (
    SELECT sent.*, campaign.day, company_branch(lead_h, number) AS h,
        buys AND campaign.cell BETWEEN window_cell AND window_cell + width AS shopping
    FROM sent JOIN company_campaigns AS campaign USING (number)
), answered AS (
    SELECT *,
        scans_mail AND company_draw(h, 'scanned') < 0.4 AS scanned,
        company_draw(h, 'opens') < CASE WHEN silent THEN 0.01
            ELSE 0.10 + 0.4 * interest + 0.3 * shopping::INTEGER END AS opens,
        company_draw(h, 'clicks') < 0.05 + 0.15 * interest + 0.25 * shopping::INTEGER AS clicks
    FROM read
)
SELECT h, lead,
    CASE WHEN scanned THEN $scanner WHEN number = last_campaign THEN $farewell ELSE $mail END,
    CASE WHEN scanned THEN 6 + floor(5 * company_draw(h, 'links')) WHEN number = last_campaign THEN 3
         ELSE 1 + opens::INTEGER + (opens AND clicks)::INTEGER
              + (opens AND clicks AND company_draw(h, 'clicks again') < 0.25)::INTEGER END,
    day, 28800000 + floor(2400000 * company_draw(h, 'queue')), french, line
FROM answered;

-- Calls, fairs and webinars: a few for everybody, meetings for those about to buy.
INSERT INTO company_activities
WITH counted AS (
    SELECT lead, company_branch(h, 'touch') AS lead_h, created_cell, created_at, window_cell, width, french, line,
        company_count(h, 'touches', CASE WHEN silent THEN 0.1 ELSE $pace * 1.6 * life END
                                    + (source = 'trade_show')::INTEGER) AS touches,
        CASE WHEN buys THEN company_count(h, 'meetings', 4 * strength * least($pace * 1.2, 1)) ELSE 0
        END AS meetings
    FROM company_people
), one AS (
    SELECT *, unnest(range(touches + meetings)) AS j FROM counted
), placed AS (
    SELECT *, company_branch(lead_h, j) AS h,
        CASE WHEN j < touches
             THEN created_cell + floor(company_draw(company_branch(lead_h, j), 'cell') * ($cells - created_cell))
             ELSE window_cell + floor(width * (0.2 + 0.9 * company_draw(company_branch(lead_h, j), 'cell')))
        END::INTEGER AS cell
    FROM one
)
SELECT h, lead, CASE WHEN j < touches THEN $touch ELSE $meeting END, 1, day,
    company_after(cell - created_cell, created_at, h), french, line
FROM placed JOIN company_calendar USING (cell);

-- Customers sign in, ask for help and buy again, from the day they were won.
INSERT INTO company_activities
WITH one AS (
    SELECT lead, company_branch(h, 'customer') AS lead_h, decision_cell, french, line,
        unnest(range(company_count(h, 'sign-ins', 60 * zeal * least($pace, 2)
                                   * ($cells - decision_cell) / $cells))) AS j
    FROM company_people WHERE outcome = 'won'
), placed AS (
    SELECT *, company_branch(lead_h, j) AS h,
        (decision_cell + 12
            + floor(company_draw(company_branch(lead_h, j), 'cell') * ($cells - decision_cell)))::INTEGER AS cell
    FROM one
)
SELECT h, lead, $customer, 2 + least(15, floor(company_wait(h, 'length') * 3)), day, company_clock(h),
    french, line
FROM placed JOIN company_calendar USING (cell);

-- Crawls: robots that say so, reading pages in the name of a lead.
INSERT INTO company_activities
WITH one AS (
    SELECT lead, company_branch(h, 'crawl') AS lead_h, created_cell, french, line,
        unnest(range(company_count(h, 'crawls', $crawls))) AS j
    FROM company_people
), placed AS (
    SELECT *, company_branch(lead_h, j) AS h,
        (created_cell + 12
            + floor(company_draw(company_branch(lead_h, j), 'cell') * ($cells - created_cell)))::INTEGER AS cell
    FROM one
)
SELECT h, lead, $crawl, 10 + floor(21 * company_draw(h, 'length')), day,
    floor(80000000 * company_draw(h, 'clock')), french, line
FROM placed JOIN company_calendar USING (cell);
