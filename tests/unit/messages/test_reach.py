"""M, N and I: counted by one query, against plain loops over dicts; and the laws they keep."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifdo_core.engines import open_engine
from ifdo_core.errors import MessageError
from ifdo_core.messages import Message
from ifdo_core.messages.assignment import is_held_out, variant_of
from ifdo_core.messages.targeting import STEPS, Limits
from ifdo_core.workbench import Workbench

NOW = datetime(2026, 11, 24, 3)
FLAG = (True, False, None)


def shop(seed: int, size: int = 60) -> tuple[pd.DataFrame, pd.DataFrame]:
    dice = random.Random(seed)
    members = pd.DataFrame(
        {
            "member_id": [f"m{n}" for n in range(size)],
            "phone": [
                dice.choice(["010-1234-5678", None]) if dice.random() < 0.4 else "010-9999-0000" for _ in range(size)
            ],
            "marketing_consent": [dice.choice(FLAG) for _ in range(size)],
            "channel_friend": [dice.choice(FLAG) for _ in range(size)],
            "opted_out": [dice.choice((True, False, None, False)) for _ in range(size)],
            "name": [dice.choice(["김하나", None]) for _ in range(size)],
        }
    )
    rows = [
        {
            "message_id": f"x{n}",
            "ts": NOW - timedelta(days=dice.choice([1, 3, 7, 30])) - timedelta(seconds=n),
            "channel": dice.choice(["brand_message", "email"]),
            "status": dice.choice(["delivered", "failed", "accepted", "holdout"]),
            "member_id": f"m{dice.randrange(size)}",
            "failure": dice.choice(["blocked", "no_user", None]),
        }
        for n in range(size)
    ]
    return members, pd.DataFrame(rows)


def falls(row: dict[str, Any], sent: list[dict[str, Any]], targeting: str, how: Limits) -> str | None:
    """The first reason, said slowly."""
    mine = [one for one in sent if one["member_id"] == row["member_id"] and one["channel"] == "brand_message"]
    blocks = [one["ts"] for one in mine if one["status"] == "failed" and one["failure"] == "blocked"]
    arrivals = [one["ts"] for one in mine if one["status"] == "delivered"]
    recent = [
        one
        for one in mine
        if one["status"] in ("accepted", "delivered") and one["ts"] > NOW - timedelta(days=how.cap_days)
    ]
    reasons = {
        "no_phone": not row["phone"],
        "withdrawn": row["opted_out"] is True,
        "no_consent": row["marketing_consent"] is not True,
        "friend": row["channel_friend"] is True,
        "not_friend": row["channel_friend"] is not True,
        "blocked": bool(blocks) and (not arrivals or max(arrivals) < max(blocks)),
        "capped": how.cap is not None and len(recent) >= how.cap,
        "no_value": "name" in how.needed and not row["name"],
        "holdout": bool(how.holdout) and is_held_out(how.campaign, row["member_id"], how.holdout),
    }
    return next((reason for reason in STEPS[targeting] if reasons[reason]), None)


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


@pytest.fixture(params=["duckdb", "chdb"])
def bench(request: pytest.FixtureRequest) -> Workbench:
    return Workbench(open_engine(":memory:" if request.param == "duckdb" else "clickhousedb:///?interface=chdb"))


@pytest.mark.parametrize("how", [Limits(), Limits(cap=1, cap_days=7, campaign="봄", holdout=0.3, needed=("name",))])
def test_counts_and_lists_are_those_of_plain_loops(bench: Workbench, how: Limits) -> None:
    members, sent = shop(1)
    bench.load(members=members, messages=sent)
    found = bench.messages.reach_all(limits=how, now=NOW)
    for targeting in STEPS:
        wanted = {row["member_id"]: falls(row, plain(sent), targeting, how) for row in plain(members)}
        reach = found[targeting]
        assert reach.count == sum(reason is None for reason in wanted.values())
        assert {one.reason: one.left_out for one in reach.steps} == {
            reason: sum(one == reason for one in wanted.values()) for reason in STEPS[targeting]
        }
        for reason in (None, *STEPS[targeting]):
            people = bench.messages.people(None, targeting, reason, limits=how, now=NOW)
            assert people.member_id.tolist() == sorted(m for m, why in wanted.items() if why == reason)
            assert not people.name.astype(str).str.contains("김하나").any()
            assert not people.phone.astype(str).str.contains("1234-5678|9999").any()
    bench.close()


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_laws(seed: int) -> None:
    members, sent = shop(seed, 40)
    with Workbench(open_engine(":memory:")) as workbench:
        workbench.load(members=members, messages=sent)

        def ids(targeting: str) -> set[str]:
            return set(workbench.messages.people(None, targeting, now=NOW).member_id)

        m, n, i = ids("M"), ids("N"), ids("I")
        rows = {row["member_id"]: row for row in plain(members)}
        friends = {name for name, row in rows.items() if row["channel_friend"] is True}
        assert n == m - friends
        assert m & friends <= i
        assert all(rows[name]["phone"] for name in m | n | i)
        assert not any(rows[name]["opted_out"] for name in m | n | i)
        told = members.assign(marketing_consent=False)
        workbench.load(members=told)
        assert ids("I") == i
        assert not ids("M")
        reach = workbench.messages.reach(targeting="I", now=NOW)
        assert reach.count == len(i)
        assert reach.total - sum(one.left_out for one in reach.steps) == reach.count


def test_a_segment_is_asked_at_now_where_it_can_be() -> None:
    with Workbench(open_engine(":memory:")) as workbench:
        workbench.load(
            members=pd.DataFrame({"member_id": ["a", "b", "c"], "phone": ["01012345678"] * 3,
                                  "channel_friend": [True] * 3, "grade": ["VIP", "VIP", "일반"]}),
            events=pd.DataFrame({"ts": ["2026-11-24 09:00"] * 2, "visitor_id": ["v1", "v2"], "name": ["page_view"] * 2,
                                 "member_id": ["a", "c"]}),
        )  # fmt: skip
        vip = {"format": 1, "where": {"condition": "member.grade", "op": "in", "value": ["VIP"]}}
        came = {"format": 1, "where": {"condition": "traffic.visit_count", "op": "gte", "value": 1}}
        assert (workbench.messages.reach(vip, "I").count, workbench.messages.reach(vip, "I").window) == (2, "now")
        assert (workbench.messages.reach(came, "I").count, workbench.messages.reach(came, "I").window) == (2, "7d")
        assert workbench.messages.reach(vip, "M").count == 0
        with pytest.raises(MessageError):
            workbench.messages.reach(vip, "X")


def test_shares_of_the_hash() -> None:
    names = [f"M{n:06}" for n in range(20_000)]
    held = [name for name in names if is_held_out("spring", name, 0.1)]
    assert 0.09 < len(held) / len(names) < 0.11
    assert set(held) <= {name for name in names if is_held_out("spring", name, 0.2)}
    assert set(held) != {name for name in names if is_held_out("summer", name, 0.1)}
    of_a = sum(variant_of("spring", name, (("A", 1), ("B", 3))) == "A" for name in names)
    assert 0.24 < of_a / len(names) < 0.26
    of_held = sum(variant_of("spring", name, (("A", 1), ("B", 1))) == "A" for name in held)
    assert 0.45 < of_held / len(held) < 0.55


def test_variables_without_a_value_leave_members_out() -> None:
    message = Message.from_dict({"text": "#{이름}님, 적립금 #{적립금}"})
    with Workbench(open_engine(":memory:")) as workbench:
        workbench.load(
            members=pd.DataFrame({"member_id": ["a", "b"], "phone": ["01012345678"] * 2, "channel_friend": [True] * 2,
                                  "name": ["김하나", None], "points": [3200, 500]})
        )  # fmt: skip
        reach = workbench.messages.reach(None, "I", message=message)
        assert (reach.count, reach.waterfall.set_index("reason").left_out["no_value"]) == (1, 1)
        batch = workbench.messages.render(message)
        assert batch.one(0).text == "김하나님, 적립금 3,200원"
        kept = Message.from_dict({**message.to_dict(), "fallbacks": {"이름": "고객"}})
        whole = workbench.messages.render(kept)
        assert [whole.one(n).text for n in range(2)] == ["김하나님, 적립금 3,200원", "고객님, 적립금 500원"]
        samples = workbench.messages.samples(kept)
        assert samples[0] == ("김*나", whole.one(0))
        assert samples[-1][1].text == "고객님, 적립금 "
