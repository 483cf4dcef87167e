"""The tables every engine holds: canonical (what the shop gave) and derived (what we make of it).

Timestamps are naive and in UTC, amounts are integers of the currency's smallest unit
(semantics.md, 'Time' and 'Money'). A column that says ``derived`` below is filled by
``ifdo_core.ingest.enrich`` from the others, never read from a file.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    String,
    Table,
)
from sqlalchemy.types import TypeEngine

canonical = MetaData()
derived = MetaData()


class Key(String):
    """A string that identifies: compared byte by byte on every engine, never by a locale."""

    cache_ok = True


class OwnKey(Key):
    """A key that few rows of a table share: there is little in it to compress."""

    cache_ok = True


#: ``Table.info``: the keys by which thousands of a large table's rows are looked for at once (``Engine.found``).
SOUGHT = "sought"


def _columns(names: str, type_: TypeEngine[Any] | type[TypeEngine[Any]]) -> list[Column[Any]]:
    return [Column(name, type_) for name in names.split()]


# --- canonical -------------------------------------------------------------------------------

events = Table(
    "events",
    canonical,
    Column("event_id", Key, nullable=False),
    Column("ts", DateTime, nullable=False),
    Column("visitor_id", Key, nullable=False),
    Column("name", String, nullable=False),
    *_columns("visit_id member_id", Key),
    *_columns("page_url page_title referrer", String),
    *_columns("utm_source utm_medium utm_campaign utm_term utm_content utm_id", String),
    *_columns("product_id category", Key),
    Column("quantity", Integer),
    *_columns("value cart_value", BigInteger),
    Column("order_id", Key),
    *_columns("search_term user_agent device os browser country region city language", String),
    Column("params", String),  # JSON object as text
    # derived
    *_columns("page_host page_path page_type referrer_host click_id inapp", String),
    Column("page_query", String),  # JSON object as text: the parameters of page_url without click ids, decoded
    *_columns("os_version browser_version device_brand device_model platform", String),
    Column("screen_width", Integer),  # CSS pixels
    Column("is_internal", Boolean),  # true or unknown
)

orders = Table(
    "orders",
    canonical,
    Column("order_id", Key, nullable=False),
    Column("ts", DateTime, nullable=False),
    Column("amount", BigInteger, nullable=False),  # items - discounts, without shipping, before refunds
    *_columns("member_id visitor_id", Key),
    Column("status", String, nullable=False),  # pending paid cancelled refunded partially_refunded
    *_columns("discount shipping points_used", BigInteger),
    *_columns("coupon payment_method channel region", String),
    Column("refunded_amount", BigInteger),
    Column("refunded_at", DateTime),
)

order_items = Table(
    "order_items",
    canonical,
    Column("line_id", Key, nullable=False),
    Column("order_id", Key, nullable=False),
    Column("product_id", Key, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price", BigInteger, nullable=False),  # of one unit
    Column("discount", BigInteger),
)

products = Table(
    "products",
    canonical,
    Column("product_id", Key, nullable=False),
    Column("name", String, nullable=False),
    *_columns("category brand", String),
    *_columns("price list_price cost stock", BigInteger),
    *_columns("image_url url", String),
)

members = Table(
    "members",
    canonical,
    Column("member_id", Key, nullable=False),
    Column("joined_at", DateTime),
    Column("grade", String),
    Column("birthday", Date),
    *_columns("gender region phone email", String),
    Column("marketing_consent", Boolean),
    Column("consent_at", DateTime),
    Column("channel_friend", Boolean),
    Column("points", BigInteger),
    *_columns("consent_sms consent_email consent_push opted_out dormant was_referred", Boolean),
    Column("signup_channel", String),
    Column("friend_at", DateTime),
    *_columns("referral_count reviews_written coupons_held", Integer),
    *_columns("points_expire_on coupon_expires_on", Date),
    *_columns("last_login_at", DateTime),
    *_columns("tags extra", String),  # tags: '|'-separated; extra: JSON object as text
    Column("name", String),  # for messages to the member alone: no list or export shows it unmasked
)

#: One row a message to one recipient: what was sent, and what came of it. The times say since when something is so, so
#: that 'as of a moment' can be asked; a hold-out member has a row too, with the moment at which nothing was sent.
messages = Table(
    "messages",
    canonical,
    Column("message_id", Key, nullable=False),
    Column("ts", DateTime, nullable=False),  # handed to the dealer, or shown
    Column("channel", String, nullable=False),  # data/lookups/values.yaml, message_channel
    Column("status", String, nullable=False),  # accepted delivered failed holdout
    *_columns("member_id visitor_id", Key),  # visitor_id: on-site messages
    *_columns("campaign content variant targeting", String),  # content: the composed message it was made from
    *_columns("delivered_at opened_at clicked_at closed_at failed_at", DateTime),  # each the first time
    Column("failure", String),  # the dealer's reason, in its words or code
    Column("cost", BigInteger),
)

#: The natural key of each canonical table: a row with a known key replaces or repeats the old one.
KEYS: dict[str, str] = {
    "events": "event_id",
    "orders": "order_id",
    "order_items": "line_id",
    "products": "product_id",
    "members": "member_id",
    "messages": "message_id",
}

#: Columns that say whose marts a new or changed row touches.
OWNERS: dict[str, tuple[str, ...]] = {
    "events": ("visitor_id",),
    "orders": ("order_id", "visitor_id", "member_id"),
    "order_items": ("order_id", "product_id"),
    "products": ("product_id",),
    "members": ("member_id",),
    "messages": ("channel",),  # no mart holds messages; the note makes the data version count up
}

#: ``touched.owner`` of the time, in microseconds as text, of the earliest event that came or went.
EARLIEST = "earliest_us"

#: What a merge touched and the marts have not taken in yet: written in the merge's own transaction, so
#: a crash between a load and the rebuild loses nothing. ``owner`` is a column name of ``OWNERS``.
touched = Table(
    "touched",
    canonical,
    Column("owner", String, nullable=False),
    Column("id", Key, nullable=False),
)

loads = Table(
    "loads",
    canonical,
    Column("load_id", Key, nullable=False),
    Column("table_name", String, nullable=False),
    Column("source", String, nullable=False),  # file name or 'DataFrame'
    Column("mapping", String),
    Column("started_at", DateTime, nullable=False),
    Column("finished_at", DateTime, nullable=False),
    *_columns("rows_read rows_loaded rows_duplicate rows_rejected", BigInteger),
)

rejected_rows = Table(
    "rejected_rows",
    canonical,
    Column("load_id", Key, nullable=False),
    Column("table_name", String, nullable=False),
    Column("file", String, nullable=False),
    Column("row", BigInteger, nullable=False),  # 1 = first row below the header
    Column("column", String),
    Column("value", String),
    Column("reason", String, nullable=False),  # code, worded by i18n
)

#: One row: facts of the shop itself (time zone, currency, hosts …) as key/value text.
settings = Table(
    "settings",
    canonical,
    Column("name", Key, nullable=False),
    Column("value", String),
)

# --- derived: the marts ----------------------------------------------------------------------

identity = Table(
    "identity",
    derived,
    Column("visitor_id", OwnKey, nullable=False),
    Column("member_id", Key),  # newest known at now
    Column("known_at", DateTime),  # of the event that told the member
    Column("person", OwnKey, nullable=False),  # 'm:<member>' else 'v:<visitor>'
    info={SOUGHT: ("visitor_id", "member_id")},
)

#: The events that change a cart or show its total: few of all events, and asked for by visitor.
cart_events = Table(
    "cart_events",
    derived,
    Column("event_id", Key, nullable=False),
    Column("visitor_id", Key, nullable=False),
    Column("ts", DateTime, nullable=False),
    Column("name", String, nullable=False),
    *_columns("value cart_value", BigInteger),
)

visits = Table(
    "visits",
    derived,
    Column("visit_id", OwnKey, nullable=False),  # the event_id of its first event
    Column("visitor_id", OwnKey, nullable=False),
    Column("source_visit_id", Key),  # as the source said, else null and the gap rule decided
    Column("member_id", Key),  # by identity at now
    Column("person", OwnKey, nullable=False),
    Column("started_at", DateTime, nullable=False),
    Column("ended_at", DateTime, nullable=False),
    # local calendar of the start, in the shop's time zone
    Column("started_on", Date, nullable=False),
    *_columns("hour weekday day_of_month", Integer),  # weekday 0 = Monday
    # where the visit came from: its first event
    *_columns("source medium campaign campaign_id term content channel", String),
    *_columns("search_engine sns ad_platform shopping_portal blog_cafe messenger ai_assistant", String),
    *_columns("click_id referrer_host referrer_url search_keyword", String),
    *_columns("landing_path landing_title landing_type landing_product landing_url landing_query", String),
    *_columns("first_channel first_source first_campaign first_landing_path", String),
    Column("last_non_direct_source", String),
    # what happened in it
    *_columns("events pages unique_pages", Integer),
    *_columns("duration_s engaged_s", Float),
    *_columns("is_bounce is_logged_in converted", Boolean),
    Column("order_amount", BigInteger),
    Column("furthest_step", String),
    *_columns("exit_path exit_type host", String),
    *_columns("device os browser inapp country region city language", String),
    *_columns("os_version browser_version device_brand device_model platform", String),
    Column("screen_width", Integer),
    Column("is_internal", Boolean),
    # the person's state at the visit's end
    Column("visit_number", Integer, nullable=False),
    *_columns("first_visit_at previous_visit_at", DateTime),
    *_columns("lifetime_pages", Integer),
    *_columns("lifetime_duration_s", Float),
    Column("distinct_channels", Integer),
    *_columns("cart_amount recent_cart_amount", BigInteger),
    *_columns("cart_started_at cart_last_add_at", DateTime),
    Column("order_count", Integer, nullable=False),
    *_columns("total_amount max_order_amount last_order_amount", BigInteger),
    *_columns("first_order_at last_order_at", DateTime),
    info={SOUGHT: ("visitor_id",)},
)

#: Every person with a visit, an order or a member row: the same state columns as a visit, at now.
people = Table(
    "people",
    derived,
    Column("person", OwnKey, nullable=False),
    Column("member_id", Key),
    Column("visit_count", Integer, nullable=False),
    *_columns("first_visit_at last_visit_at", DateTime),
    Column("order_count", Integer, nullable=False),
    *_columns("total_amount max_order_amount last_order_amount", BigInteger),
    *_columns("first_order_at last_order_at", DateTime),
    info={SOUGHT: ("person",)},
)

#: Orders with the person they belong to; the one place that says what a valid order is.
person_orders = Table(
    "person_orders",
    derived,
    Column("order_id", Key, nullable=False),
    Column("person", Key, nullable=False),
    Column("member_id", Key),
    Column("ts", DateTime, nullable=False),
    Column("ordered_on", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),  # paid, before refunds
    Column("refunded_amount", BigInteger, nullable=False),  # 0 when nothing came back
    Column("refunded_at", DateTime),  # unknown although refunded: counts as refunded all along
    Column("status", String, nullable=False),
    *_columns("coupon payment_method channel region", String),
    *_columns("discount points_used", BigInteger),
)

#: One line per distinct product of a valid order at now.
baskets = Table(
    "baskets",
    derived,
    Column("order_id", Key, nullable=False),
    Column("person", Key, nullable=False),
    Column("ts", DateTime, nullable=False),
    Column("product_id", Key, nullable=False),
    *_columns("category brand", String),
    Column("quantity", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
)

mart_state = Table(
    "mart_state",
    derived,
    Column("name", Key, nullable=False),
    Column("value", String),
)

# --- customer analysis -----------------------------------------------------------------------

#: How the shop wants its customers scored: name → JSON (``ifdo_core.analysis.scheme``).
analysis_settings = Table(
    "analysis_settings",
    canonical,
    Column("name", Key, nullable=False),
    Column("value", String, nullable=False),
)

#: What the daily refresh found of each person. Only rows of the newest run that is done count (``score_runs``): rows of
#: a run that is being written, or was broken off, are seen by nobody.
scores = Table(
    "scores",
    derived,
    Column("person", Key, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("member_id", Key),
    *_columns("r_score f_score m_score rfm_sum", Integer),
    *_columns("rfm_grade previous_rfm_grade rfm_move", String),  # ``previous``: 30 days before
    *_columns("previous_rfm_grade_1 previous_rfm_grade_7 previous_rfm_grade_90", String),
    *_columns("alive_probability churn_probability", Float),
    Column("churn_risk", String),
    *_columns("predicted_value lifetime_value", BigInteger),
    Column("predicted_orders", Float),
    Column("next_purchase_due_days", Integer),
    *_columns("cycle_ratio purchase_probability", Float),
    Column("cohort_month", String),
    Column("cohort_age_months", Integer),
    Column("value_tier", String),
    Column("value_percentile", Float),
    *_columns("lifecycle_stage affinity_category affinity_brand discount_sensitivity", String),
    Column("preferred_hour", Integer),
    # for the page of one customer: to buy nothing in the coming quarter, why, and the intervals of the forecast
    Column("silence_probability", Float),
    Column("churn_reasons", String),  # codes of ``analysis.churn.reasons_text``
    *_columns("days_since_last due_low_days due_high_days", Integer),
    *_columns("predicted_value_low predicted_value_high", BigInteger),
)

#: Refreshes: run counts up; status 'running', 'done' or 'failed'. ``day``: the shop's day it is for.
score_runs = Table(
    "score_runs",
    derived,
    Column("run", BigInteger, nullable=False),
    Column("status", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("as_of", DateTime, nullable=False),
    Column("data_version", BigInteger, nullable=False),
    Column("started_at", DateTime, nullable=False),
    Column("finished_at", DateTime),
    Column("customers", BigInteger),
    Column("model", String),
    Column("failure", String),
)

#: What the daily refresh found unlike itself: a row an insight (``told``), and one for each number of the whole shop.
insight_items = Table(
    "insight_items",
    derived,
    Column("day", Date, nullable=False),
    Column("place", Integer, nullable=False),
    Column("told", Boolean, nullable=False),
    Column("watch", String, nullable=False),
    Column("split", String),
    *_columns("actual expected low high p q", Float),
    Column("effect", BigInteger),
    Column("series", String, nullable=False),  # JSON: counts, of (null: no rate); the last one is of the day
)

#: Days whose insights are whole, written after their items.
insight_days = Table(
    "insight_days",
    derived,
    Column("day", Date, nullable=False),
    Column("as_of", DateTime, nullable=False),
    Column("data_version", BigInteger, nullable=False),
    Column("watched", Integer, nullable=False),
    Column("written_at", DateTime, nullable=False),
)

#: The digest's e-mail of a day to one address, a row an attempt: 'trying' before the server is called, then 'sent',
#: 'failed', or 'unsure' where nobody knows; only one that failed is tried again.
digest_mails = Table(
    "digest_mails",
    derived,
    Column("day", Date, nullable=False),
    Column("address", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("tried_at", DateTime, nullable=False),
    Column("failure", String),
)

#: The products that the refresh recommends to a person; seen with the scores of the same run.
recommended = Table(
    "recommended",
    derived,
    Column("person", Key, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("product_id", Key, nullable=False),
    Column("place", Integer, nullable=False),
)

#: Who is in a saved segment, as the refresh saw it, since when. ``entered_on`` null: already there when the segment was
#: first looked at. A row with person '' says that the segment was looked at. Seen with the scores of the same run.
segment_entries = Table(
    "segment_entries",
    derived,
    Column("segment_id", Key, nullable=False),
    Column("person", Key, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("entered_on", Date),
)

#: A row for each day on which a customer's grade became another; '' when the customer left the period.
score_history = Table(
    "score_history",
    derived,
    Column("person", Key, nullable=False),
    Column("day", Date, nullable=False),
    Column("grade", String, nullable=False),
    *_columns("r_score f_score m_score", Integer),
)
