"""The channel's pages: what is missing, the form handed in, the operator's decision; nobody else decides."""

from __future__ import annotations

from datetime import date

import pytest

from tests.ui.conftest import Open, shown
from tests.unit.messages.test_channel import NOW, picture


def test_the_page_says_what_is_missing_and_hands_in(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from ifdo_core.messages.channel import Channel, Draft
    from ifdo_core.messages.prerequisites import Details
    from ifdo_core.roles import ROLES
    from ifdo_ui import cache

    test = app("channel")
    assert not test.exception
    assert "가지가 남았어요" in shown(test)
    assert test.button(key="ch.submit").disabled
    store = cache.store()
    channel = Channel(store.messages)
    evidence = store.messages.put_image(picture(), NOW)
    details = Details("@아라담", True, "124-81-00998", 60_000, "1588-1234", date.today(), "02-123-4567", "", False,
                      "crm@shop.example.com")  # fmt: skip
    channel.save(Draft(details, frozenset(), evidence), "shop", NOW)
    channel.ask_number("shop", NOW)
    channel.issue_number("080-123-4567", "operator", NOW, ROLES["admin"])
    test = app("channel")
    for box in test.radio:
        box.set_value("yes")
    test.run()
    assert not test.button(key="ch.submit").disabled
    test.button(key="ch.submit").click().run()
    assert not test.exception
    assert not test.error
    assert channel.state == "submitted"
    assert "영업일로" in shown(test)

    monkeypatch.setenv("IFDO_ROLE", "marketer")
    test = app("review")
    assert test.button(key="review.approve").disabled
    monkeypatch.setenv("IFDO_ROLE", "admin")
    test = app("review")
    assert not test.exception
    test.button(key="review.approve").click().run()
    assert not test.error
    assert channel.approved
    assert "메일은 보내지 못했어요" in test.warning[0].value
    assert "자동 메시지에서 쓸 수 있고" in app("channel").success[0].value


def test_what_an_english_reader_sees(app: Open) -> None:
    assert "Five things that M and N need" in "".join(one.value for one in app("channel", lang="en").subheader)
