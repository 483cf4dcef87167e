"""Reports against slow, obvious answers over the same orders (semantics.md, 'Money', 'Time')."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from ifdo_core import Workbench
from ifdo_core.catalogue import DIMENSIONS, METRICS, REPORTS, find
from ifdo_core.catalogue.reports import GROUPS
from ifdo_core.catalogue.reports.dimensions import ORDER_AMOUNTS
from ifdo_core.errors import DataError
from ifdo_core.i18n import LANGUAGES, using
from ifdo_core.pickable import picked_row
from ifdo_core.reports.figures import _apart
from ifdo_core.reports.shapes.cohort import LEAST_PEOPLE
from ifdo_core.reports.shapes.waiting import survival
from ifdo_core.segments.model import leaves
from tests.unit.reports.shop import NOW, Order, by_member, category, frames, random_orders

RUNNING = NOW.year * 12 + NOW.month - 1


@pytest.fixture(scope="module", params=[1, 2])
def orders(request: pytest.FixtureRequest) -> list[Order]:
    return random_orders(request.param, members=160)


@pytest.fixture(scope="module")
def shop(orders: list[Order]) -> Iterator[Workbench]:
    with Workbench.open("duckdb:///:memory:") as workbench:
        workbench.load(**frames(orders))
        yield workbench


def cells(shop: Workbench, report_id: str) -> pd.DataFrame:
    """Raw cells as of NOW."""
    return shop.report(report_id, end=NOW).cells.frame


# --- entries ----------------------------------------------------------------------------------


@pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))
def test_an_entry_names_what_there_is(report):
    assert report.group in GROUPS
    assert report.id.startswith(f"{report.group}.")
    assert all(name in METRICS for name in report.metrics)
    for name in report.dimensions:
        assert report.grain in DIMENSIONS[name].grains or report.shape in ("growth", "paths"), name
        assert set(DIMENSIONS[name].needs) <= set(report.needs), name
    for metric in (METRICS[name] for name in report.metrics):
        assert all(part in METRICS for part in metric.ratio or ())
    assert report.ko
    assert report.en
    assert all(report.note)


def test_a_dimension_becomes_a_condition_that_there_is():
    for dimension in DIMENSIONS.values():
        near = [condition for condition, _ in dimension.near_values.values()]
        for condition in (dimension.condition, dimension.near, *near):
            assert condition is None or find(condition) is not None, dimension.id


@pytest.mark.parametrize("report_id", list(REPORTS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_answers_in_both_languages(shop, report_id, language):
    with using(language):
        result = shop.report(report_id, end=NOW)
        frame = result.frame()
        assert result.insight()
        assert set(result.labels()) >= set(frame.columns)
        assert not any(
            "nan" in str(value).lower() for value in frame.select_dtypes(exclude="number").to_numpy().ravel()
        )
        if not result.missing and len(frame):
            assert result.figure().data
        if result.is_grid and not result.missing:
            assert len(result.grid()) == frame.iloc[:, 0].nunique()


def test_an_unknown_report_names_near_ones(shop):
    with pytest.raises(DataError, match=r"purchase\.pareto") as caught:
        shop.report("purchase.paretto")
    assert caught.value.code == "unknown_report"


def test_a_shop_without_the_data_says_what_is_missing():
    with Workbench.open("duckdb:///:memory:") as empty:
        result = empty.report("product.brand")
        assert result.frame().empty
        assert "주문 상품" in result.insight()
        assert not result.figure().data


def test_one_order_is_enough_for_every_report():
    with Workbench.open("duckdb:///:memory:") as small:
        small.load(**frames(random_orders(3, members=1)[:1]))
        for report_id in REPORTS:
            result = small.report(report_id, end=NOW)
            assert result.insight()
            result.figure()


# --- numbers ----------------------------------------------------------------------------------


def test_customers_by_number_of_orders(shop, orders):
    edges = (1, 2, 3, 4, 5, 6, 11)
    expected = Counter(max(n for n, edge in enumerate(edges) if len(own) >= edge) for own in by_member(orders).values())
    frame = cells(shop, "purchase.count_dist")
    assert dict(zip(frame["d0"], frame["customers"], strict=True)) == dict(expected)
    assert frame["customer_amount"].sum() == sum(o.amount for o in orders)


def test_days_between_orders(shop, orders):
    edges = (0, 7, 14, 30, 45, 60, 90, 120, 180, 365)
    expected: Counter[int] = Counter()
    for own in by_member(orders).values():
        for before, after in itertools.pairwise(own):
            days = math.floor((after.ts - before.ts).total_seconds() / 86_400)
            expected[max(n for n, edge in enumerate(edges) if days >= edge)] += 1
    frame = cells(shop, "purchase.gap_dist")
    assert dict(zip(frame["d0"], frame["orders"], strict=True)) == dict(expected)


def test_purchase_retention(shop, orders):
    bought: dict[tuple[int, int], set[str]] = defaultdict(set)
    for member, own in by_member(orders).items():
        for order in own:
            bought[own[0].month, order.month - own[0].month].add(member)
    frame = cells(shop, "cohort.purchase_retention")
    seen = {}
    for row in frame.itertuples():
        size = len(bought[row.d0, 0])
        assert row.size == size
        assert row.retention_rate == pytest.approx(100 * len(bought[row.d0, row.d1]) / size)
        seen[row.d0, row.d1] = True
    # exactly the months that are over, up to the longest that anybody came back after
    longest = max(since for _, since in bought)
    starts = {month for month, since in bought if since == 0}
    assert set(seen) == {
        (month, since)
        for month in starts
        for since in range(min(max(RUNNING - month - 1, 0), longest) + 1)
    }  # fmt: skip


def test_amount_per_customer_by_cohort(shop, orders):
    frame = cells(shop, "cohort.revenue")
    own = by_member(orders)
    for row in frame.itertuples():
        cohort = [orders for orders in own.values() if orders[0].month == row.d0]
        spent = sum(o.amount for orders in cohort for o in orders if o.month <= row.d0 + row.d1)
        assert row.cumulative_amount_per_customer == pytest.approx(spent / len(cohort))


@pytest.mark.parametrize(
    ("report", "named"), [("cohort.by_first_category", category), ("cohort.by_first_product", str)]
)
def test_retention_by_what_began_counts_only_those_whose_month_is_over(shop, orders, report, named):
    def largest(order: Order) -> str:
        sums: Counter[str] = Counter()
        for product in order.products:
            sums[named(product)] += 1_000 * (int(product[1:]) + 1)
        return min(sums, key=lambda name: (-sums[name], name))

    frame = cells(shop, report)
    assert not frame.empty
    for row in frame.itertuples():
        cohort = [
            own
            for own in by_member(orders).values()
            if largest(own[0]) == row.d0 and (row.d1 == 0 or own[0].month + row.d1 < RUNNING)
        ]
        again = sum(any(o.month == own[0].month + row.d1 for o in own) for own in cohort)
        assert row.size == len(cohort)
        assert row.retention_rate == pytest.approx(100 * again / len(cohort))


def test_customers_by_the_price_of_what_they_bought(shop, orders):
    bought: dict[int, set[str]] = defaultdict(set)
    for order in orders:
        if NOW - timedelta(days=180) < order.ts <= NOW:
            for product in order.products:
                bought[1_000 * (int(product[1:]) + 1)].add(order.member)  # all below 10,000
    frame = cells(shop, "product.price_band")
    assert frame["customers"].tolist() == [len(set().union(*bought.values()))]


def test_growth_adds_up(shop, orders):
    months: dict[int, set[str]] = defaultdict(set)
    first: dict[str, int] = {}
    for member, own in by_member(orders).items():
        first[member] = own[0].month
        for order in own:
            months[order.month].add(member)
    expected: dict[tuple[int, str], int] = {}
    for month in range(min(months), RUNNING + 1):
        here, before = months.get(month, set()), months.get(month - 1, set())
        new = {m for m in here if first[m] == month}
        kept = (here & before) - new
        parts = {"new": len(new), "kept": len(kept), "won_back": len(here - new - kept)}
        if month < RUNNING:
            parts["lost"] = -len(before - here)
        expected |= {(month, kind): people for kind, people in parts.items() if people}
    frame = cells(shop, "crm.growth")
    assert {(row.d0, row.d1): row.net_customers for row in frame.itertuples()} == expected


def test_pareto(shop, orders):
    amounts = sorted((sum(o.amount for o in own) for own in by_member(orders).values()), reverse=True)
    frame = cells(shop, "purchase.pareto")
    for row in frame.itertuples():
        upto = math.floor(row.d0 * len(amounts) / 100 + 1e-9)
        share = 100 * sum(amounts[:upto]) / sum(amounts)
        assert row.cumulative_amount_share == pytest.approx(share)


def test_going_on_to_the_next_order(shop, orders):
    result = shop.report("purchase.repeat_curve", end=NOW)
    days = result.cells.facts["days"]
    edges = (1, 2, 3, 4, 5, 6, 11)
    waited, went_on = Counter(), Counter()
    for own in by_member(orders).values():
        for n, order in enumerate(own, 1):
            if order.ts > NOW - timedelta(days=days):
                continue
            band = max(place for place, edge in enumerate(edges) if n >= edge)
            waited[band] += 1
            went_on[band] += n < len(own) and own[n].ts - order.ts <= timedelta(days=days)
    for row in result.cells.frame.itertuples():
        assert (row.customers, row.went_on) == (waited[row.d0], went_on[row.d0])
        assert row.low <= row.next_order_rate <= row.high


def test_time_to_the_second_order_is_kaplan_and_meiers(shop, orders):
    waits = []
    for own in by_member(orders).values():
        again = len(own) > 1
        end = own[1].ts if again else NOW
        waits.append((math.floor((end - own[0].ts).total_seconds() / 86_400), again))
    frame = cells(shop, "purchase.second_order_time")
    stays = 1.0
    for row in frame.itertuples():
        at_risk = sum(day >= row.d0 for day, _ in waits)
        events = sum(day == row.d0 and again for day, again in waits)
        stays *= 1 - events / at_risk
        assert row.cumulative_rate == pytest.approx(100 * (1 - stays))
        assert row.customers == at_risk
        assert row.low - 1e-9 <= row.cumulative_rate <= row.high + 1e-9


def test_a_published_survival_curve():
    """Remission under 6-MP, Freireich et al. 1963 (Blood 21), as textbooks give it: S(6) = 0.857, S(23) = 0.448."""
    relapsed = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
    censored = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}
    days = sorted({*relapsed, *censored})
    waits = pd.DataFrame(
        {"day": days, "again": [relapsed.get(d, 0) for d in days],
         "left": [relapsed.get(d, 0) + censored.get(d, 0) for d in days]}
    )  # fmt: skip
    share = survival(waits).set_index("day")["share"]
    assert share[6] == pytest.approx(100 - 85.7, abs=0.05)
    assert share[23] == pytest.approx(100 - 44.8, abs=0.05)


def test_repurchase_of_products(shop, orders):
    frame = cells(shop, "product.repurchase").set_index("d0")
    for product in frame.index:
        gaps, buyers, again = [], 0, 0
        for own in by_member(orders).values():
            times = [o.ts for o in own if product in o.products]
            buyers += bool(times)
            again += len(times) > 1
            pairs = itertools.pairwise(times)
            gaps += [math.floor((b - a).total_seconds() / 86_400) for a, b in pairs]
        assert frame.loc[product, "customers"] == buyers
        assert frame.loc[product, "repurchase_rate"] == pytest.approx(100 * again / buyers)
        if len(gaps) >= 5:
            assert frame.loc[product, "median_gap_days"] == pytest.approx(pd.Series(gaps).median())


def test_first_products_are_shrunk_to_the_average(shop, orders):
    frame = cells(shop, "product.first_order").set_index("d0")
    firsts: dict[str, list[bool]] = defaultdict(list)
    for own in by_member(orders).values():
        for product in own[0].products:
            firsts[product].append(len(own) > 1)
    average = sum(map(sum, firsts.values())) / sum(map(len, firsts.values()))
    for product, again in firsts.items():
        expected = 100 * (sum(again) + 20 * average) / (len(again) + 20)
        assert frame.loc[product, "second_order_rate"] == pytest.approx(expected)


def test_sales_of_new_repeat_and_won_back(shop, orders):
    expected: Counter[tuple[int, str]] = Counter()
    start = NOW - timedelta(days=365)
    for own in by_member(orders).values():
        for n, order in enumerate(own):
            gap = (order.ts - own[n - 1].ts).days if n else 0
            kind = "first" if n == 0 else "won_back" if gap > 90 else "repeat"
            if start < order.ts <= NOW:
                expected[order.month, kind] += order.amount
    frame = cells(shop, "ecommerce.new_repeat")
    assert {(row.d0, row.d1): row.order_amount for row in frame.itertuples()} == dict(expected)


def test_a_segment_narrows_a_report_to_its_people(shop, orders):
    often = {"format": 1, "where": {"all": [{"condition": "purchase.order_count", "op": "gte", "value": 3}]}}
    frame = shop.report("purchase.count_dist", end=NOW, segment=often).cells.frame
    assert frame["customers"].sum() == sum(len(own) >= 3 for own in by_member(orders).values())
    assert frame["d0"].min() >= 2


def test_a_row_becomes_the_segment_of_its_customers(shop, orders):
    # at the shop's own now: a segment's members are those of now
    for report_id in ("purchase.amount_dist", "purchase.count_dist", "crm.value_frequency", "crm.recency"):
        result = shop.report(report_id)
        for row, customers in enumerate(result.cells.frame["customers"]):
            assert len(shop.members(result.segment(row), window="now")) == customers


@pytest.mark.parametrize("report", list(REPORTS))
def test_every_cell_of_a_picture_leads_to_customers(shop, report: str):
    result = shop.report(report)
    if result.missing:
        pytest.skip("the shop has no such data")
    picked = {
        picked_row([{"customdata": told}])
        for trace in result.figure().data
        if trace.customdata is not None
        for told in json.loads(json.dumps(trace.customdata, default=list))
    } - {None}
    frame = result.cells.frame
    if result.report.chart == "heatmap" and result.report.shape == "cohort" and "rate" in result.cells.metrics[0].id:
        assert picked == set(np.flatnonzero(frame["d1"] > 0))  # everybody is there at the beginning
    elif result.report.chart == "treemap":
        assert picked == set(np.flatnonzero(frame[result.cells.metrics[0].id] > 0))
    elif result.report.chart == "scatter":
        assert picked <= set(range(len(frame)))
    elif len(result.cells.dimensions) == 2 and result.report.chart == "line":
        assert picked <= set(range(len(frame)))  # a line needs two points
    else:
        assert picked == set(range(len(frame)))
    for row in list(picked)[:40]:
        segment = result.segment(row) or result.near_segment(row)
        assert segment.name
        assert shop.member_count(segment) >= 0


def test_customers_like_those_of_a_row(shop):
    """No condition says who had an order of an amount; who spends that much an order on average is near."""
    result = shop.report("ecommerce.aov_dist")
    frame = result.cells.frame
    for row, band in enumerate(frame["d0"]):
        assert result.segment(row) is None
        low = ORDER_AMOUNTS[int(band)]
        high = ORDER_AMOUNTS[int(band) + 1] if int(band) + 1 < len(ORDER_AMOUNTS) else math.inf
        spend = shop.members(window="now").query("order_count > 0").eval("total_amount / order_count")
        assert shop.member_count(result.near_segment(row)) == ((spend >= low) & (spend < high)).sum()


def test_a_past_month_asks_who_bought_last_in_it_and_only_where_a_row_says_nothing_else(shop):
    week = shop.report("ecommerce.trend")
    assert [leaf.condition for leaf in leaves(week.near_segment(0).where)] == ["purchase.last_order_date"]
    growth = shop.report("crm.growth")
    kinds = growth.cells.frame["d1"].tolist()
    told = growth.near_segment(kinds.index("lost")).where
    assert [leaf.condition for leaf in leaves(told)] == ["analysis.lifecycle_stage"]


def test_a_product_is_counted_over_the_period_of_the_report(shop):
    result = shop.report("product.category", start=NOW - timedelta(days=60), end=NOW)
    leaf = next(iter(leaves(result.segment(0).where)))
    assert dict(leaf.params)["days"] == 60


def test_a_period_is_compared_with_the_one_before(shop, orders):
    result = shop.report("ecommerce.trend", start=NOW - timedelta(days=60), end=NOW)
    before = [o.amount for o in orders if NOW - timedelta(days=120) < o.ts <= NOW - timedelta(days=60)]
    assert result.previous == sum(before)


# --- what is read -----------------------------------------------------------------------------


def test_cohorts_by_a_name_are_called_by_it_and_small_ones_are_left_out(shop):
    """Of the two kinds of first order, with a coupon and without, the sentence says the words, not 0.0 and 1.0."""
    told = shop.report("cohort.coupon", end=NOW)
    assert told.cells.frame["size"].min() >= LEAST_PEOPLE
    assert told.cells.facts["best"] in (0, 1)
    assert told.insight().count("쿠폰") == 2
    assert "0.0(" not in told.insight()
    assert told.units()["size"] == "people"


def test_a_month_with_hardly_any_sales_is_no_season(orders):
    early = replace(orders[0], order_id="early", ts=NOW - timedelta(days=350), amount=5_000)
    with Workbench.open("duckdb:///:memory:") as workbench:
        workbench.load(**frames([*orders, early]))
        told = workbench.report("product.seasonality", end=NOW)
    frame = told.cells.frame
    assert frame.loc[frame["d1"] == early.month, "order_amount_index"].isna().all()
    assert frame.loc[frame["d1"] != early.month, "order_amount_index"].notna().any()
    assert told.cells.facts["month"] != early.month


def test_names_at_the_ends_of_lines_do_not_overlap():
    heights, pixels = [0.0, 0.0, 5.0, 100.0], 2.0
    places = sorted(height * pixels + shift for height, shift in zip(heights, _apart(heights, pixels), strict=True))
    assert all(above - below >= 13 for below, above in itertools.pairwise(places))
    assert _apart([100.0, 0.0], 2.0) == [0.0, 0.0]


def test_cells_that_are_too_small_for_their_number_stay_empty(shop):
    """On a phone the numbers of a grid would run into each other."""
    told = shop.report("cohort.purchase_retention", end=NOW)
    figure = told.figure()
    assert figure.layout.uniformtext.mode == "hide"
    [cells] = figure.data
    later = told.cells.frame.query("d1 > 0")
    assert len(cells.text) == len(later)
    assert all(text.endswith("%") for text in cells.text)
    assert shop.report("ecommerce.hour_weekday", end=NOW).figure().data[0].textposition == "none"


def test_weeks_that_the_period_covers_in_part_are_told_apart(shop):
    """Monday 2 March 2026 begins in Seoul at 15:00 of the day before in UTC."""
    monday = datetime(2026, 3, 1, 15)
    result = shop.report("ecommerce.trend", start=monday, end=monday + timedelta(days=21, hours=-1))
    frame = result.cells.frame
    assert not any(result.in_part()), "three whole weeks"
    later = shop.report("ecommerce.trend", start=monday + timedelta(hours=1), end=monday + timedelta(days=19))
    weeks = pd.to_datetime(later.cells.frame["d0"]).dt.strftime("%m-%d")
    assert dict(zip(weeks, later.in_part(), strict=True)) == {"03-02": True, "03-09": False, "03-16": True}
    line, dotted, points = later.figure().data
    assert [value == value for value in line.y] == [False, True, False]
    assert dotted.line.dash == "dot"
    assert [value == value for value in points.y] == [True, False, True]
    assert len(frame) == 3
    assert len(result.figure().data) == 1
