"""The screens of products: from a pair to its people, as a segment and as a message."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Open, shown


@pytest.mark.parametrize("language", ["ko", "en"])
def test_who_bought_one_and_not_the_other_becomes_a_segment_and_a_draft(app: Open, language: str) -> None:
    from ifdo_ui import cache

    test = app("together", lang=language, view="product")
    label = {"ko": "메시지 쓰기", "en": "Write a message"}[language]
    button = next(one for one in test.button if one.label == label)
    button.click().run()
    assert not test.exception
    [draft] = cache.store().messages.list()
    [saved] = cache.store().list()
    workbench = cache.shop().workbench
    assert len(workbench.members(saved.readable(), "now"))
    [box] = [one for one in test.selectbox if one.key == "composer.segment"]
    assert box.value == saved.id
    checked = workbench.messages.check(_message(draft.tree))
    assert not [problem for problem in checked.problems if problem.severity == "error"]
    assert "#{이름}" in draft.tree
    assert {"ko": "브랜드 메시지", "en": "Brand messages"}[language] in shown(test)


def test_the_same_people_are_kept_once(app: Open) -> None:
    from ifdo_ui import cache

    for _ in range(2):
        test = app("together", view="product")
        next(one for one in test.button if one.label == "메시지 쓰기").click().run()
    assert len(cache.store().list()) == 1
    assert len(cache.store().messages.list()) == 2


def _message(tree: str) -> object:
    from ifdo_core.messages import Message

    return Message.from_json(tree)
