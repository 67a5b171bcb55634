-- What became of the leads on which somebody decided, in time order. Only won deals have an amount.
COPY (
    WITH decided AS (
        SELECT lead, h, outcome, staff, epoch_ms(epoch_ms(day::TIMESTAMP) + company_clock(company_branch(h, 'deal'))) AS moment
        FROM company_people JOIN company_calendar ON cell = decision_cell
        WHERE outcome IS NOT NULL AND lead <= $leads
    )
    SELECT $lead_id AS lead_id, outcome, moment AS timestamp,
        CASE WHEN outcome = 'won' THEN round(2000 + 900 * pow(staff, 0.6)
             * exp(0.5 * company_bell(h, 'amount')), 2) END AS amount
    FROM decided ORDER BY moment, lead
) TO '$path' (FORMAT parquet, COMPRESSION snappy);
