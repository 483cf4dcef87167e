"""Errors: a code for programs, a sentence with what to do for people, in both languages."""

from __future__ import annotations

import pytest

from ifdo_core import i18n
from ifdo_core.errors import DataError, EngineError, IfdoError, NotAllowed, SegmentError
from ifdo_core.i18n import using


def test_the_text_is_message_and_hint_with_the_facts_filled_in() -> None:
    error = DataError("empty_file", "{file} 파일이 비어 있어요.", "{file} 파일을 다시 내보내 주세요.", file="a.csv")
    assert error.code == "empty_file"
    assert error.facts == {"file": "a.csv"}
    assert str(error) == "a.csv 파일이 비어 있어요. a.csv 파일을 다시 내보내 주세요."


def test_a_hint_may_be_missing() -> None:
    assert str(IfdoError("x", "안 돼요.")) == "안 돼요."


def test_facts_are_not_read_as_templates() -> None:
    error = DataError("bad", "값이 이상해요: {value}", value="{hint} {0} %s")
    assert str(error) == "값이 이상해요: {hint} {0} %s"


def test_one_error_is_read_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    english = {"파일이 비어 있어요: {file}": "The file is empty: {file}", "다시 내보내 주세요.": "Export it again."}

    class Catalogue:
        def gettext(self, text: str) -> str:
            return english.get(text, text)

    monkeypatch.setattr(i18n, "_catalogue", lambda _language: Catalogue())
    error = DataError("empty_file", "파일이 비어 있어요: {file}", "다시 내보내 주세요.", file="a.csv")
    assert error.text("en") == "The file is empty: a.csv Export it again."
    assert error.text("ko") == "파일이 비어 있어요: a.csv 다시 내보내 주세요."
    with using("en"):
        assert str(error) == error.text("en")


def test_a_segment_error_begins_with_its_path() -> None:
    error = SegmentError("group_empty", "묶음이 비어 있어요.", "지워 주세요.", path="where.all[2].any")
    assert error.path == "where.all[2].any"
    assert error.facts["path"] == "where.all[2].any"
    assert str(error) == "where.all[2].any: 묶음이 비어 있어요. 지워 주세요."
    assert SegmentError("x", "안 돼요.").path == "where"


@pytest.mark.parametrize("kind", [DataError, SegmentError, EngineError, NotAllowed])
def test_all_are_caught_by_the_one_parent(kind: type[IfdoError]) -> None:
    with pytest.raises(IfdoError) as caught:
        raise kind("code", "말")
    assert caught.value.code == "code"
