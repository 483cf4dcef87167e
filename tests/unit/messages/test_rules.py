"""Hours, labels and who may use which targeting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.errors import NotAllowed
from ifdo_core.messages.check import check
from ifdo_core.messages.model import Message
from ifdo_core.messages.render import render, rendered, values_of
from ifdo_core.messages.rules import can_send_at, cost_won, ensure_may_use, furniture, next_time
from ifdo_core.messages.variables import VARIABLES


@pytest.mark.parametrize(
    ("seoul", "good", "strict"),
    [("07:59", False, False), ("08:00", True, True), ("19:59", True, True), ("20:00", True, False),
     ("20:49", True, False), ("20:50", False, False), ("00:00", False, False)],
)  # fmt: skip
def test_hours(seoul: str, good: bool, strict: bool) -> None:
    moment = datetime.fromisoformat(f"2026-11-24T{seoul}") - timedelta(hours=9)
    assert (can_send_at(moment), can_send_at(moment, strict=True)) == (good, strict)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_the_next_time_is_the_first_that_is_allowed(moment: datetime) -> None:
    found = next_time(moment)
    assert can_send_at(found)
    assert moment <= found <= moment + timedelta(hours=12)
    assert found == moment or not can_send_at(found - timedelta(microseconds=1))


def test_labels() -> None:
    assert furniture("I").opt_out.startswith("수신거부")
    assert furniture("M", "080-123-4567").opt_out == "무료수신거부 080-123-4567"
    assert furniture("N").label == "(광고)"


@pytest.mark.parametrize("targeting", ["M", "N"])
def test_who_may_use_which_targeting(targeting: str) -> None:
    ensure_may_use("I", manual=True, approved=False)
    ensure_may_use(targeting, manual=False, approved=True)
    for manual, approved in ((False, False), (True, True), (True, False)):
        with pytest.raises(NotAllowed):
            ensure_may_use(targeting, manual=manual, approved=approved)


def test_manual_sending_opens_on_the_day_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    from ifdo_core.messages import rules
    from ifdo_core.messages.limits import Targeting, limits

    assert [limits().targetings[one].manual_from is None for one in "MNI"] == [True, True, False]
    opened = dict(limits().targetings) | {"M": Targeting(True, date(2027, 1, 4))}
    monkeypatch.setattr(rules, "limits", lambda: replace(limits(), targetings=opened))
    with pytest.raises(NotAllowed, match="자동 메시지"):
        ensure_may_use("M", manual=True, approved=True, now=datetime(2027, 1, 3, 14, 59))
    ensure_may_use("M", manual=True, approved=True, now=datetime(2027, 1, 3, 15))  # midnight in Seoul
    with pytest.raises(NotAllowed, match="승인"):
        ensure_may_use("M", manual=True, approved=False, now=datetime(2027, 2, 1))


def test_cost() -> None:
    assert cost_won(Message(), 1204) == 120_400


@given(
    st.lists(st.tuples(st.none() | st.text(max_size=12), st.none() | st.integers(0, 10**9)), min_size=1, max_size=12),
    st.none() | st.text(max_size=5).filter(lambda text: "#" not in text and "{" not in text),
)
def test_many_at_once_are_as_one_by_one(rows: list[tuple[str | None, int | None]], fallback: str | None) -> None:
    given_fallbacks = {"적립금": "0원"} | ({} if fallback is None else {"이름": fallback})
    message = Message.from_dict(
        {"type": "wide", "text": "#{이름}님\n적립금 #{적립금}이 있어요 #{이름}", "image": {"url": "https://a.kr/1.jpg"},
         "fallbacks": given_fallbacks}
    )  # fmt: skip
    frame = pd.DataFrame(rows, columns=["name", "points"]).astype({"points": "Int64"})
    frame["name"] = frame["name"].astype("object")
    frame["member_id"] = [str(n) for n in range(len(rows))]
    batch = render(message, frame)
    for place, (name, points) in enumerate(rows):
        values = values_of({"name": name, "points": points}, message)
        complete = bool(name) or fallback is not None
        one = rendered(message, values)
        faults = [p for p in check(one) if p.code in ("too_long", "too_many_breaks")]
        assert batch.ok[place] == (complete and not faults)
        if complete:
            assert batch.one(place).text == one.text or "#{" in str(name)
    assert set(VARIABLES) >= {"이름", "적립금"}
