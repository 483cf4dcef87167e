"""Languages and Korean particles."""

from __future__ import annotations

import gettext
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core import i18n
from ifdo_core.i18n import current_language, josa, set_language, translate, using


@pytest.fixture(autouse=True)
def korean() -> Iterator[None]:
    with using("ko"):
        yield


def test_korean_is_the_default_and_a_context_ends() -> None:
    assert current_language() == "ko"
    with using("en"):
        assert current_language() == "en"
        with using("ko"):
            assert current_language() == "ko"
        assert current_language() == "en"
    assert current_language() == "ko"


def test_a_context_ends_after_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), using("en"):
        raise ZeroDivisionError
    assert current_language() == "ko"


@pytest.mark.parametrize("language", ["fr", "", "KO", "en-US"])
def test_an_unknown_language_is_korean(language: str) -> None:
    with using(language):
        assert current_language() == "ko"
    set_language(language)
    assert current_language() == "ko"


def test_a_language_belongs_to_its_thread() -> None:
    set_language("en")
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.append(current_language()))
    thread.start()
    thread.join()
    assert seen == ["ko"]
    assert current_language() == "en"


def test_korean_texts_are_their_own_msgids() -> None:
    assert translate("저장", "ko") == "저장"
    assert translate("") == ""
    assert translate("", "en") == ""


def test_a_text_without_translation_stays() -> None:
    assert translate("이런 문장은 어디에도 없어요 42", "en") == "이런 문장은 어디에도 없어요 42"


def test_english_comes_from_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    class English(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return {"저장": "Save"}.get(message, message)

    monkeypatch.setattr(i18n, "_catalogue", lambda _language: English())
    assert translate("저장", "en") == "Save"
    assert translate("저장") == "저장"
    with using("en"):
        assert translate("저장") == "Save"
        assert translate("저장", "ko") == "저장"


@pytest.mark.parametrize(
    ("word", "particle", "text"),
    [
        ("세그먼트", "을/를", "세그먼트를"),
        ("조건", "을/를", "조건을"),
        ("방문", "이/가", "방문이"),
        ("모수", "이/가", "모수가"),
        ("회원", "은/는", "회원은"),
        ("상품", "과/와", "상품과"),
        ("메시지", "과/와", "메시지와"),
        ("서울", "으로/로", "서울로"),
        ("부산", "으로/로", "부산으로"),
        ("제주", "으로/로", "제주로"),
        ("SNS", "이/가", "SNS가"),
        ("URL", "이/가", "URL이"),
        ("tistory.com", "으로/로", "tistory.com으로"),
        ("naver", "이/가", "naver가"),
        ("facebook", "이/가", "facebook이"),
        ("instagram", "을/를", "instagram을"),
        ("google", "으로/로", "google로"),
        ("phone", "으로/로", "phone으로"),
        ("cart", "이/가", "cart가"),
        ("X", "이/가", "X가"),
        ("iOS", "이/가", "iOS가"),
        ("P1003", "을/를", "P1003을"),
        ("P1002", "을/를", "P1002를"),
        ("100", "으로/로", "100으로"),
        ("1,001", "으로/로", "1,001로"),
        ("50 %", "이/가", "50 %가"),
        ("‘니트’", "이/가", "‘니트’가"),
        ("‘banner_’", "으로/로", "‘banner_’로"),
        ("광고 수신 동의(마수동)", "이/가", "광고 수신 동의(마수동)가"),
        ("구글 광고 (gclid)", "을/를", "구글 광고 (gclid)를"),
        ("(한글)", "이/가", "(한글)이"),
        ("", "이/가", "가"),
        ("!?", "을/를", "!?를"),
    ],
)
def test_particles_follow_the_sound(word: str, particle: str, text: str) -> None:
    assert josa(word, particle) == text


def test_an_unknown_particle_is_an_error() -> None:
    with pytest.raises(KeyError):
        josa("말", "에/에")


@given(st.text(max_size=20), st.sampled_from(["을/를", "이/가", "은/는", "과/와", "으로/로"]))
def test_the_word_itself_never_changes(word: str, particle: str) -> None:
    text = josa(word, particle)
    assert text.startswith(word)
    assert text[len(word) :] in particle.split("/")
