"""Under the search: the conditions that a typed sentence speaks of, ready to be added."""

from __future__ import annotations

import streamlit as st

from ifdo_core.catalogue import CONDITIONS, category_of
from ifdo_core.i18n import current_language
from ifdo_core.segments.model import Leaf
from ifdo_core.segments.understand.result import Understood
from ifdo_core.segments.wording import leaf_text
from ifdo_ui import cache
from ifdo_ui.builder import actions
from ifdo_ui.state import state
from ifdo_ui.text import _, plain


def draw(query: str) -> bool:
    """What was understood of ``query``; whether that was anything. A word alone is a search, not a sentence."""
    if not any(sign.isspace() or sign.isdigit() or sign == "," for sign in query):
        return False
    workbench = cache.shop(state().trial).workbench
    understood = workbench.understand(query)
    if not understood.parts:
        return False
    with st.container(gap=None, key="understood", border=True):
        st.caption(_("이렇게 이해했어요. 누르면 더해져요."))
        _parts(query, understood, workbench.settings.currency)
        if len(understood.parts) > 1:
            st.button(
                _("{count}개 모두 더하기", count=len(understood.parts)),
                key="understood.all",
                type="primary",
                icon=":material/playlist_add:",
                width="stretch",
                on_click=actions.add_understood,
                args=(query, None, 0),
            )
        _left(understood)
    return True


def _parts(query: str, understood: Understood, currency: str) -> None:
    for number, part in enumerate(understood.parts):
        for rank, leaf in enumerate(part.candidates):
            st.button(
                _label(leaf, part.is_or, rank, currency),
                key=f"understood.{number}.{rank}",
                icon=f":material/{category_of(CONDITIONS[leaf.condition]).icon}:" if rank == 0 else None,
                type="tertiary",
                width="stretch",
                help=plain(CONDITIONS[leaf.condition].note(current_language())),
                on_click=actions.add_understood,
                args=(query, number, rank),
            )


def _label(leaf: Leaf, is_or: bool, rank: int, currency: str) -> str:
    told = plain(leaf_text(leaf, current_language(), currency=currency))
    if rank:
        return f":gray[:small[{_('아니면')} {told}]]"
    return f":gray[{_('또는')}] {told}" if is_or else told


def _left(understood: Understood) -> None:
    if understood.unknown:
        st.caption(plain(_("이해하지 못한 말: {words}", words=", ".join(understood.unknown))))
    if understood.window not in (None, 1, 7):
        st.caption(_("모수는 언제나 최근 24시간과 7일로 세요."))
