"""A failed run or e-mail is told in a sentence, with its code in brackets."""

from __future__ import annotations

import re

import pytest

from ifdo_core.digest.post import FAILED, SENT, UNKNOWN
from ifdo_core.engines.meanings import _WORDING
from ifdo_core.failures import SENTENCES, UNFORESEEN, failure_text
from ifdo_core.i18n import using
from ifdo_ui.analysis.record import _mail_outcome, _outcome

#: Codes that no analysis of the night can meet: they belong to what a person asks for.
ASKED_FOR = {"bad_pattern", "failed", "not_a_database", "other_folder"}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_failed_run_is_told_in_a_sentence(language: str) -> None:
    with using(language):
        for code in [*SENTENCES, "ZeroDivisionError"]:
            told = _outcome({"status": "failed", "failure": code})
            assert told.endswith(f"({code})")
            sentence = told.removesuffix(f"({code})")
            assert failure_text(code) in sentence
            assert "{" not in sentence
            assert not re.search(r"[a-z]_[a-z]|[a-z]Error", sentence), "no code before the brackets"
            assert bool(re.search("[가-힣]", sentence)) == (language == "ko")


def test_what_the_database_says_has_a_sentence_of_its_own() -> None:
    assert set(_WORDING) - ASKED_FOR <= set(SENTENCES)
    assert failure_text("disk_full") != failure_text("ZeroDivisionError") == UNFORESEEN


def test_an_email_that_failed_is_told_in_a_sentence() -> None:
    with using("ko"):
        told = _mail_outcome({"status": FAILED, "failure": "smtp_login"})
        assert "계정" in told
        assert told.endswith("(smtp_login)")
        others = {_mail_outcome({"status": status, "failure": None}) for status in (SENT, UNKNOWN)}
        assert len(others) == 2
        assert not any("None" in text for text in others)
