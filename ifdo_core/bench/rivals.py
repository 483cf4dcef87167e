"""What previews are measured against: the same questions asked in hand-written SQL (DuckDB).

``NAIVE`` cuts the events into visits at every question, with only the columns that the six conditions need; its task
is a little easier than ours, since it tells an SNS by a pattern and leaves the distinct counts of unions to the
caller. ``BY_HAND`` asks the visits mart as well as we know how:
one pass by bit mask and day, one for the distinct visitors and members.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

#: The segment of the benchmark: six conditions, nested.
SEGMENT: dict[str, Any] = {
    "format": 1,
    "name": "bench",
    "where": {
        "all": [
            {"condition": "traffic.device", "op": "in", "value": ["mobile"]},
            {"condition": "traffic.visit_count", "op": "gte", "value": 2},
            {"not": {"condition": "purchase.order_count", "op": "gte", "value": 1}},
            {
                "any": [
                    {"condition": "acquisition.sns", "op": "in", "value": ["instagram", "facebook"]},
                    {"condition": "cart.recent_amount", "op": "gte", "value": 50000},
                    {"condition": "traffic.pages_in_visit", "op": "gte", "value": 6},
                ]
            },
        ]
    },
}

_FLAGS = """
    (coalesce(device IN ('mobile'), false))::INT
    + (coalesce(visit_number >= 2, false))::INT * 2
    + (coalesce(order_count >= 1, false))::INT * 4
    + (coalesce(sns IN ('instagram', 'facebook'), false))::INT * 8
    + (coalesce(recent_cart_amount >= 50000, false))::INT * 16
    + (coalesce(pages >= 6, false))::INT * 32
"""
_MATCHES = """
    device IN ('mobile') AND visit_number >= 2 AND NOT coalesce(order_count >= 1, false)
    AND (coalesce(sns IN ('instagram', 'facebook'), false) OR coalesce(recent_cart_amount >= 50000, false)
         OR coalesce(pages >= 6, false))
"""

NAIVE = """
WITH known AS (
    SELECT visitor_id, arg_max(member_id, (ts, event_id)) AS member_id FROM events
    WHERE member_id IS NOT NULL GROUP BY visitor_id
), owned AS (
    SELECT e.*, k.member_id AS owner, coalesce('m:' || k.member_id, 'v:' || e.visitor_id) AS person
    FROM events e LEFT JOIN known k USING (visitor_id)
), stepped AS (
    SELECT *, lag(ts) OVER (PARTITION BY visitor_id, visit_id ORDER BY ts, event_id) AS previous FROM owned
), numbered AS (
    SELECT *, sum(CASE WHEN previous IS NULL OR (visit_id IS NULL AND ts - previous > INTERVAL 30 MINUTE)
                       THEN 1 ELSE 0 END)
              OVER (PARTITION BY visitor_id, visit_id ORDER BY ts, event_id) AS seq
    FROM stepped
), cut AS (
    SELECT visitor_id, person, any_value(owner) AS member_id, min(ts) AS started_at, max(ts) AS ended_at,
           min(event_id) AS visit_key, arg_min(device, (ts, event_id)) AS device,
           arg_min(coalesce(utm_source, '') || '|' || coalesce(click_id, '') || '|' || coalesce(referrer_host, '')
                   || '|' || coalesce(inapp, ''), (ts, event_id)) AS origin,
           count(*) FILTER (name = 'page_view') AS pages
    FROM numbered GROUP BY visitor_id, person, visit_id, seq
), counted AS (
    SELECT *, row_number() OVER (PARTITION BY person ORDER BY started_at, visit_key) AS visit_number,
           CASE WHEN regexp_matches(origin, '(instagram|facebook|fbclid|(^|[|])(ig|fb)[|])')
                THEN 'instagram' END AS sns
    FROM cut
), asked AS (
    SELECT * FROM counted WHERE started_at > TIMESTAMP '{start}' AND started_at <= TIMESTAMP '{now}'
), cart AS (
    SELECT person, ts, event_id, name, cart_value,
           sum(CASE name WHEN 'add_to_cart' THEN coalesce(value, 0) WHEN 'remove_from_cart' THEN -coalesce(value, 0)
                    ELSE 0 END) OVER (PARTITION BY person, era ORDER BY ts, event_id) AS total
    FROM (SELECT *, sum((name = 'purchase')::INT) OVER (PARTITION BY person ORDER BY ts, event_id) AS era FROM owned
          WHERE name IN ('add_to_cart', 'remove_from_cart', 'purchase') OR cart_value IS NOT NULL)
), recent AS (
    SELECT a.visitor_id, a.visit_key, max(coalesce(c.cart_value, c.total)) AS recent_cart_amount
    FROM asked a JOIN cart c ON c.person = a.person AND c.ts <= a.ended_at AND c.ts > a.ended_at - INTERVAL 24 HOUR
    WHERE c.name <> 'purchase' GROUP BY ALL
), bought AS (
    SELECT a.visitor_id, a.visit_key, count(*) AS order_count
    FROM asked a JOIN (
        SELECT o.*, coalesce('m:' || o.member_id, 'm:' || k.member_id, 'v:' || o.visitor_id) AS person
        FROM orders o LEFT JOIN known k USING (visitor_id)
        WHERE o.status NOT IN ('pending', 'authorized', 'cancelled')
    ) o ON o.person = a.person AND o.ts <= a.ended_at
    WHERE NOT (o.status = 'refunded' AND (o.refunded_at IS NULL OR o.refunded_at <= a.ended_at)) GROUP BY ALL
), marked AS (
    SELECT {flags} AS mask, (started_at AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Seoul')::DATE AS day,
           started_at > TIMESTAMP '{day}' AS recent_day, visitor_id, member_id
    FROM asked LEFT JOIN recent USING (visitor_id, visit_key) LEFT JOIN bought USING (visitor_id, visit_key)
)
SELECT mask, day, recent_day, count(*), count(DISTINCT visitor_id), count(DISTINCT member_id) FROM marked GROUP BY ALL
"""

BY_HAND = (
    """
SELECT mask, day, recent, count(*) FROM (
    SELECT {flags} AS mask, started_on AS day, started_at > TIMESTAMP '{day}' AS recent
    FROM visits WHERE started_at > TIMESTAMP '{start}' AND started_at <= TIMESTAMP '{now}'
) GROUP BY ALL
""",
    """
SELECT count(DISTINCT visitor_id), count(DISTINCT member_id),
       count(DISTINCT CASE WHEN started_at > TIMESTAMP '{day}' THEN visitor_id END),
       count(DISTINCT CASE WHEN started_at > TIMESTAMP '{day}' THEN member_id END)
FROM visits WHERE started_at > TIMESTAMP '{start}' AND started_at <= TIMESTAMP '{now}' AND {matches}
""",
)


def filled(query: str, now: datetime, window: timedelta) -> str:
    """``query`` for a window that ends at ``now``."""
    return query.format(flags=_FLAGS, matches=_MATCHES, now=now, start=now - window, day=now - timedelta(days=1))
