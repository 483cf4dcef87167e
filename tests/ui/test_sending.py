"""A sending on screen: filled in, confirmed, rehearsed, seen in the outbox, and nothing really sent."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from ifdo_core import tables
from tests.ui.conftest import Open, shown


def draft() -> str:
    from ifdo_core.clock import utc_now
    from ifdo_core.messages.templates import templates
    from ifdo_ui import cache

    message = next(one.message for one in templates() if one.id == "sale")
    return cache.store().messages.save("기획전", message.to_json(), utc_now()).id


def test_from_form_to_outbox(app: Open) -> None:
    from ifdo_ui import cache

    assert "먼저 메시지를 써 주세요" in shown(app("sending"))
    draft()
    test = app("sending")
    assert not test.exception
    assert not test.error
    messages = cache.shop().workbench.messages
    assert [one.label for one in test.button if one.key == "sending.next"] == ["확인하러 가기"]
    test.button(key="sending.next").click().run()
    assert not test.exception
    assert "보내기 전에 확인해 주세요" in "".join(one.value for one in test.subheader)
    test.button(key="sending.go").click().run()
    assert not test.exception
    assert not test.error
    [plan] = messages.store.plans.list()
    assert plan.campaign.endswith("(연습)")
    campaign = messages.campaign(plan.campaign)
    messages.runner.wait(plan.campaign, 60)
    if campaign.state == "planned":  # at night: what the scheduler does in the morning
        campaign.begin(plan.due_at)
        campaign.send(clock=lambda: plan.due_at, sleep=lambda _: None)
    counts = campaign.counts
    assert counts["accepted"] > 0
    assert counts["holdout"] > 0
    test = app("sending", view="list")
    assert not test.exception
    assert "실제로 보내지 않았어요" in shown(test)
    assert not messages.engine.execute(select(tables.messages.c.campaign).where(
        tables.messages.c.campaign == plan.campaign))  # fmt: skip


def test_a_message_with_faults_cannot_be_confirmed(app: Open) -> None:
    from ifdo_core.clock import utc_now
    from ifdo_core.messages import Message
    from ifdo_ui import cache

    app("home")
    cache.store().messages.save("빈 메시지", Message().to_json(), utc_now() + timedelta(seconds=1))
    test = app("sending")
    assert "보낼 수 없는 메시지" in test.error[0].value
    assert not [one for one in test.button if one.key == "sending.next"]


def test_a_person_is_offered_what_the_table_of_rules_lets_them_send(app: Open) -> None:
    """M and N serve automatic messages: they are not offered, and why is said."""
    app("home")
    draft()
    test = app("sending")
    target = next(one for one in test.button_group if one.label == "타깃")
    assert list(target.options) == ["I"]
    told = "".join(one.value for one in test.caption)
    assert "M 타깃팅은" in told
    assert "N 타깃팅은" in told
