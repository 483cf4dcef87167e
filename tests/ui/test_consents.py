"""The page of consents: one member found, withdrawn, seen in the ledger, and gone from every reach."""

from __future__ import annotations

from tests.ui.conftest import Open


def test_a_member_is_withdrawn_on_the_page(app: Open) -> None:
    from ifdo_ui import cache

    app("home")
    messages = cache.shop().workbench.messages
    member = str(messages.people(None, "I", masked=False, limit=1)["member_id"].iloc[0])
    before = messages.reach(None, "I").count
    test = app("consents")
    test.text_input(key="consent.member").set_value(member).run()
    assert not test.exception
    test.button(key="consent.withdraw").click().run()
    assert not test.exception
    assert "동의하지 않았어요" in test.warning[0].value
    assert messages.reach(None, "I").count == before - 1
    assert "처음 쓴 그대로예요" in "".join(one.value for one in test.success)


def test_a_mistyped_member_is_told(app: Open) -> None:
    """Else a withdrawal would be kept for nobody, and the member go on getting messages."""
    test = app("consents")
    test.text_input(key="consent.member").set_value("m-nobody").run()
    assert not test.exception
    assert "m-nobody" in test.error[0].value
    assert not test.warning
