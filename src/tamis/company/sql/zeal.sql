-- How many visits each lead would make, before they are scaled to the number of events asked for:
-- around the buying window (as far as it lies before the last day), and otherwise.
CREATE OR REPLACE TEMP TABLE company_zeal AS
SELECT lead,
    CASE WHEN buys THEN 9 * strength * exp(0.4 * company_bell(h, 'burst'))
                        * least(1.0, ($cells - window_cell) / width) ELSE 0 END AS burst,
    CASE WHEN silent THEN 0 ELSE zeal * life * (0.5 + interest) * 3 END AS background
FROM company_people;
