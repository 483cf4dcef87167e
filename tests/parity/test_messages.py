"""Reach, a planned sending and its outcome count alike on DuckDB, ClickHouse (chdb) and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from ifdo_core.engines import Engine
from ifdo_core.messages import Message
from ifdo_core.messages.plan import Plan, Variant
from ifdo_core.messages.targeting import STEPS, Limits
from ifdo_core.workbench import Workbench
from tests.unit.messages import test_outcome, test_reach
from tests.unit.messages.test_reach import NOW, falls


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IFDO_STATE_URL", f"sqlite:///{tmp_path}/state.db")


def localised(messages: pd.DataFrame) -> pd.DataFrame:
    return messages.assign(ts=pd.to_datetime(messages["ts"]).dt.tz_localize("UTC"))


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize("seed", [1, 2])
def test_reach_is_that_of_the_slow_reading(engine: Engine, seed: int) -> None:
    members, messages = test_reach.shop(seed)
    how = Limits(cap=1, cap_days=7, campaign="봄", holdout=0.2, needed=("name",))
    with Workbench(engine) as workbench:
        workbench.load(members=members, messages=localised(messages))
        found = workbench.messages.reach_all(limits=how, now=NOW)
        rows, sent = test_reach.plain(members), test_reach.plain(messages)
        for targeting, reach in found.items():
            reasons = [falls(row, sent, targeting, how) for row in rows]
            told = {step.reason: step.left_out for step in reach.steps}
            assert told == {reason: reasons.count(reason) for reason in STEPS[targeting]}
            assert reach.count == reasons.count(None)
            people = workbench.messages.people(None, targeting, limits=how, masked=False, now=NOW)
            wanted = [row["member_id"] for row, reason in zip(rows, reasons, strict=True) if reason is None]
            assert list(people["member_id"]) == sorted(wanted)
        workbench.messages.store.close()


@pytest.mark.usefixtures("state")
def test_a_sending_and_its_outcome(engine: Engine) -> None:
    members, messages, orders = test_outcome.frames()
    with Workbench(engine) as workbench:
        workbench.load(members=members, messages=messages, orders=orders)
        now = test_outcome.SENT + timedelta(hours=100)
        found = workbench.messages.outcome("가을", window_h=72, now=now)
        rows = {str(row.arm): (row.buyers, row.orders, row.revenue) for row in found.arms.itertuples()}
        assert rows == test_outcome.slowly(now, 72)
        [campaign] = workbench.messages.campaigns(now).itertuples()
        assert (campaign.campaign, campaign.members) == ("가을", test_outcome.MEMBERS)
        text = Message.from_dict({"type": "text", "text": "안녕하세요"})
        plan = Plan("겨울", (Variant("A", text), Variant("B", text)), NOW, targeting="I", holdout=0.2)
        assert 0 <= workbench.messages.base_rate(plan, now) <= 1
        workbench.load(members=pd.DataFrame({"member_id": members["member_id"], "channel_friend": True}))
        sending = workbench.messages.plan(plan, "me", NOW)
        fresh = sending.begin(NOW)
        counts = sending.send(clock=lambda: NOW, sleep=lambda _: None).counts
        assert counts == {"accepted": fresh, "holdout": test_outcome.MEMBERS - fresh}
        workbench.load(messages=sending.rows())
        assert len(workbench.messages.campaigns(NOW)) == 2
        due = workbench.messages.consents.due(NOW, 30)
        assert due.empty
        workbench.messages.consents.withdraw([str(members["member_id"][0])], "080", "me", NOW)
        assert workbench.messages.reach(None, "M", now=NOW).count == test_outcome.MEMBERS - 1
        assert workbench.messages.channel.standings(NOW)[1].evidence
        workbench.messages.store.close()
