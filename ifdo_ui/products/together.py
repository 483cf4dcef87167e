"""상품 › 함께 구매: the controls, the finding, and its views."""

from __future__ import annotations

from typing import cast

import streamlit as st

from ifdo_core.formats import count_text, percent_text, time_text
from ifdo_core.recommend.baskets import LEVELS, Level
from ifdo_core.recommend.rules import Rules
from ifdo_ui import cache
from ifdo_ui.frame import guard, heading
from ifdo_ui.products import bundle, detail, pictures, table
from ifdo_ui.products.common import missing
from ifdo_ui.state import choose, chosen, seed
from ifdo_ui.text import _, plain

VIEWS = {
    "network": pictures.network,
    "rules": table.draw,
    "heat": pictures.heat_map,
    "product": detail.draw,
    "bundle": bundle.draw,
}
CONFIDENCES = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)


def draw(opened: cache.Shop) -> None:
    """The whole page."""
    workbench = opened.workbench
    moment = time_text(workbench.now, workbench.settings.zone)
    heading(_("함께 구매"), _("한 주문에 함께 담긴 상품에서 규칙을 찾아요. 기준 시각 {moment}", moment=moment))
    if missing(opened):
        return
    names = {level: word[:1].upper() + word[1:] for level, word in
             {"product": _("상품"), "category": _("카테고리"), "brand": _("브랜드")}.items()}  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        level = chosen("level", LEVELS)
        level = st.segmented_control(
            _("단위"), LEVELS, default=level, required=True, format_func=lambda word: names[word], key="together.level"
        )
        choose("level", level, LEVELS)
        support, confidence = _thresholds(opened, cast(Level, level))
    with st.spinner(_("함께 산 상품을 세고 있어요"), show_time=False):
        found = workbench.rules(cast(Level, level), min_support=support, min_confidence=confidence)
    st.markdown(f"**{plain(found.insight())}**")
    if len(found.rules):
        _views(opened, found)


def _thresholds(opened: cache.Shop, level: Level) -> tuple[float, float]:
    """The sliders. How many rules a choice leaves is said at once: the ladder has every answer."""
    workbench = opened.workbench
    ladder = workbench.together.ladder(workbench.now, level)
    confidence = st.select_slider(
        _("확신도"),
        CONFIDENCES,
        key=seed("together.confidence", 0.05),
        format_func=lambda share: percent_text(share * 100, 0),
        help=_("앞 상품을 산 주문 가운데 뒤 상품도 담은 비율이에요."),
        width=220,
    )
    steps = ladder.steps()
    if len(steps) < 2:
        return ladder.share(ladder.chosen), confidence
    count = st.select_slider(
        _("최소 주문 수 (지지도)"),
        steps,
        key=seed(f"together.count.{level}.{workbench.data_version}", ladder.chosen),
        format_func=lambda number: _(
            "{count} 이상 · 규칙 {rules}개",
            count=count_text(number, "건"),
            rules=f"{ladder.rules(ladder.share(number), confidence):,}",
        ),
        help=_("처음 값은 데이터가 골랐어요. 더 낮추면 우연히 함께 팔린 쌍이 많이 섞여요."),
        width=360,
    )
    return ladder.share(count), confidence


def _views(opened: cache.Shop, found: Rules) -> None:
    words = {
        "network": _("관계도"),
        "rules": _("규칙 표"),
        "heat": _("열지도"),
        "product": _("상품별"),
        "bundle": _("묶음 만들기"),
    }
    view = chosen("view", tuple(VIEWS))
    picked = st.segmented_control(
        _("보기"), list(VIEWS), default=view, format_func=lambda name: words[name], required=True,
        label_visibility="collapsed", key="together.view",
    )  # fmt: skip
    choose("view", picked, tuple(VIEWS))
    with guard():
        VIEWS[picked](opened, found)
