"""The composer on screen: templates, live check, undo, autosave, whom it reaches."""

from __future__ import annotations

from typing import Any

from ifdo_core.clock import utc_now
from ifdo_core.messages import Message
from tests.ui.conftest import Open, shown


def test_a_template_is_shown_checked_kept_and_undone(app: Open) -> None:
    from ifdo_ui import cache

    test = app("messages")
    [box] = [one for one in test.selectbox if one.label == "템플릿"]
    box.select("sale").run()
    assert not test.exception
    assert [one.value for one in test.success] == ["카카오톡 기준을 모두 지켰어요."]
    assert "기획전 보러 가기" in [one.value for one in test.text_input]
    assert len(cache.store().messages.list()) == 1
    [undo] = [one for one in test.button if one.label == "되돌리기"]
    undo.click().run()
    assert "기획전 보러 가기" not in [one.value for one in test.text_input]


def test_two_messages_of_one_name_are_told_apart(app: Open) -> None:
    """A choice among equal words would open, and overwrite, the first of them."""
    from ifdo_ui import cache

    test = app("messages")
    kept = cache.store().messages
    saved = {
        kind: kept.save("같은 이름", Message.from_dict({"type": kind}).to_json(), utc_now()).id
        for kind in ("wide_item_list", "premium_video", "text")
    }
    test.run()
    for kind, draft_id in saved.items():
        _drafts(test).select(draft_id).run()
        assert next(one for one in test.selectbox if one.label == "종류").value == kind


def test_a_deleted_message_comes_back(app: Open) -> None:
    from ifdo_ui import cache

    test = app("messages")
    next(one for one in test.selectbox if one.label == "템플릿").select("sale").run()
    next(one for one in test.button if one.label == "삭제").click().run()
    assert not cache.store().messages.list()
    assert "기획전 보러 가기" not in [one.value for one in test.text_input]
    next(one for one in test.button if one.label == "되살리기").click().run()
    assert len(cache.store().messages.list()) == 1


def test_the_purpose_recommends_a_targeting(app: Open) -> None:
    test = app("messages")
    assert "· 추천 타깃" not in shown(test)
    purposes = next(one for one in test.button_group if one.label == "무엇을 하려고 하나요?")
    purposes.set_value("friends").run()
    assert "<span>N · 추천 타깃</span>" in shown(test)
    assert "N 타깃은" in shown(test)


def _drafts(test: Any) -> Any:
    return next(one for one in test.selectbox if one.label == "저장된 메시지")


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


def test_a_problem_leads_to_its_field(app: Open) -> None:
    test = app("messages")
    [box] = [one for one in test.selectbox if one.label == "템플릿"]
    box.select("new").run()
    [text] = [one for one in test.text_area if one.label == "본문"]
    text.set_value("가" * 79).run()
    assert "(#field-text)" in test.error[0].value
    assert 'id="field-text"' in shown(test)


def test_products_fill_a_carousel(app: Open) -> None:
    from ifdo_ui import cache

    test = app("messages")
    [kind] = [one for one in test.selectbox if one.label == "종류"]
    kind.select("carousel_commerce").run()
    test.button(key="composer.goods.recommend").click().run()
    assert not test.exception
    assert not [one for one in test.error if "카드" not in one.value]
    from ifdo_core.messages import Message

    [draft] = cache.store().messages.list()
    message = Message.from_json(draft.tree)
    assert len(message.cards) == 6
    assert all(card.commerce is not None and card.commerce.price for card in message.cards)


def test_messages_are_grouped_copied_and_found(app: Open) -> None:
    from ifdo_core.clock import utc_now
    from ifdo_core.messages import Message
    from ifdo_ui import cache

    app("home")
    shelf = cache.store().messages
    one = shelf.save("봄 기획전", Message(text="봄").to_json(), utc_now())
    shelf.put_folder("봄", "green")
    test = app("messages")
    assert not test.exception
    test.button(key=f"box.copy.{one.id}").click().run()
    assert {found.name for found in shelf.list()} == {"봄 기획전", "봄 기획전 사본"}
    test.selectbox(key=f"box.move.{one.id}").select("봄").run()
    assert shelf.get(one.id).folder == "봄"
    test.text_input(key="box.query").set_value("사본").run()
    assert len([button for button in test.button if str(button.key).startswith("box.open.")]) == 1
    test.button(key=f"box.open.{shelf.list('사본')[0].id}").click().run()
    assert [area.value for area in test.text_area if area.label == "본문"] == ["봄"]


def test_the_preview_refuses_as_the_targeting_does(app: Open) -> None:
    """M and N reach others than friends: they refuse by a free number, and may be asked to add the channel."""
    from ifdo_core.messages.channel import Channel
    from ifdo_ui import cache

    body = {"text": "봄", "buttons": [{"kind": "AC", "name": "채널 추가", "links": {}}]}
    app("home")
    draft = cache.store().messages.save("봄", Message.from_dict(body).to_json(), utc_now())
    test = app("messages")
    _drafts(test).select(draft.id).run()
    assert "채널차단" in shown(test)
    assert "M, N 타깃팅에만" in test.error[0].value
    next(one for one in test.button_group if one.label == "자세히 볼 타깃").set_value("N").run()
    assert not test.error
    assert Channel(cache.store().messages).number_080 == ""
    assert "080 수신거부 번호가 보여요" in "".join(one.value for one in test.caption)


def test_a_draft_is_called_by_its_first_line(app: Open) -> None:
    from ifdo_ui import cache

    test = app("messages")
    next(one for one in test.text_area if one.label == "본문").set_value("봄 기획전\n최대 50% 할인").run()
    assert [one.name for one in cache.store().messages.list()] == ["봄 기획전"]


def _body(test: Any) -> Any:
    return next(one for one in test.text_area if one.label == "본문")


def test_a_run_of_typing_is_one_step_back(app: Open) -> None:
    test = app("messages")
    for text in ("봄", "봄 기획", "봄 기획전"):
        _body(test).set_value(text).run()
    next(one for one in test.text_input if one.label == "메시지 이름").set_value("이름").run()
    _body(test).set_value("봄 기획전이").run()
    steps = ["봄 기획전", "봄 기획전", ""]  # the body, the name, the body's first run
    for text in steps:
        next(one for one in test.button if one.label == "되돌리기").click().run()
        assert _body(test).value == text
    assert next(one for one in test.button if one.label == "되돌리기").disabled
    for text in reversed(["봄 기획전이", *steps[:-1]]):
        next(one for one in test.button if one.label == "다시").click().run()
        assert _body(test).value == text


def test_a_pause_begins_a_step_and_so_does_long_typing(app: Open) -> None:
    from dataclasses import replace

    from ifdo_ui.composer.desk import LONGEST, PAUSE

    test = app("messages")
    _body(test).set_value("하나").run()
    desk = test.session_state["ifdo"].composer
    for earlier, text in (({"last": PAUSE}, "둘"), ({"began": LONGEST}, "셋")):
        desk.run = replace(desk.run, **{name: getattr(desk.run, name) - time for name, time in earlier.items()})
        _body(test).set_value(text).run()
    assert [one.text for one in desk.back] == ["", "하나", "둘"]


def test_undo_brings_back_the_fallback_with_its_variable(app: Open) -> None:
    """The fallback goes with the last use of its variable, in one step: a step between would be made again by undo."""
    test = app("messages")
    _body(test).set_value("#{이름}님").run()
    next(one for one in test.checkbox if "이름" in one.label).uncheck().run()
    next(one for one in test.text_input if one.label == "대신 넣을 말").set_value("고객").run()
    _body(test).set_value("여러분").run()
    desk = test.session_state["ifdo"].composer
    assert not desk.message.fallbacks
    next(one for one in test.button if one.label == "되돌리기").click().run()
    assert (desk.message.text, dict(desk.message.fallbacks)) == ("#{이름}님", {"이름": "고객"})
    assert [one.text for one in desk.forward] == ["여러분"]


def test_a_text_pasted_by_mistake_can_be_opened_again(app: Open) -> None:
    from ifdo_ui import cache

    test = app("messages")
    _body(test).set_value("가" * 1_000_000).run()
    assert "자 초과" in test.error[0].value
    [draft] = cache.store().messages.list()
    assert len(Message.from_json(draft.tree).text) == 20_000
