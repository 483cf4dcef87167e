"""The composer on screen: templates, live check, undo, autosave, whom it reaches."""

from __future__ import annotations

from tests.ui.conftest import Open, shown


def test_a_template_is_shown_checked_kept_and_undone(app: Open) -> None:
    from ifdo_ui import cache

    test = app("messages")
    [box] = [one for one in test.selectbox if one.label == "템플릿"]
    box.select("sale").run()
    assert not test.exception
    assert [one.value for one in test.success] == ["카카오톡 기준을 모두 지켰어요."]
    assert "기획전 보러 가기" in shown(test)
    assert len(cache.store().messages.list()) == 1
    [undo] = [one for one in test.button if one.label == "되돌리기"]
    undo.click().run()
    assert "기획전 보러 가기" not in shown(test)


def test_what_is_too_long_is_named_with_the_way_out(app: Open) -> None:
    test = app("messages")
    [box] = [one for one in test.selectbox if one.label == "템플릿"]
    box.select("new").run()
    [text] = [one for one in test.text_area if one.label == "본문"]
    text.set_value("가" * 79).run()
    assert "3자 초과" in test.error[0].value
    assert "79/76자" in shown(test)
    text = next(one for one in test.text_area if one.label == "본문")
    text.set_value("<b>가</b>").run()
    assert not test.error
    assert "&lt;b&gt;가&lt;/b&gt;" in shown(test)


def test_the_cards_count_as_the_core_does(app: Open) -> None:
    from ifdo_ui import cache

    test = app("messages")
    found = cache.shop().workbench.messages.reach_all()
    for reach in found.values():
        assert f"<b>{reach.count:,}명</b>" in shown(test)
    assert "승인된 채널만" in shown(test)


def test_a_rehearsal_sends_nothing_and_says_how_many(app: Open) -> None:
    from ifdo_ui import cache

    test = app("messages")
    [box] = [one for one in test.selectbox if one.label == "템플릿"]
    box.select("sale").run()
    count = cache.shop().workbench.messages.reach(None, "I").count
    [button] = [one for one in test.button if "연습 발송" in one.label]
    assert f"{count:,}명" in button.label
    button.click().run()
    assert not test.exception
    assert not test.error
    told = [one.value for one in test.success if "실제로는 보내지 않았어요" in one.value]
    assert told
    assert told[0].startswith(f"{count:,}명")
