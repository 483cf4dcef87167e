"""상품 › 평가: how good the recommendations are on this shop's last four weeks."""

from __future__ import annotations

import streamlit as st

from ifdo_core.formats import count_text, date_text, decimal_text, percent_text
from ifdo_core.recommend.evaluate import Evaluation, method_word, task_word
from ifdo_ui import cache
from ifdo_ui.frame import heading
from ifdo_ui.products.common import missing
from ifdo_ui.text import _, local_date, plain
from ifdo_ui.widgets.picture import chart


def draw(opened: cache.Shop) -> None:
    """Measured when asked for, kept until the data changes."""
    heading(_("추천 평가"), _("마지막 4주의 주문을 숨기고, 그 전만 배워 맞혀 본 결과예요."))
    if missing(opened):
        return
    workbench = opened.workbench
    found = workbench.together.measured(workbench.now)
    if found is None:
        place = st.empty()
        with place.container():
            st.markdown(_("아직 이 데이터로 재지 않았어요. 재고 나면 가장 잘 맞히는 방법이 추천에 쓰여요."))
            asked = st.button(_("지금 재기"), icon=":material/play_arrow:", type="primary", key="measure")
        if not asked:
            return
        bar = place.progress(0.0, _("재고 있어요"))
        found = workbench.together.refresh(
            workbench.now, lambda share, text: bar.progress(share, plain(text) or _("재고 있어요"))
        )
        place.empty()
    if found is not None:
        _shown(opened, found)


def _shown(opened: cache.Shop, found: Evaluation) -> None:
    zone = opened.workbench.settings.zone
    if not found.scored:
        st.info(plain(found.insight()), icon=":material/hourglass_empty:")
        return
    st.markdown(f"**{plain(found.insight())}**")
    st.caption(
        _("{day}까지 배우고 그 뒤를 물었어요 · 상품 {items}개", day=date_text(local_date(found.cut, zone)),
          items=f"{found.items:,}")
    )  # fmt: skip
    for task, orders in found.drawn_from.items():
        asked = next(len(one.hit) for one in found.scored if one.task == task)
        st.caption(
            _("{task}: 주문 {all} 가운데 {asked}을 뽑아 물었어요.", task=task_word(task), all=count_text(orders, "건"),
              asked=count_text(asked, "건"))
        )  # fmt: skip
    frame = found.frame()
    for task in frame["task"].unique():
        st.subheader(task_word(task), anchor=False)
        chart(found.figure(task), key=f"measured.{task}")
        _table(found, task)  # below, since all of its columns need the width
    st.caption(_("적중은 10개 안에 숨긴 상품이 있던 비율, NDCG는 위에 있을수록 높은 점수예요. 구간은 95 %예요."))


def _table(found: Evaluation, task: str) -> None:
    mine = found.frame()
    mine = mine[mine["task"] == task]
    gaps = found.differences()
    gaps = gaps[(gaps["task"] == task) & (gaps["against"] == "popularity")].set_index("method")
    rows = [
        {
            "method": method_word(row.method),
            "hit": percent_text(row.hit * 100),
            "interval": f"{decimal_text(row.hit_low * 100)} ~ {decimal_text(row.hit_high * 100)}",
            "ndcg": decimal_text(row.ndcg, 3),
            "gap": _gap(gaps, row.method),
            "bands": " · ".join(percent_text(part * 100, 0) for part in (row.hit_head, row.hit_middle, row.hit_tail)),
            "coverage": percent_text(row.coverage * 100, 0),
            "novelty": decimal_text(row.novelty),
        }
        for row in mine.itertuples()
    ]
    words = st.column_config.TextColumn
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        key=f"measured.table.{task}",
        column_config={
            "method": words(_("방법"), pinned=True, width=150),
            "hit": words(_("적중"), alignment="right", width=75),
            "interval": words(_("95 % 구간"), alignment="right", width=105),
            "ndcg": words("NDCG", alignment="right", width=70),
            "gap": words(_("인기순과의 차이"), alignment="right", width=150, help=_("같은 주문끼리 견줬어요.")),
            "bands": words(
                _("인기·보통·희귀"),
                alignment="right",
                width=130,
                help=_("숨긴 상품의 인기로 나눈 적중이에요."),
            ),
            "coverage": words(_("추천된 상품"), alignment="right", width=90),
            "novelty": words(_("새로움"), alignment="right", width=70, help=_("드문 상품을 권할수록 높아요.")),
        },
    )


def _gap(gaps: object, method: str) -> str:
    """'+0.031 확실해요', or '' for popularity itself."""
    if method not in gaps.index:  # type: ignore[attr-defined]
        return ""
    row = gaps.loc[method]  # type: ignore[attr-defined]
    word = _("확실해요") if row["better"] else _("확실하지 않아요")
    return f"{'+' if row['ndcg'] >= 0 else ''}{decimal_text(row['ndcg'], 3)} {word}"
