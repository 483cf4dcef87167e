"""Below the numbers: what one change would do, and how the segment overlaps with saved ones. Reckoned when opened."""

from __future__ import annotations

import streamlit as st

from ifdo_core.formats import count_text
from ifdo_core.segments.hints import Hint
from ifdo_core.segments.model import Segment
from ifdo_ui import cache
from ifdo_ui.builder import actions
from ifdo_ui.state import Builder
from ifdo_ui.text import _, plain
from ifdo_ui.widgets.picture import chart

#: Saved segments beside the open one in the picture, the last changed first.
MOST_SAVED = 7


def draw(opened: cache.Shop, builder: Builder, segment: Segment) -> None:
    with st.expander(_("모수를 바꾸려면"), type="compact", key="panel.hints", on_change="rerun") as hints:
        if hints.open:
            _hints(opened, builder, segment)
    with st.expander(_("저장한 세그먼트와 겹침"), type="compact", key="panel.overlap", on_change="rerun") as shared:
        if shared.open:
            _overlap(opened, builder, segment)


def _hints(opened: cache.Shop, builder: Builder, segment: Segment) -> None:
    own = builder.saved_id
    about = opened.workbench.resolve(segment, own).where
    with st.spinner(_("조건을 하나씩 바꿔 세는 중이에요")):
        found = cache.several(opened, "hints", about, lambda workbench: workbench.hints(segment, own_id=own))
    if not found.all:
        st.caption(plain(found.insight()))
        return
    st.caption(_("조건 하나만 바꿨을 때의 최근 7일 모수예요. 누르면 바뀌고, 되돌리기로 돌아올 수 있어요."))
    _choices(_("넓히기"), "widen", found.widen())
    _choices(_("좁히기"), "narrow", found.narrow())


def _choices(title: str, side: str, hints: tuple[Hint, ...]) -> None:
    if not hints:
        return
    st.markdown(f"**{title}**")
    with st.container(gap="xsmall", key=f"hints-{side}"):
        for place, hint in enumerate(hints):
            sign = "▲" if hint.difference > 0 else "▼"
            change = f"{sign}\N{NO-BREAK SPACE}{count_text(abs(hint.difference), '건')}"
            st.button(
                f"{plain(hint.text)} :gray[→ **{plain(count_text(hint.visits_7d, '건'))}** :small[{plain(change)}]]",
                key=f"hint.{side}.{place}",
                type="tertiary",
                on_click=actions.apply_hint,
                args=(hint.change.where,),
            )


def _overlap(opened: cache.Shop, builder: Builder, segment: Segment) -> None:
    others = [item for item in cache.store().list() if item.segment is not None and item.id != builder.saved_id]
    if not others:
        st.caption(_("저장한 다른 세그먼트가 있으면 얼마나 겹치는지 보여요."))
        return
    own = segment.name or _("지금 세그먼트")
    named = {item.name: cache.named(opened, item.segment) for item in others[:MOST_SAVED] if item.segment}
    named = {own: cache.named(opened, segment), **{name: tree for name, tree in named.items() if name != own}}
    about = tuple((name, tree.where) for name, tree in named.items())
    with st.spinner(_("겹침을 세는 중이에요")):
        found = cache.several(opened, "overlap", about, lambda workbench: workbench.overlap(named))
    st.caption(plain(found.insight(own)))
    chart(found.figure(narrow=True), key="panel.upset")
    for name, why in found.left_out.items():
        st.caption(plain(_("‘{name}’ 빼고 셌어요: {why}", name=name, why=why)))
    if len(others) > MOST_SAVED:
        st.caption(_("최근에 고친 {count}개까지만 견줬어요.", count=MOST_SAVED))
