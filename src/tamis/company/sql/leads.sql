-- The leads as their form and their source left them: fields missing, titles typed by hand.
COPY (
    WITH named AS (
        SELECT person.*, calendar.day, account.domain, account.country,
            company_pick(person.h, 'first name', CASE WHEN person.french THEN $first_fr ELSE $first_en END) AS first,
            company_pick(person.h, 'last name', CASE WHEN person.french THEN $last_fr ELSE $last_en END) AS last,
            company_draw(person.h, 'mail') AS mail
        FROM company_people AS person
        JOIN company_calendar AS calendar ON calendar.cell = person.created_cell
        JOIN company_accounts AS account USING (account)
        WHERE person.lead <= $leads
    )
    SELECT $lead_id AS lead_id,
        CASE WHEN free_mail AND mail < 0.6 THEN NULL ELSE $account_id END AS account_id,
        epoch_ms(epoch_ms(day::TIMESTAMP) + created_at) AS created_at,
        CASE WHEN mail < 0.004 THEN 'demo-' || lead || '@' || company_pick(h, 'host', $disposable)
             WHEN mail > 0.995 THEN company_slug(first) || '@' || company_pick(h, 'host', $competitors)
             WHEN free_mail THEN 'demo.' || company_slug(first) || '.' || company_slug(last) || '.' || lead || '@'
                  || company_pick(h, 'host', CASE WHEN french THEN $free_fr ELSE $free_en END)
             ELSE company_slug(first) || '.' || company_slug(last) || '@' || domain END AS email,
        CASE WHEN company_draw(h, 'no first') >= 0.10 THEN first END AS first_name,
        CASE WHEN company_draw(h, 'no last') >= 0.09 THEN last END AS last_name,
        CASE WHEN company_draw(h, 'no title') < 0.13 THEN NULL
             WHEN company_draw(h, 'typing') < 0.05 THEN upper(title)
             WHEN company_draw(h, 'typing') < 0.12 THEN lower(title)
             WHEN company_draw(h, 'typing') < 0.16 THEN strip_accents(title)
             WHEN company_draw(h, 'typing') < 0.18 THEN title || ' '
             WHEN company_draw(h, 'typing') < 0.21 THEN title || CASE WHEN french THEN ' (H/F)' ELSE ', EMEA' END
             WHEN company_draw(h, 'typing') < 0.23 THEN title || ' - ' || upper(line)
             ELSE title END AS job_title,
        CASE WHEN company_draw(h, 'no country') >= 0.08 THEN country END AS country,
        CASE WHEN french THEN 'fr' ELSE 'en' END AS language,
        source,
        CASE WHEN company_draw(h, 'phone') >= 0.55 AND french
             THEN '06 39 98 ' || format('{:02d} {:02d}', (h % 100)::INTEGER, (h // 100 % 100)::INTEGER)
             WHEN company_draw(h, 'phone') >= 0.55
             THEN '+44 20 7946 0' || format('{:03d}', (h % 1000)::INTEGER) END AS phone,
        subscriber AS newsletter
    FROM named ORDER BY lead
) TO '$path' (FORMAT parquet, COMPRESSION snappy);
