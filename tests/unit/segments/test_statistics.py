"""Statistics of a segment: the arithmetic against scipy and simulation, the counts against the lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ifdo_core import Segment, Workbench
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.aspects import ASPECTS, GROUPS
from ifdo_core.i18n import using
from ifdo_core.segments.model import AllOf, Leaf, Not
from ifdo_core.segments.statistics.contrast import contrast
from ifdo_core.tables import canonical

NOW = datetime(2026, 11, 24, 3, 0)


# --- arithmetic ----------------------------------------------------------------------------------


def test_p_is_that_of_the_chi_square_test():
    rng = np.random.default_rng(1)
    part, rest = rng.integers(1, 90, 40), rng.integers(1, 900, 40)
    told = contrast(part, 100, rest, 1_000)
    for place, (a, b) in enumerate(zip(part, rest, strict=True)):
        wanted = stats.chi2_contingency([[a, 100 - a], [b, 1_000 - b]], correction=False).pvalue
        assert told.p[place] == pytest.approx(wanted, rel=1e-9)
        assert told.lift[place] == pytest.approx((a / 100) / ((a + b) / 1_100))


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    n, m, rounds = 400, 2_000, 4_000
    for p1, p2 in ((0.3, 0.1), (0.05, 0.08), (0.5, 0.5)):
        told = contrast(rng.binomial(n, p1, rounds), n, rng.binomial(m, p2, rounds), m)
        truth = p1 / ((n * p1 + m * p2) / (n + m))
        assert 0.935 <= np.mean((told.low <= truth) & (truth <= told.high)) <= 0.965


def test_visits_of_one_visitor_are_no_independent_evidence():
    """Every visitor comes five times and is always alike: without the design effect chance is taken for a finding."""
    rng = np.random.default_rng(4)
    visitors, visitors_rest, each, rounds = 60, 300, 5, 3_000
    part, rest = rng.binomial(visitors, 0.3, rounds) * each, rng.binomial(visitors_rest, 0.3, rounds) * each
    careless = contrast(part, visitors * each, rest, visitors_rest * each)
    careful = contrast(part, visitors * each, rest, visitors_rest * each, each, each)
    assert np.mean(careless.p < 0.05) > 0.25
    assert 0.035 < np.mean(careful.p < 0.05) < 0.065


@pytest.mark.parametrize(("part", "rest"), [(0, 0), (0, 50), (100, 0), (100, 1_000)])
def test_borders_are_numbers(part: int, rest: int):
    told = contrast([part], 100, [rest], 1_000)
    assert 0 <= told.p[0] <= 1
    if 0 < part + rest < 1_100:
        assert told.low[0] <= told.lift[0] <= told.high[0]
    whole = contrast([part], 100, [0], 0)
    assert (whole.lift[0], whole.p[0]) == (1, 1)


# --- the catalogue -------------------------------------------------------------------------------


def test_dimensions_are_sound():
    for name, entry in ASPECTS.items():
        assert name == entry.id
        assert name.split(".")[0] == entry.group
        assert entry.group in GROUPS
        assert entry.label("ko") != entry.label("en")
        for start in entry.tied:
            assert any(condition.startswith(start) for condition in CONDITIONS), start


# --- on a shop -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workbench() -> Iterator[Workbench]:
    """1,000 visitors of one visit: every fourth from Instagram, and those on a phone four times as often."""
    rng = np.random.default_rng(5)
    number = np.arange(1_000)
    insta = number % 4 == 0
    mobile = rng.random(1_000) < np.where(insta, 0.9, 0.45)
    views = pd.DataFrame(
        {
            "event_id": [f"e{n}" for n in number],
            "ts": pd.Series([NOW - timedelta(minutes=9 * int(n)) for n in number]).astype("datetime64[us]"),
            "visitor_id": [f"v{n}" for n in number],
            "member_id": [f"m{n}" if n % 3 == 0 else None for n in number],
            "name": "page_view",
            "utm_source": np.where(insta, "instagram", "naver"),
            "utm_medium": "social",
            "device": np.where(mobile, "mobile", "desktop"),
        }
    )
    seen = views[insta | (number % 10 == 1)].assign(name="view_item", product_id="P1", category="겨울 > 코트")
    seen["event_id"] = "i" + seen["event_id"]
    twice = seen.assign(event_id="t" + seen["event_id"])
    members = pd.DataFrame({"member_id": views["member_id"].dropna(), "gender": "female"}).reset_index(drop=True)
    members.loc[rng.random(len(members)) < 0.5, "gender"] = "male"
    products = pd.DataFrame({"product_id": ["P1"], "name": ["롱 코트"], "category": ["겨울 > 코트"]})
    with Workbench.open("duckdb:///:memory:") as opened:
        opened.engine.append(canonical.tables["events"], pd.concat([views, seen, twice], ignore_index=True))
        opened.engine.append(canonical.tables["members"], members)
        opened.engine.append(canonical.tables["products"], products)
        opened.rebuild()
        yield opened


MOBILE = Segment(Leaf("traffic.device", "in", ("mobile",)), "모바일")
INSTA = Segment(Leaf("acquisition.sns", "in", ("instagram",)), "인스타그램")


@pytest.mark.parametrize("segment", [MOBILE, INSTA, Segment(AllOf((MOBILE.where, Not(INSTA.where))))])
def test_counts_are_those_of_the_preview_and_the_list(workbench: Workbench, segment: Segment):
    found, preview = workbench.statistics(segment), workbench.preview(segment)
    assert (found.visits, found.visits_all) == (preview.visits_7d, preview.total_visits_7d)
    assert (found.visitors, found.now) == (preview.visitors_7d, preview.now)
    listed = workbench.visits(segment, window="7d")
    for dimension, column in (("whence.source", "source"), ("whence.device", "device"), ("when.hour", "hour")):
        rows = found.frame(dimension)
        assert rows.visits.sum() == preview.visits_7d
        assert rows.visits_all.sum() == preview.total_visits_7d
        counted = dict(listed[column].astype(str).value_counts().items())
        assert {row.value: row.visits for row in rows.itertuples() if row.visits} == counted
    members = found.frame("who.gender")
    assert members[members.value != ""].visits.sum() == listed.member_id.notna().sum()
    assert members.share.sum() == pytest.approx(1), "of the visits whose value is known"
    hours = found.frame("when.hour_of_week")
    assert hours.visits.sum() == preview.visits_7d


def test_a_visit_counts_once_for_what_it_saw(workbench: Workbench):
    found = workbench.statistics(INSTA)
    [row] = found.frame("what.viewed_product").itertuples()
    assert (row.label, row.visits, row.visits_all, row.share) == ("롱 코트", 250, 350, 1.0)
    assert found.frame("what.viewed_category").label[0] == "겨울 > 코트"


def test_what_differs_is_said_and_what_the_condition_decides_is_not(workbench: Workbench):
    found = workbench.statistics(INSTA)
    told = found.insight()
    assert "기기 ‘PC’: 방문의 10.0 %뿐으로" in told
    assert "본 상품 ‘롱 코트’: 방문의 100.0 %로, 전체(35.0 %)의 2.9배예요" in told
    assert "인스타그램" not in told, "the segment's own condition is no news"
    assert "성별" not in told, "gender is chance here"
    assert found.frame("whence.source").tied.all()
    assert found.title("whence.device").startswith("기기: ‘")
    assert "조건이 정한" in found.title("whence.source")
    assert "차이가 없어요" in found.title("who.gender")
    with using("en"):
        assert "Desktop" in workbench.statistics(INSTA).insight()


def test_every_dimension_has_a_picture(workbench: Workbench):
    found = workbench.statistics(MOBILE)
    assert len(found.dimensions) > 10
    for dimension in found.dimensions:
        figure = found.figure(dimension)
        assert figure.data
        assert found.title(dimension)


def test_a_visit_of_no_campaign_is_not_an_unknown_one(workbench: Workbench):
    assert workbench.statistics(MOBILE).frame("whence.campaign").label.tolist() == ["캠페인 없음"]
    assert "알 수 없음" in workbench.statistics(MOBILE).frame("whence.landing").label.tolist()


def test_all_visits_and_none(workbench: Workbench):
    everything = workbench.statistics(Segment(Leaf("traffic.visit_count", "gte", 1)))
    assert not everything.frame().notable.any()
    assert "비교할 나머지가 없어요" in everything.insight()
    nothing = workbench.statistics(Segment(Leaf("traffic.visit_count", "gte", 99)))
    assert (nothing.visits, len(nothing.frame())) == (0, 0)
    assert "맞는 방문이 없어" in nothing.insight()


def test_a_live_segment_says_why(workbench: Workbench):
    found = workbench.statistics(Segment(Leaf("live.current_page", "contains", "/")))
    assert found.visits is None
    assert found.reason is not None
    assert found.insight() == found.reason.text()


def test_few_visits_are_said(workbench: Workbench):
    found = workbench.statistics(INSTA, window="24h")
    assert found.visits is not None
    assert found.visits < 100
    assert "큰 차이만 알 수 있어요" in found.insight()
