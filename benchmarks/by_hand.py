"""What people write by hand for the benchmark's model: a subquery per event rule, joined to leads.

Floating point, no explanation, no exact cents: the shape that is found in warehouses everywhere.
"""

from __future__ import annotations

DAY = "DATE '2026-06-30'"
AGE = f"date_diff('day', CAST(e.timestamp AS DATE), {DAY})"

# rule: event names, condition, window in days, points as an aggregate over the events of one lead
RULES = {
    "pricing": (
        "page_view",
        "e.url LIKE '%/pricing%' OR e.url LIKE '%/tarifs%'",
        90,
        "decayed:8:30",
    ),
    "product": (
        "page_view",
        "e.url LIKE '%/product/%' OR e.url LIKE '%/produit/%'",
        60,
        "decayed:3",
    ),
    "comparison": ("page_view", "e.url LIKE '%/compar%'", 60, "decayed:5"),
    "careers": ("page_view", "e.url LIKE '%/car%'", 30, "decayed:-10"),
    "returning": ("session_start", "TRUE", 14, "CASE WHEN count(*) >= 3 THEN 5 ELSE 0 END"),
    "reading_time": (
        "page_view",
        "TRUE",
        30,
        "CASE WHEN sum(e.seconds) >= 600 THEN 8 WHEN sum(e.seconds) >= 120 THEN 4 ELSE 0 END",
    ),
    "documents": ("content_download", "TRUE", 120, "decayed:6"),
    "webinar": ("webinar_attended", "TRUE", 180, "decayed:12"),
    "registered": ("webinar_registered", "TRUE", 60, "decayed:4"),
    "opens": (
        "email_open', 'email_sent",
        "TRUE",
        90,
        "CASE WHEN count(*) FILTER (e.event = 'email_sent') < 5 THEN 0"
        " WHEN 100 * count(*) FILTER (e.event = 'email_open')"
        " / count(*) FILTER (e.event = 'email_sent') >= 50 THEN 6"
        " WHEN 100 * count(*) FILTER (e.event = 'email_open')"
        " / count(*) FILTER (e.event = 'email_sent') >= 20 THEN 0 ELSE -5 END",
    ),
    "clicks": ("email_click", "TRUE", 60, "decayed:4"),
    "opened": ("email_open", "TRUE", 30, "decayed:1"),
    "demo": ("demo_request', 'contact_sales", "TRUE", 30, "40 * count(*)"),
    "calculator": ("pricing_calculator", "TRUE", 45, "decayed:10"),
    "chat": ("chat_started', 'chatbot_question", "TRUE", 30, "decayed:3"),
    "trade_show": ("trade_show_visit", "TRUE", 180, f"sum(10 * greatest(0, 1 - {AGE} / 180))"),
    "calls": ("call_answered", "TRUE", 90, "decayed:8"),
    "meetings": (
        "meeting_held",
        "TRUE",
        120,
        f"sum(15 * CASE WHEN {AGE} >= 90 THEN 0.25 WHEN {AGE} >= 30 THEN 0.5 ELSE 1 END)",
    ),
    "freshness": (
        "page_view', 'session_start', 'email_click', 'form_submit",
        "TRUE",
        30,
        f"CASE WHEN min({AGE}) < 7 THEN 15 WHEN min({AGE}) < 30 THEN 8 ELSE 0 END",
    ),
    "habit": (
        "login",
        "TRUE",
        28,
        "CASE WHEN count(*) >= 20 THEN 10 WHEN count(*) >= 5 THEN 6 ELSE 2 END",
    ),
    "forms": ("form_submit", "TRUE", 365, "decayed:5"),
    "unsubscribed": ("unsubscribe", "TRUE", 365, "-15 * count(*)"),
}

FIT = """
  CASE WHEN regexp_matches(
         lower(l.job_title), 'ceo|cto|cfo|cmo|chief|vp|director|directeur|directrice'
       ) THEN 35 ELSE 0 END
  + CASE WHEN regexp_matches(lower(l.job_title), 'marketing|sales|commercial|vente')
         THEN 15 ELSE 0 END
  + CASE WHEN a.employees >= 250 THEN 25 WHEN a.employees >= 50 THEN 15
         WHEN a.employees >= 10 THEN 5 ELSE 0 END
  + CASE a.industry WHEN 'software' THEN 25 WHEN 'finance' THEN 15 WHEN 'services' THEN 10
         ELSE 0 END
  - CASE WHEN regexp_matches(l.email, '@(gmail|yahoo|hotmail|outlook|orange|free)[.]')
         THEN 20 ELSE 0 END
  + CASE l.country WHEN 'FR' THEN 10 WHEN 'BE' THEN 8 WHEN 'CH' THEN 8 ELSE 0 END
  + CASE l.source WHEN 'referral' THEN 15 WHEN 'partner' THEN 10 WHEN 'cold_list' THEN -10
         ELSE 0 END
  + CASE WHEN l.newsletter THEN 3 ELSE 0 END
"""


def _points(aggregate: str) -> str:
    if not aggregate.startswith("decayed:"):
        return aggregate
    _, points, *cap = aggregate.split(":")
    decayed = f"sum({points} * pow(2, -{AGE} / 30.0))"
    return f"least({decayed}, {cap[0]})" if cap else decayed


def statement(folder: str, target: str) -> str:
    """The whole statement, which writes a Parquet file of lead, fit, engagement and score."""
    joins = "\n".join(
        f"""LEFT JOIN (
          SELECT e.lead_id, {_points(aggregate)} AS points
          FROM read_parquet('{folder}/events/*.parquet') AS e
          WHERE e.event IN ('{names}') AND ({where})
            AND e.timestamp >= {DAY} - INTERVAL {within - 1} DAY
            AND e.timestamp < {DAY} + INTERVAL 1 DAY
          GROUP BY e.lead_id
        ) AS r_{rule} ON r_{rule}.lead_id = l.lead_id"""
        for rule, (names, where, within, aggregate) in RULES.items()
    )
    engagement = " + ".join(f"coalesce(r_{rule}.points, 0)" for rule in RULES)
    return f"""COPY (
      SELECT s.lead_id, s.fit, s.engagement, 0.4 * s.fit + 0.6 * s.engagement AS score
      FROM (
        SELECT l.lead_id, greatest(0, least(100, {FIT})) AS fit,
          greatest(0, least(100, {engagement})) AS engagement
        FROM read_parquet('{folder}/leads.parquet') AS l
        LEFT JOIN read_parquet('{folder}/accounts.parquet') AS a ON a.account_id = l.account_id
        {joins}
      ) AS s ORDER BY score DESC
    ) TO '{target}' (FORMAT parquet)"""
