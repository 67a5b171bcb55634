"""The generated company behaves: what a person would look for in real data is there."""

from __future__ import annotations

import pytest
from tests.company.conftest import Ask

UNTIL = "DATE '2026-06-30'"


def number(ask: Ask, sql: str) -> float:
    [(value,)] = ask(sql)
    assert isinstance(value, int | float)
    return float(value)


def test_ids_have_36_characters_and_leads_and_accounts_are_unique(ask: Ask) -> None:
    assert ask("SELECT DISTINCT length(lead_id) FROM leads") == [(36,)]
    assert ask("SELECT DISTINCT length(event_id) FROM events") == [(36,)]
    assert number(ask, "SELECT count(*) - count(DISTINCT lead_id) FROM leads") == 0
    assert number(ask, "SELECT count(*) - count(DISTINCT account_id) FROM accounts") == 0
    assert number(ask, "SELECT count(*) - count(DISTINCT domain) FROM accounts") == 0


def test_leads_belong_to_known_accounts(ask: Ask) -> None:
    unknown = "FROM leads WHERE account_id NOT IN (SELECT account_id FROM accounts)"
    assert number(ask, f"SELECT count(*) {unknown}") == 0
    assert 0.02 < number(ask, "SELECT avg((account_id IS NULL)::INT) FROM leads") < 0.15


def test_addresses_reach_nobody_at_work(ask: Ask) -> None:
    free = "gmail|orange|free|laposte|hotmail|yahoo|outlook|icloud"
    disposable = "yopmail|mailinator|guerrillamail|10minutemail"
    assert (
        ask(
            "SELECT email FROM leads WHERE email NOT LIKE '%@%.example' "
            f"AND NOT regexp_matches(email, '^demo[.].*@({free})[.]') "
            f"AND NOT regexp_matches(email, '^demo-.*@({disposable})[.]')"
        )
        == []
    )
    shares = [
        number(ask, f"SELECT avg(regexp_matches(email, '@({hosts})[.]')::INT) FROM leads")
        for hosts in (free, disposable, "rival|concurrent")
    ]
    assert shares[0] == pytest.approx(0.12, abs=0.02)
    assert 0 < shares[1] < 0.01
    assert 0 < shares[2] < 0.01


def test_form_fields_are_missing_now_and_then(ask: Ask) -> None:
    for field in ("first_name", "last_name", "job_title", "country"):
        assert 0.06 < number(ask, f"SELECT avg(({field} IS NULL)::INT) FROM leads") < 0.2
    assert 0.06 < number(ask, "SELECT avg((employees IS NULL)::INT) FROM accounts") < 0.2


def test_titles_are_many_and_typed_by_hand(ask: Ask) -> None:
    assert number(ask, "SELECT count(DISTINCT lower(job_title)) FROM leads") > 150
    assert number(ask, "SELECT count(*) FROM leads WHERE job_title = upper(job_title)") > 50
    assert ask("SELECT DISTINCT language FROM leads WHERE job_title = 'DAF'") == [("fr",)]
    assert ask("SELECT DISTINCT language FROM leads WHERE job_title = 'Recruiter'") == [("en",)]


def test_firms_differ_in_size_by_orders_of_magnitude(ask: Ask) -> None:
    [(tenth, median, last)] = ask(
        "SELECT quantile_disc(employees, 0.1), median(employees), quantile_disc(employees, 0.9) "
        "FROM accounts"
    )
    assert isinstance(tenth, int)
    assert isinstance(median, float)
    assert isinstance(last, int)
    assert tenth * 3 < median < last / 3
    assert number(ask, "SELECT count(DISTINCT industry) FROM accounts") == 8


def test_all_kinds_of_events_happen(ask: Ask) -> None:
    names = {name for (name,) in ask("SELECT event FROM events GROUP BY event")}
    assert len(names) == 28
    assert names >= {"page_view", "email_sent", "trade_show_visit", "support_ticket", "purchase"}
    [(most,)] = ask("SELECT event FROM events GROUP BY event ORDER BY count(*) DESC LIMIT 1")
    assert most == "page_view"
    channels = {name for (name,) in ask("SELECT channel FROM events GROUP BY channel")}
    assert channels == {"web", "email", "event", "phone", "store"}


def test_pages_are_read_in_the_language_of_the_lead(ask: Ask) -> None:
    french = ask(
        "SELECT DISTINCT language FROM events JOIN leads USING (lead_id) WHERE url = '/fr/tarifs'"
    )
    english = ask(
        "SELECT DISTINCT language FROM events JOIN leads USING (lead_id) WHERE url = '/pricing'"
    )
    assert (french, english) == ([("fr",)], [("en",)])
    assert ask("SELECT url FROM events WHERE contains(url, '{')") == []
    assert (
        number(ask, "SELECT count(DISTINCT product) FROM events WHERE url LIKE '/product/%'") == 4
    )


def test_nothing_happens_before_the_lead_exists(ask: Ask) -> None:
    early = "FROM events JOIN leads USING (lead_id) WHERE timestamp < created_at"
    assert number(ask, f"SELECT count(*) {early}") == 0


def test_two_per_cent_of_the_pages_are_read_by_robots_that_say_so(ask: Ask) -> None:
    share = number(ask, "SELECT avg(bot::INT) FROM events WHERE event = 'page_view'")
    assert share == pytest.approx(0.02, abs=0.008)
    assert ask("SELECT DISTINCT event FROM events WHERE bot") == [("page_view",)]


def test_mail_scanners_click_many_times_within_a_second(ask: Ask) -> None:
    bursts = number(
        ask,
        "SELECT count(*) FROM (SELECT 1 FROM events WHERE event = 'email_click' "
        "GROUP BY lead_id, timestamp::DATE HAVING count(DISTINCT event_id) >= 4 "
        "AND max(timestamp) - min(timestamp) < INTERVAL 1 SECOND)",
    )
    assert bursts > 20
    assert number(ask, "SELECT avg(bot::INT) FROM events WHERE event = 'email_click'") == 0


def test_half_a_per_cent_of_the_rows_come_twice(ask: Ask) -> None:
    repeated = number(ask, "SELECT 1 - count(DISTINCT event_id) / count(*) FROM events")
    assert repeated == pytest.approx(0.005, abs=0.001)
    distinct = number(ask, "SELECT count(*) FROM (SELECT DISTINCT * FROM events)")
    assert distinct == number(ask, "SELECT count(DISTINCT event_id) FROM events")


def test_a_few_events_are_of_unknown_leads_and_a_few_are_late(ask: Ask) -> None:
    strangers = "(lead_id NOT IN (SELECT lead_id FROM leads))::INT"
    assert 0.0001 < number(ask, f"SELECT avg({strangers}) FROM events") < 0.004
    late = number(ask, f"SELECT avg((timestamp::DATE > {UNTIL})::INT) FROM events")
    assert 0.0001 < late < 0.002


def test_visits_rest_at_week_ends_and_at_night(ask: Ask) -> None:
    visits = "FROM events WHERE event = 'session_start'"
    weekend = number(ask, f"SELECT avg((isodow(timestamp) > 5)::INT) {visits}")
    assert 0.03 < weekend < 0.15  # 2 of 7 days would be 0.29
    office = number(ask, f"SELECT avg((hour(timestamp) BETWEEN 7 AND 17)::INT) {visits}")
    assert office > 0.8


def test_august_and_the_days_around_christmas_are_quiet(ask: Ask) -> None:
    def created(first: str, last: str) -> float:
        return number(
            ask,
            f"SELECT count(*) / (DATE '{last}' - DATE '{first}' + 1) FROM leads "
            f"WHERE created_at::DATE BETWEEN '{first}' AND '{last}'",
        )

    september = created("2025-09-01", "2025-09-30")
    assert created("2025-08-01", "2025-08-31") < 0.55 * september
    assert created("2025-12-20", "2026-01-02") < 0.55 * september


def test_a_third_of_the_leads_never_come_back_after_their_first_days(ask: Ask) -> None:
    share = number(
        ask,
        "SELECT avg((coalesce(last, created_at) < created_at + INTERVAL 14 DAY)::INT) FROM leads "
        "LEFT JOIN (SELECT lead_id, max(timestamp) AS last FROM events "
        "WHERE event = 'session_start' GROUP BY lead_id) USING (lead_id) "
        "WHERE created_at < TIMESTAMP '2026-03-01'",
    )
    assert 0.25 < share < 0.5


def test_mails_go_to_subscribers_and_stop_when_they_leave_the_list(ask: Ask) -> None:
    mailed = "FROM events JOIN leads USING (lead_id) WHERE event = 'email_sent'"
    assert ask(f"SELECT DISTINCT newsletter {mailed}") == [(True,)]
    opens = "count(*) FILTER (event = 'email_open') / count(*) FILTER (event = 'email_sent')"
    assert 0.1 < number(ask, f"SELECT {opens} FROM events") < 0.4
    after = (
        "FROM events JOIN (SELECT lead_id, min(timestamp) AS gone FROM events "
        f"WHERE event = 'unsubscribe' AND timestamp::DATE <= {UNTIL} GROUP BY lead_id) "
        f"USING (lead_id) WHERE event = 'email_sent' AND timestamp > gone "
        f"AND timestamp::DATE <= {UNTIL}"  # a wrong clock dates a mail too late
    )
    assert number(ask, f"SELECT count(*) {after}") == 0
    assert number(ask, "SELECT count(*) FROM events WHERE event = 'unsubscribe'") > 50


def test_three_to_five_per_cent_are_won_after_they_became_leads(ask: Ask) -> None:
    won = number(
        ask,
        "SELECT count(*) FILTER (outcome = 'won') / count(*) "
        "FROM leads LEFT JOIN outcomes USING (lead_id)",
    )
    assert 0.028 < won < 0.055
    assert number(ask, "SELECT count(*) - count(DISTINCT lead_id) FROM outcomes") == 0
    misplaced = (
        "FROM outcomes LEFT JOIN leads USING (lead_id) WHERE created_at IS NULL "
        f"OR timestamp <= created_at OR timestamp::DATE > {UNTIL}"
    )
    assert number(ask, f"SELECT count(*) {misplaced}") == 0
    unpaid = "FROM outcomes WHERE coalesce(amount > 0, FALSE) <> (outcome = 'won')"
    assert number(ask, f"SELECT count(*) {unpaid}") == 0


def test_who_converts_was_more_active_before_than_others(ask: Ask) -> None:
    """Visits in the 60 days before the outcome, beside the same 60 days of leads without one."""
    recent = number(
        ask,
        "SELECT count(event) / count(DISTINCT o.lead_id) FROM outcomes AS o LEFT JOIN events AS e "
        "ON e.lead_id = o.lead_id AND e.event = 'session_start' "
        "AND e.timestamp BETWEEN o.timestamp - INTERVAL 60 DAY AND o.timestamp "
        "WHERE o.outcome = 'won'",
    )
    others = number(
        ask,
        "SELECT count(event) / count(DISTINCT l.lead_id) FROM leads AS l LEFT JOIN events AS e "
        "ON e.lead_id = l.lead_id AND e.event = 'session_start' "
        "AND e.timestamp BETWEEN TIMESTAMP '2026-01-01' AND TIMESTAMP '2026-03-02' "
        "WHERE l.created_at < TIMESTAMP '2026-01-01' "
        "AND l.lead_id NOT IN (SELECT lead_id FROM outcomes)",
    )
    assert recent > 3 * others


def test_customers_are_those_who_were_won(ask: Ask) -> None:
    users = "SELECT DISTINCT lead_id FROM events WHERE event = 'login'"
    winners = "SELECT lead_id FROM outcomes WHERE outcome = 'won'"
    known = "lead_id IN (SELECT lead_id FROM leads)"
    assert (
        number(ask, f"SELECT count(*) FROM ({users}) WHERE {known} AND lead_id NOT IN ({winners})")
        == 0
    )
    assert (
        number(
            ask,
            "SELECT count(*) FROM events AS e JOIN outcomes AS o USING (lead_id) "
            "WHERE e.event = 'login' AND e.timestamp < o.timestamp",
        )
        == 0
    )
    assert (
        number(
            ask,
            "SELECT count(*) FROM outcomes AS o JOIN leads USING (lead_id) "
            "JOIN accounts USING (account_id) WHERE outcome = 'won' "
            "AND (customer_since IS NULL OR customer_since > o.timestamp::DATE)",
        )
        == 0
    )
    assert 0.02 < number(ask, "SELECT avg((customer_since IS NOT NULL)::INT) FROM accounts") < 0.3


def test_fit_and_recent_activity_tell_who_will_buy_but_not_for_sure(ask: Ask) -> None:
    """The area under the curve of a simple rule score for deals won in the next two months."""
    area = number(ask, _RULE_SCORE)
    assert 0.68 < area < 0.9


_RULE_SCORE = """
WITH open_leads AS (
    SELECT * FROM leads WHERE created_at < TIMESTAMP '2026-01-15' AND lead_id NOT IN
        (SELECT lead_id FROM outcomes WHERE timestamp < TIMESTAMP '2026-01-15')
), buyers AS (
    SELECT lead_id FROM outcomes WHERE outcome = 'won' AND timestamp < TIMESTAMP '2026-03-31'
), activity AS (
    SELECT lead_id, least(60, sum(CASE
        WHEN regexp_matches(url, 'pricing|tarifs|roi|rentabilite') THEN 5
        WHEN event IN ('demo_request', 'contact_sales', 'meeting_held') THEN 30
        WHEN event = 'page_view' THEN 1 ELSE 0 END
        * pow(2, -date_diff('day', timestamp, TIMESTAMP '2026-01-15') / 21.0))) AS points
    FROM events WHERE NOT bot AND timestamp < TIMESTAMP '2026-01-15' GROUP BY lead_id
), scored AS (
    SELECT (lead_id IN (SELECT lead_id FROM buyers))::INT AS bought, coalesce(points, 0)
        + coalesce(regexp_matches(job_title, '(?i)market|sales|commercial|growth|ceo')::INT * 15, 7)
        + CASE industry WHEN 'software' THEN 20 WHEN 'finance' THEN 14 WHEN 'services' THEN 12
                        WHEN 'industry' THEN 9 ELSE 0 END
        + coalesce((employees BETWEEN 50 AND 2000)::INT * 12, 6) AS score
    FROM open_leads LEFT JOIN activity USING (lead_id) LEFT JOIN accounts USING (account_id)
), ranked AS (
    SELECT bought, rank() OVER (ORDER BY score) AS place FROM scored
)
SELECT (sum(place * bought) - sum(bought) * (sum(bought) + 1) / 2)
       / (sum(bought) * (count(*) - sum(bought))) FROM ranked
"""
