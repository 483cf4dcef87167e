"""A planned sending: checked, begun, sent, stopped; hold-out, variants, the cap over what is still in the outbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from ifdo_core.engines import open_engine
from ifdo_core.errors import IfdoError, MessageError, NotAllowed
from ifdo_core.messages import Message
from ifdo_core.messages.assignment import is_held_out, variant_of
from ifdo_core.messages.dealers import DryRun
from ifdo_core.messages.links import marked, with_message_id
from ifdo_core.messages.plan import Plan, Variant, ensure_sendable
from ifdo_core.segments.model import Leaf, Segment
from ifdo_core.store.outbox import key_of
from ifdo_core.workbench import Workbench

NOON = datetime(2026, 11, 24, 3)
MEMBERS = 400
BODY = {"type": "text", "text": "#{이름}님, 안녕하세요.", "fallbacks": {"이름": "고객"},
        "buttons": [{"kind": "WL", "name": "보기", "links": {"mobile": "https://shop.example.com/a?b=1#c"}}],
        }  # fmt: skip
A, B = Message.from_dict(BODY), Message.from_dict({**BODY, "text": "오늘만 #{이름}님께!"})
PLAN = Plan("봄", (Variant("A", A),), NOON, targeting="I")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setenv("IFDO_STATE_URL", f"sqlite:///{tmp_path}/state.db")
    with Workbench(open_engine(":memory:")) as workbench:
        workbench.load(
            members=pd.DataFrame(
                {
                    "member_id": [f"m{n}" for n in range(MEMBERS)],
                    "phone": ["01012345678"] * MEMBERS,
                    "name": ["김하나"] * MEMBERS,
                    "channel_friend": [True] * MEMBERS,
                    "marketing_consent": [True] * MEMBERS,
                    "grade": ["VIP" if n % 2 else "GOLD" for n in range(MEMBERS)],
                }
            )
        )
        yield workbench
        workbench.messages.store.close()


def send(shop: Workbench, plan: Plan, dealer: DryRun | None = None) -> dict[str, int]:
    campaign = shop.messages.plan(plan, "me", NOON)
    campaign.begin(NOON)
    return campaign.send(dealer, clock=lambda: NOON, sleep=lambda _: None).counts


def test_a_plan_is_read_back_as_it_was_written() -> None:
    plan = replace(PLAN, variants=(Variant("A", A), Variant("B", B, 2.0)), holdout=0.1,
                   segment=Segment(Leaf("member.grade", "in", ("VIP",)), "VIP"))  # fmt: skip
    assert Plan.from_json(plan.to_json()) == plan


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"targeting": "M"}, NotAllowed, "targeting_not_approved"),
        ({"targeting": "N", "manual": False}, NotAllowed, "targeting_not_approved"),
        ({"name": " "}, MessageError, "campaign_name"),
        ({"holdout": 0.6}, MessageError, "holdout_share"),
        ({"variants": (Variant("A", A), Variant("A", B))}, MessageError, "variants"),
        ({"variants": (Variant("A", Message()),)}, MessageError, "cannot_be_sent"),
        ({"at": NOON - timedelta(hours=1)}, MessageError, "time_is_past"),
        ({"at": NOON + timedelta(days=61)}, MessageError, "time_is_far"),
        ({"at": NOON + timedelta(hours=10)}, NotAllowed, "quiet_hours"),
    ],
)
def test_what_cannot_be_sent_is_not_even_planned(
    shop: Workbench, change: dict[str, object], kind: type[IfdoError], code: str
) -> None:
    with pytest.raises(kind) as caught:
        shop.messages.plan(replace(PLAN, **change), "me", NOON)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert shop.messages.store.plans.list() == []
    assert shop.messages.campaign(PLAN.name).state == "none"


def test_holdout_and_variants_are_those_of_the_hash(shop: Workbench) -> None:
    plan = replace(PLAN, variants=(Variant("A", A), Variant("B", B)), holdout=0.2)
    told = shop.messages.estimate(plan, NOON)
    counts = send(shop, plan)
    held = {f"m{n}" for n in range(MEMBERS) if is_held_out("봄", f"m{n}", 0.2)}
    assert counts == {"accepted": MEMBERS - len(held), "holdout": len(held)}
    assert (told.count, told.held_out) == (counts["accepted"], len(held))
    assert told.cost == 100 * told.count  # the price of the table, of the free form
    rows = shop.messages.campaign("봄").rows().set_index("member_id")
    assert set(rows[rows.status == "holdout"].index) == held
    assert rows[rows.status == "holdout"].cost.isna().all()
    for member, row in rows[rows.status != "holdout"].iterrows():
        assert row.variant == variant_of("봄", str(member), plan.weights)
        body = json.loads(next(
            one.body for one in shop.messages.store.outbox.entries("봄") if one.member_id == member))  # fmt: skip
        assert body["text"].startswith("오늘만") == (row.variant == "B")
    assert 120 < (rows.variant == "A").sum() < 200
    assert shop.messages.campaign("봄").cost == int(rows.cost.sum())
    shop.load(messages=rows.reset_index())
    assert shop.holdings.tables["messages"].rows == MEMBERS


def test_a_rehearsal_draws_as_the_sending_does(shop: Workbench) -> None:
    plan = replace(PLAN, holdout=0.3)
    first = send(shop, plan.rehearsal("봄 (연습)", NOON))
    assert send(shop, plan) == first


def test_begun_again_nobody_gets_it_twice(shop: Workbench) -> None:
    campaign = shop.messages.plan(replace(PLAN, segment=Segment(Leaf("member.grade", "in", ("VIP",)))), "me", NOON)
    assert campaign.state == "planned"
    assert campaign.begin(NOON) == MEMBERS // 2
    assert campaign.begin(NOON) == 0
    assert campaign.state == "running"
    campaign.stop()
    assert campaign.send(clock=lambda: NOON, sleep=lambda _: None).ended == "stopped"
    campaign.resume()
    assert campaign.send(clock=lambda: NOON, sleep=lambda _: None).counts == {"accepted": MEMBERS // 2}
    assert campaign.state == "done"
    with pytest.raises(IfdoError, match="이미 있어요"):
        shop.messages.plan(PLAN, "me", NOON)


def test_the_cap_counts_what_is_still_in_the_outbox(shop: Workbench) -> None:
    first = replace(PLAN, name="첫", dealer="http", cap=1, cap_days=7)
    assert send(shop, first, DryRun()) == {"accepted": MEMBERS}  # nothing of it is in the shop's data yet
    second = shop.messages.plan(replace(PLAN, name="둘", cap=1, cap_days=7), "me", NOON)
    assert second.begin(NOON) == 0
    twice = shop.messages.plan(replace(PLAN, name="셋", cap=2, cap_days=7), "me", NOON)
    assert twice.begin(NOON) == MEMBERS
    shop.load(messages=shop.messages.campaign("첫").rows())
    again = shop.messages.plan(replace(PLAN, name="넷", cap=2, cap_days=7), "me", NOON)
    assert again.begin(NOON) == MEMBERS  # the row and its entry are one message, and rehearsals count nothing


def test_a_rehearsal_does_not_count_for_the_cap(shop: Workbench) -> None:
    send(shop, replace(PLAN, name="연습"))
    assert send(shop, PLAN) == {"accepted": MEMBERS}


def test_consent_taken_back_meanwhile_wins(shop: Workbench) -> None:
    from ifdo_core.store.consents import ConsentEvent

    campaign = shop.messages.plan(PLAN, "me", NOON)
    campaign.begin(NOON)
    shop.messages.store.consents.add([ConsentEvent(NOON, "m3", "marketing", "withdrawn", "080", {})])
    counts = campaign.send(clock=lambda: NOON, sleep=lambda _: None).counts
    assert counts == {"accepted": MEMBERS - 1, "refused": 1}


def test_the_runner_sends_what_is_due(shop: Workbench) -> None:
    from ifdo_core.clock import utc_now
    from ifdo_core.messages.rules import next_time

    now = utc_now()
    at = next_time(now)
    campaign = shop.messages.plan(replace(PLAN, at=at), "me", now)
    runner = shop.messages.runner
    assert runner.look(at - timedelta(minutes=1)) == []
    assert runner.look(at) == ["봄"]
    assert runner.wait("봄", 60)
    assert runner.fault("봄") is None
    # at night it waits for the morning
    assert campaign.state == ("done" if at == now else "running")
    campaign.cancel()
    assert runner.look(at) == []


def test_links_carry_the_messages_id() -> None:
    message = with_message_id(A, "k1")
    assert message.buttons[0].links.mobile == "https://shop.example.com/a?b=1&ifdo_mid=k1#c"
    assert marked("https://a.kr/", "k") == "https://a.kr/?ifdo_mid=k"
    assert with_message_id(message, "k2") == message
    for other in ("", "app://x", "#{링크}", "https://[x", "mailto:a@b.kr"):
        assert marked(other, "k") == other
    assert len(key_of("a", "b")) == 40


def test_what_one_dealer_refuses_is_said_before_anything_is_sent() -> None:
    wide = Message.from_dict({"type": "wide", "text": "가\n나\n다", "image": {"url": "https://a.kr/1.jpg"}})
    plan = replace(PLAN, variants=(Variant("A", wide),))
    ensure_sendable(replace(plan, dealer="bizgo"), NOON, approved=False)
    with pytest.raises(MessageError, match="줄바꿈"):
        ensure_sendable(replace(plan, dealer="solapi"), NOON, approved=False)


def test_the_list_of_sendings_says_what_each_campaign_says(shop: Workbench) -> None:
    messages = shop.messages
    assert messages.sendings() == {}
    for name, step in {
        "계획": lambda one: None, "취소": lambda one: one.cancel(), "시작": lambda one: one.begin(NOON),
        "멈춤": lambda one: (one.begin(NOON), one.stop()),
        "끝": lambda one: (one.begin(NOON), one.send(clock=lambda: NOON, sleep=lambda _: None)),
    }.items():  # fmt: skip
        step(messages.plan(replace(PLAN, name=name, cap=9), "me", NOON))
    found = messages.sendings()
    assert found == {"계획": "planned", "취소": "cancelled", "시작": "running", "멈춤": "stopped", "끝": "done"}
    assert found == {name: messages.campaign(name).state for name in found}


def test_an_uploaded_image_that_kakao_refuses_is_not_sent(shop: Workbench) -> None:
    """A message may come to another type, or a carousel to images of several shapes, after the upload."""
    from tests.unit.messages.test_images import drawn

    url = shop.messages.store.messages.put_image(drawn(800, 1000), NOON)
    message = Message.from_dict({**BODY, "type": "image", "image": {"url": url}})
    assert shop.messages.check(message).ok
    wide = Message.from_dict({"type": "wide", "text": "가을", "image": {"url": url}})
    assert [one.code for one in shop.messages.check(wide).problems] == ["image_ratio"]
    with pytest.raises(MessageError) as plan:
        shop.messages.plan(replace(PLAN, variants=(Variant("A", wide),)), "me", NOON)
    with pytest.raises(MessageError) as direct:
        shop.messages.campaign("바로").prepare(wide, now=NOON)
    assert [plan.value.code, direct.value.code] == ["cannot_be_sent"] * 2


def test_how_far_ahead_is_told_from_the_table(shop: Workbench) -> None:
    with pytest.raises(MessageError, match="60일 뒤까지만"):
        shop.messages.plan(replace(PLAN, at=NOON + timedelta(days=61)), "me", NOON)
