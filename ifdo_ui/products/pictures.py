"""Rules as pictures."""

from __future__ import annotations

import streamlit as st

from ifdo_core.recommend.rules import Rules
from ifdo_ui import cache
from ifdo_ui.text import _
from ifdo_ui.widgets.picture import chart


def network(opened: cache.Shop, found: Rules) -> None:
    """The most telling bonds; how many are not shown is in the title."""
    chart(found.figure(), key="together.network")
    st.caption(
        _("선이 굵을수록 우연보다 훨씬 자주 함께 팔려요. 점이 클수록 짝이 많아요. 선 가운데에 올리면 숫자가 보여요.")
    )


def heat_map(opened: cache.Shop, found: Rules) -> None:
    chart(found.heat_map(), key="together.heat")
    st.caption(_("색이 진할수록 우연보다 자주 함께 팔려요. 빈칸은 기준을 넘는 규칙이 없는 짝이에요."))
