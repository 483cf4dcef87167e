"""The frame of every page: language, style, the open shop, and errors as sentences."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec

import streamlit as st

from ifdo_core.errors import IfdoError
from ifdo_core.formats import date_text
from ifdo_core.i18n import translate
from ifdo_ui import cache
from ifdo_ui.state import State, state
from ifdo_ui.text import _, local_date, plain, tag

P = ParamSpec("P")
_STYLE = Path(__file__).parent / "style.css"
_log = logging.getLogger(__name__)


def style() -> None:
    """The few rules that a theme cannot say, and what inputs say of themselves in the session's language."""
    st.html(_STYLE)
    own = {
        "[data-testid=stFileUploaderDropzone] button p": _("파일 고르기"),
        "[data-testid=InputInstructions]": _("Enter로 적용"),
        "[data-key=__select_all__] > div": _("모두 고르기"),
    }
    rules = (f"{place}::after {{ content: {json.dumps(words, ensure_ascii=False)}; }}" for place, words in own.items())
    st.html(f"<style>{' '.join(rules)}</style>")


def show_error(error: Exception) -> bool:
    """An error as a sentence; what nobody foresaw goes to the log, never to the screen."""
    if isinstance(error, IfdoError):
        st.error(plain(str(error)), icon=":material/error:")
    else:
        _log.exception("a page failed", exc_info=error)
        st.error(
            _("문제가 생겨 이 부분을 보여 드릴 수 없어요. 새로고침해도 계속되면 관리자에게 알려 주세요."),
            icon=":material/error:",
        )
    return True


@contextmanager
def guard() -> Generator[None]:
    """Shows what goes wrong inside as a sentence, in its place."""
    try:
        yield
    except Exception as error:  # the edge of the screen: nothing may fall through to a trace
        show_error(error)


def tried(step: Callable[[], object]) -> bool:
    """Whether ``step`` went through; what was refused is said in its place."""
    try:
        step()
    except IfdoError as error:
        st.error(plain(str(error)))
        return False
    return True


def done(step: Callable[[], object]) -> None:
    """``step``, and where it went through the page is drawn anew."""
    if tried(step):
        st.rerun()


def fragment(key: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """``st.fragment`` with the session's language set and its errors shown in place."""

    def wrap(draw: Callable[P, None]) -> Callable[P, None]:
        @st.fragment(key=key)
        @functools.wraps(draw)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            state()
            with guard():
                draw(*args, **kwargs)

        return run

    return wrap


def open_shop(current: State) -> cache.Shop:
    """The session's shop; shows how far it is while it opens. Raises what opening raised."""
    opened = cache.shop(current.trial)
    if not opened.wait(0.2):
        place = st.empty()
        while not opened.wait(0.2):
            place.progress(opened.fraction, plain(translate(opened.doing)) or _("쇼핑몰 데이터를 여는 중이에요"))
        place.empty()
    opened.workbench  # noqa: B018  what opening raised is raised here
    return opened


def heading(title: str, lead: str = "") -> None:
    """A page's title with one line under it."""
    st.html(tag("h1", title, "ifdo-title") + (tag("p", lead, "ifdo-lead") if lead else ""))


def shop_line(opened: cache.Shop) -> str:
    """'데모 쇼핑몰 · 2026-11-24까지의 데이터', or the name of the shop."""
    workbench = opened.workbench
    name = workbench.settings.name or _("내 쇼핑몰")
    if not any(holding.rows for holding in workbench.holdings.tables.values()):
        return _("{name} · 아직 데이터가 없어요", name=name)
    day = date_text(local_date(workbench.now, workbench.settings.zone))
    if workbench.is_demo:
        return _("데모 쇼핑몰 · {day}까지의 데이터", day=day)
    return _("{name} · {day}까지의 데이터", name=name, day=day)
