"""The demo shop: believable, whole, the same for the same seed, and made by the process it names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import lgamma
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ifdo_core import tables
from ifdo_core.engines import open_engine
from ifdo_core.ingest.demo import DemoShop
from ifdo_core.ingest.enrich import enrich
from ifdo_core.lookups import wording
from ifdo_core.marts.origins import classify_frame

TABLES = ("products", "orders", "order_items", "events", "members", "messages")
SEOUL = pd.Timedelta(hours=9)
END = datetime(2026, 11, 23, 14, 59, 59)

Shop = dict[str, pd.DataFrame]


def made(shop: DemoShop) -> Shop:
    pieces: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for name, frame in shop.frames():
        pieces[name].append(frame)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in pieces.items()}


def told(frames: Iterator[tuple[str, pd.DataFrame]]) -> str:
    """A digest of everything the shop tells, in the order in which it tells it."""
    digest = hashlib.sha256()
    for name, frame in frames:
        digest.update(name.encode())
        digest.update(frame.to_csv(index=False).encode())
    return digest.hexdigest()


@pytest.fixture(scope="module")
def demo() -> DemoShop:
    return DemoShop()


@pytest.fixture(scope="module")
def shop(demo: DemoShop) -> Shop:
    return made(demo)


@pytest.fixture(scope="module")
def visits(demo: DemoShop, shop: Shop) -> pd.DataFrame:
    """One row a visit: the columns of its first event, its person, number and last moment, by plain pandas."""
    events = shop["events"].sort_values(["visitor_id", "ts", "event_id"], kind="stable")
    fresh = events.visitor_id != events.visitor_id.shift()
    cut = fresh | (events.ts.diff() > pd.Timedelta(minutes=30))
    number = cut.cumsum()
    out = events[cut].assign(ended=events.groupby(number).ts.max().to_numpy())
    known = shop["events"].dropna(subset=["member_id"]).groupby("visitor_id").member_id.last()
    out["person"] = persons(out.visitor_id, known)
    out = out.sort_values(["ts", "event_id"], ignore_index=True)
    out["visit_number"] = out.groupby("person").cumcount() + 1
    origins = classify_frame(out, demo.settings.own_hosts)
    return out.assign(channel=origins.channel, sns=origins.sns, search_engine=origins.search_engine)


def persons(visitor: pd.Series, known: pd.Series) -> pd.Series:
    member = visitor.astype(str).map(known)
    return ("m:" + member).where(member.notna(), "v:" + visitor.astype(str))


@pytest.fixture(scope="module")
def valid_orders(shop: Shop) -> pd.DataFrame:
    """Orders that count, with the person they belong to."""
    orders = shop["orders"]
    known = shop["events"].dropna(subset=["member_id"]).groupby("visitor_id").member_id.last()
    person = ("m:" + orders.member_id).where(orders.member_id.notna(), persons(orders.visitor_id, known))
    kept = orders.status.isin(["paid", "partially_refunded"])
    return orders[kept].assign(person=person[kept])


# --- the same bytes, the right shape ----------------------------------------------------------


def test_same_seed_same_bytes() -> None:
    first, second, other = (told(DemoShop(seed=seed, visits=3000, days=20).frames()) for seed in (5, 5, 6))
    assert first == second
    assert first != other


def test_the_truth_may_be_asked_for_first_or_last() -> None:
    asked, unasked = DemoShop(visits=1000, days=10), DemoShop(visits=1000, days=10)
    assert len(asked.truth["customers"]) > 0
    assert told(asked.frames()) == told(unasked.frames())


def test_size(shop: Shop, visits: pd.DataFrame) -> None:
    assert 60_000 <= len(visits) <= 90_000
    assert 350_000 <= len(shop["events"]) <= 450_000
    assert 300 <= len(shop["products"]) <= 600
    assert len(shop["members"]) > 3000


def test_the_number_of_visits_is_the_one_asked_for() -> None:
    events = made(DemoShop(visits=20_000, days=30))["events"].sort_values(["visitor_id", "ts"])
    cut = (events.visitor_id != events.visitor_id.shift()) | (events.ts.diff() > pd.Timedelta(minutes=30))
    assert int(cut.sum()) == pytest.approx(20_000, rel=0.01)


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_canonical_and_keys_unique(shop: Shop, name: str) -> None:
    table, frame = tables.canonical.tables[name], shop[name]
    assert set(frame.columns) <= set(table.columns.keys())
    assert frame[tables.KEYS[name]].is_unique
    needed = [column.name for column in table.columns if not column.nullable]
    assert frame[needed].notna().all().all()


def test_an_engine_takes_the_frames_as_they_are() -> None:
    shop = DemoShop(visits=2000, days=20)
    with open_engine("duckdb:///:memory:") as engine:
        engine.create([tables.canonical.tables[name] for name in TABLES])
        rows = dict.fromkeys(TABLES, 0)
        for name, frame in shop.frames():
            engine.append(tables.canonical.tables[name], frame)
            rows[name] += len(frame)
        for name in TABLES:
            assert len(engine.frame(tables.canonical.tables[name].select())) == rows[name]


@pytest.mark.parametrize(("visits", "days"), [(1, 1), (300, 2), (5000, 1), (500, 400)])
def test_any_size(visits: int, days: int) -> None:
    shop = made(DemoShop(visits=visits, days=days))
    assert shop["events"].ts.max() == END
    assert shop["events"].ts.min() >= END - timedelta(days=days, hours=1)


@pytest.mark.parametrize(("visits", "days"), [(0, 10), (10, 0), (-1, 10)])
def test_no_shop_without_visits_or_days(visits: int, days: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        DemoShop(visits=visits, days=days)


def test_progress_rises_to_one() -> None:
    seen: list[tuple[float, str]] = []
    list(DemoShop(visits=1000, days=10).frames(lambda share, text: seen.append((share, text))))
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert all(text for _, text in seen)


# --- time -------------------------------------------------------------------------------------


def test_events_are_in_order_and_end_at_the_end(shop: Shop) -> None:
    events = shop["events"]
    assert events.ts.is_monotonic_increasing
    assert events.event_id.is_monotonic_increasing
    assert events.ts.max() == END
    assert (shop["orders"].ts <= END).all()
    assert (shop["orders"].refunded_at.dropna() <= END).all()
    assert (shop["members"].joined_at.dropna() <= END).all()


def test_order_over_the_borders_of_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of 100 visits: events that reach over a border come in the next piece, none is lost."""
    whole = made(DemoShop(visits=2000, days=5))["events"]
    monkeypatch.setattr("ifdo_core.ingest.demo.shop._PIECE", 100)
    pieces = [frame for name, frame in DemoShop(visits=2000, days=5).frames() if name == "events"]
    assert len(pieces) == 20
    cut = pd.concat(pieces, ignore_index=True)
    assert cut.ts.is_monotonic_increasing
    assert cut.event_id.is_unique
    assert set(cut.order_id.dropna()) == set(whole.order_id.dropna())
    assert cut.visitor_id.nunique() == whole.visitor_id.nunique()


def test_shifted_end() -> None:
    end = datetime(2027, 3, 5, 3, 21, 7, 123456)
    shop = made(DemoShop(visits=8000, days=14, end=end))
    events = shop["events"]
    assert events.ts.max() == datetime(2027, 3, 5, 3, 21, 7, 123000)
    assert events.ts.min() >= datetime(2027, 2, 19, 14, 30)
    day = (events.ts + SEOUL).dt.date.value_counts().sort_index()
    assert len(day) == 14
    assert 0.25 < day.iloc[-1] / day.iloc[-2] < 0.6  # the last day has come to 12:21


def test_weekly_rhythm(visits: pd.DataFrame) -> None:
    local = visits.ts + SEOUL
    quiet = local[(local >= "2026-09-21") & (local < "2026-10-12")]  # three weeks without a campaign
    by_weekday = quiet.dt.day_of_week.value_counts()
    assert by_weekday[5] == by_weekday.min()  # Saturday
    assert by_weekday.max() / by_weekday.min() > 1.1


def test_daily_rhythm(visits: pd.DataFrame) -> None:
    by_hour = (visits.ts + SEOUL).dt.hour.value_counts(normalize=True)
    assert by_hour[[3, 4, 5]].max() < 0.015
    assert by_hour[[20, 21, 22]].min() > 0.05


def test_campaigns_bring_visits(demo: DemoShop, visits: pd.DataFrame) -> None:
    by_day = (visits.ts + SEOUL).dt.date.value_counts()
    campaigns = demo.truth["campaigns"]
    assert [one["slug"] for one in campaigns] == ["last-summer", "chuseok", "autumn-knit", "black-week"]
    week = campaigns[-1]
    before = [by_day[week["first_day"] - timedelta(days=back)] for back in range(1, 8)]
    during = [by_day[week["first_day"] + timedelta(days=on)] for on in range(7)]
    assert sum(during) / sum(before) == pytest.approx(week["lift"], rel=0.12)
    tagged = visits.utm_campaign == "블랙위크_2026"
    assert (visits.ts[tagged] + SEOUL).dt.date.min() == week["first_day"]
    assert tagged.sum() > 500


# --- where visits come from -------------------------------------------------------------------


def test_sns_share(visits: pd.DataFrame) -> None:
    assert 0.10 <= visits.sns.notna().mean() <= 0.15
    by_network = visits.sns.value_counts()
    assert by_network.index[0] == "instagram"
    assert by_network["facebook"] > 500


def test_channels_and_engines(visits: pd.DataFrame) -> None:
    share = visits.channel.value_counts(normalize=True)
    assert share["direct"] > 0.15
    assert share[["message", "email", "shopping_portal", "referral", "ai_assistant"]].min() > 0.005
    engines = visits.search_engine.value_counts()
    assert list(engines.index[:3]) == ["naver", "google", "daum"]


def test_derived_columns_are_what_ingest_would_fill(shop: Shop) -> None:
    events = shop["events"].iloc[::7]
    raw = {
        name: pa.array(events[name].astype("str"), pa.string(), from_pandas=True)
        for name in ("page_url", "referrer", "user_agent")
    }
    found = enrich(raw)
    derived = (
        "page_host", "page_path", "page_type", "click_id", "referrer_host", "inapp", "device", "os", "browser",
        "page_query", "os_version", "browser_version", "device_brand", "device_model", "platform",
    )  # fmt: skip
    for name in (*derived, "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id"):
        given = pa.array(events[name].astype("str"), pa.string(), from_pandas=True)
        assert given.equals(found[name].cast(pa.string())), name


@pytest.mark.parametrize("name", ["device", "os", "browser", "inapp", "page_type", "country", "language", "region"])
def test_values_have_a_wording(shop: Shop, name: str) -> None:
    assert set(shop["events"][name].dropna().unique()) <= set(wording(name))


def test_some_sources_tell_visits_apart_themselves(shop: Shop) -> None:
    events = shop["events"]
    given = events.visit_id.notna()
    assert 0.01 < given.mean() < 0.08
    assert not set(events.visitor_id[given]) & set(events.visitor_id[~given])


# --- what happens in them ---------------------------------------------------------------------


def test_funnel(shop: Shop) -> None:
    events = shop["events"]
    by_name = events.groupby("name", observed=True).visitor_id.nunique()
    steps = ["page_view", "view_item", "add_to_cart", "begin_checkout", "purchase"]
    assert list(by_name[steps].sort_values(ascending=False).index) == steps
    assert by_name[["view_item_list", "search", "login", "sign_up", "scroll", "remove_from_cart"]].min() > 100


def test_purchases_are_the_orders(shop: Shop) -> None:
    purchases = shop["events"].query("name == 'purchase'")
    orders = shop["orders"]
    assert purchases.order_id.is_unique
    collected = orders[orders.ts >= "2026-07-26 15:00"]
    assert set(purchases.order_id) == set(collected.order_id)
    both = purchases.merge(orders, on="order_id", suffixes=("", "_of_order"))
    assert (both.ts == both.ts_of_order).all()
    assert (both.value.dropna() == both.amount[both.value.notna()]).all()
    known = both.visitor_id_of_order.notna()
    assert (both.visitor_id[known] == both.visitor_id_of_order[known]).all()
    member = both.member_id_of_order.notna()
    assert (both.member_id[member] == both.member_id_of_order[member]).all()


def test_no_visit_is_torn_or_overlaps_another_of_its_person(visits: pd.DataFrame, shop: Shop) -> None:
    """As many visits by the gap rule as were planned, so long pauses tear none; devices take turns."""
    by_person = visits.sort_values(["person", "ts"])
    same = by_person.person == by_person.person.shift(-1)
    assert (by_person.ended[same] <= by_person.ts.shift(-1)[same]).all()
    assert len(visits) == pytest.approx(75_000, abs=25)


def test_recent_carts(shop: Shop) -> None:
    events = shop["events"]
    recent = events[(events.ts > END - timedelta(days=7)) & events.cart_value.notna() & (events.name != "purchase")]
    highest = recent.groupby("visitor_id").cart_value.max()
    assert (highest >= 50_000).sum() > 200
    assert (highest >= 70_000).sum() > 100
    assert (recent.cart_value >= 0).all()
    on_adds = events[events.name == "add_to_cart"].cart_value.isna().mean()
    assert 0.1 < on_adds < 0.3


def test_cart_value_is_what_was_put_in_since_the_last_purchase(shop: Shop, visits: pd.DataFrame) -> None:
    """Step by step for 400 people, wherever every value is there to add up."""
    known = shop["events"].dropna(subset=["member_id"]).groupby("visitor_id").member_id.last()
    names = ["add_to_cart", "remove_from_cart", "view_cart", "begin_checkout", "purchase"]
    events = shop["events"][shop["events"].name.isin(names)]
    events = events.assign(person=persons(events.visitor_id, known))
    checked = 0
    for _, mine in list(events.groupby("person"))[:400]:
        total: int | None = 0
        for name, value, cart in zip(mine.name, mine.value, mine.cart_value, strict=True):
            if name in ("add_to_cart", "remove_from_cart") and total is not None:
                total = None if pd.isna(value) else total + (value if name == "add_to_cart" else -value)
            if total is not None and pd.notna(cart):
                assert cart == total
                checked += 1
            if name == "purchase":
                total = 0
    assert checked > 300


def test_people_who_come_often_and_never_bought(visits: pd.DataFrame, valid_orders: pd.DataFrame) -> None:
    recent = visits[visits.ts > END - timedelta(days=7)]
    often = recent[(recent.visit_number >= 5) & ~recent.person.isin(valid_orders.person)]
    assert len(often) >= 300


def test_members_have_several_devices(shop: Shop) -> None:
    devices = shop["events"].dropna(subset=["member_id"]).groupby("member_id").visitor_id.nunique()
    assert (devices >= 2).mean() > 0.15
    owners = shop["events"].dropna(subset=["member_id"]).groupby("visitor_id").member_id.nunique()
    assert (owners == 1).all()


# --- orders, members, products ----------------------------------------------------------------


def test_references(shop: Shop) -> None:
    products, members = set(shop["products"].product_id), set(shop["members"].member_id)
    assert set(shop["order_items"].product_id) <= products
    assert set(shop["order_items"].order_id) == set(shop["orders"].order_id)
    assert set(shop["events"].product_id.dropna()) <= products
    assert set(shop["events"].category.dropna()) <= set(shop["products"].category)
    assert set(shop["events"].member_id.dropna()) <= members
    assert set(shop["orders"].member_id.dropna()) <= members


def test_members_are_known_only_once_they_have_joined(shop: Shop) -> None:
    joined = shop["members"].set_index("member_id").joined_at
    events = shop["events"].dropna(subset=["member_id"])
    first = events.groupby("member_id").ts.min()
    assert (first >= joined.reindex(first.index)).where(joined.reindex(first.index).notna(), True).all()
    signed = events[events.name == "sign_up"].set_index("member_id").ts
    both = joined.reindex(signed.index).dropna()
    assert (signed.reindex(both.index) == both).all()


def test_amounts(shop: Shop) -> None:
    items, orders = shop["order_items"], shop["orders"].set_index("order_id")
    goods = (items.price * items.quantity - items.discount.fillna(0)).groupby(items.order_id).sum()
    told_all = orders.discount.notna() & orders.points_used.notna()
    due = goods.reindex(orders.index) - orders.discount.fillna(0) - orders.points_used.fillna(0)
    assert (due == orders.amount)[told_all].all()
    assert (orders.amount >= 0).all()
    assert not items.duplicated(["order_id", "product_id"]).any()
    assert (orders.refunded_amount.fillna(0) <= orders.amount).all()


def test_orders_of_every_fate(shop: Shop) -> None:
    orders = shop["orders"]
    by_status = orders.status.value_counts()
    assert by_status[["cancelled", "refunded", "partially_refunded"]].min() > 50
    assert by_status["pending"] >= 3
    assert (orders.ts[orders.status == "pending"] > END - timedelta(days=4)).all()
    assert orders.refunded_at.notna()[orders.status == "refunded"].mean() < 1  # not always known
    guests = orders.member_id.isna() & orders.visitor_id.notna()
    assert guests.mean() > 0.05
    assert not (orders.member_id.isna() & orders.visitor_id.isna()).any()


def test_contacts_are_invented(shop: Shop) -> None:
    members = shop["members"]
    assert members.phone.dropna().str.fullmatch(r"010-0000-\d{4}").all()
    assert members.email.dropna().str.endswith("@example.com").all()


def test_consent_and_friends_make_every_target(shop: Shop) -> None:
    members = shop["members"]
    consent, friend = members.marketing_consent.fillna(False), members.channel_friend.fillna(False)
    for group in (consent & friend, consent & ~friend, ~consent & friend, ~consent & ~friend):
        assert group.sum() > 200
    assert set(members.grade.dropna()) == {"일반", "실버", "골드", "VIP"}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("events", "page_title"),
        ("events", "referrer"),
        ("events", "user_agent"),
        ("events", "region"),
        ("events", "value"),
        ("orders", "visitor_id"),
        ("orders", "member_id"),
        ("orders", "payment_method"),
        ("orders", "region"),
        ("order_items", "discount"),
        ("products", "list_price"),
        ("members", "birthday"),
        ("members", "gender"),
        ("members", "phone"),
        ("members", "marketing_consent"),
        ("members", "channel_friend"),
        ("members", "grade"),
        ("members", "joined_at"),
    ],
)
def test_some_values_are_missing_as_in_life(shop: Shop, table: str, column: str) -> None:
    assert 0 < shop[table][column].isna().mean() < 1


def test_products(shop: Shop) -> None:
    products = shop["products"]
    assert products.category.str.contains(" > ").all()
    assert products.category.nunique() >= 20
    assert products.name.is_unique
    assert (products.list_price.dropna() >= products.price[products.list_price.notna()]).all()
    assert (products.cost < products.price).all()
    assert (products.stock == 0).any()


def test_settings(demo: DemoShop, shop: Shop) -> None:
    settings = demo.settings
    assert settings.demo
    assert settings.name
    assert settings.free_shipping_from == 50_000
    assert set(shop["events"].page_host.unique()) == set(settings.own_hosts)


# --- the truth --------------------------------------------------------------------------------


def test_valid_orders_are_exactly_the_purchases_of_the_process(demo: DemoShop, valid_orders: pd.DataFrame) -> None:
    customers = demo.truth["customers"].set_index("person")
    assert valid_orders.groupby("person").size().sort_index().equals(customers.purchases.sort_index())
    first = valid_orders.groupby("person").ts.min()
    assert (first.reindex(customers.index) == customers.first_at).all()


def test_one_purchase_a_day(valid_orders: pd.DataFrame) -> None:
    assert not valid_orders.assign(day=(valid_orders.ts + SEOUL).dt.date).duplicated(["person", "day"]).any()


def _log_likelihood(x: Any, t_x: Any, age: Any, r: float, alpha: float, a: float, b: float) -> float:
    """BG/NBD of Fader, Hardie and Lee (2005), equation (6), summed over customers."""
    log_gamma = np.vectorize(lgamma)
    common = log_gamma(r + x) - lgamma(r) + r * np.log(alpha)
    beta = lgamma(a) + lgamma(b) - lgamma(a + b)
    stays = log_gamma(b + x) + lgamma(a) - log_gamma(a + b + x) - beta - (r + x) * np.log(alpha + age)
    leaves = (
        lgamma(a + 1) + log_gamma(np.maximum(b + x - 1, 1e-9)) - log_gamma(a + b + x) - beta
        - (r + x) * np.log(alpha + t_x)
    )  # fmt: skip
    return float((common + np.where(x > 0, np.logaddexp(stays, leaves), stays)).sum())


def test_the_process_explains_the_orders_best(demo: DemoShop, valid_orders: pd.DataFrame) -> None:
    day = (valid_orders.ts + SEOUL).dt.floor("D").groupby(valid_orders.person)
    x = (day.nunique() - 1).to_numpy()
    t_x = ((day.max() - day.min()).dt.days / 7).to_numpy()
    age = ((pd.Timestamp(END) + SEOUL).floor("D") - day.min()).dt.days.to_numpy() / 7
    process = {name: demo.truth["process"][name] for name in ("r", "alpha", "a", "b")}
    best = _log_likelihood(x, t_x, age, **process)
    for name, value in process.items():
        for factor in (0.6, 1.6):
            assert _log_likelihood(x, t_x, age, **{**process, name: value * factor}) < best, (name, factor)


def test_mean_rate_and_spend(demo: DemoShop, valid_orders: pd.DataFrame) -> None:
    process, customers = demo.truth["process"], demo.truth["customers"]
    assert customers.rate.mean() == pytest.approx(process["r"] / process["alpha"], rel=0.1)
    assert customers.leaves.mean() == pytest.approx(process["a"] / (process["a"] + process["b"]), rel=0.1)
    expected = process["p"] * process["v"] / (process["q"] - 1)
    assert customers.mean_spend.mean() == pytest.approx(expected, rel=0.15)
    spent = valid_orders.groupby("person").amount.mean()
    ratio = spent.reindex(customers.person).to_numpy() / customers.mean_spend.to_numpy()
    assert 0.75 < np.median(ratio) < 1.1


def test_who_left_is_known(demo: DemoShop) -> None:
    """Every repeat purchase is the last one with the customer's own probability, so their sum foretells the number."""
    customers = demo.truth["customers"]
    repeats = customers.purchases - 1
    expected = (repeats * customers.leaves).sum()
    spread = (repeats * customers.leaves * (1 - customers.leaves)).sum() ** 0.5
    assert abs((~customers.active).sum() - expected) < 4 * spread
    # nobody leaves before a repeat purchase; some of those fell on the day of the first one and count as one with it
    assert customers.active[repeats == 0].mean() > 0.97


def test_planted_pairs_are_bought_together(demo: DemoShop, shop: Shop, valid_orders: pd.DataFrame) -> None:
    items = shop["order_items"][shop["order_items"].order_id.isin(valid_orders.order_id)]
    baskets = items.groupby("product_id", observed=True).order_id.agg(set)
    pairs = demo.truth["pairs"]
    assert len(pairs) >= 15
    for pair in pairs:
        a, b = baskets[pair["a"]], baskets[pair["b"]]
        lift = len(a & b) * len(valid_orders) / (len(a) * len(b))
        assert lift > 1.5, pair
        assert len(a & b) / len(a) == pytest.approx(pair["probability"], abs=0.3)
