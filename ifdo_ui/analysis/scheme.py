"""The shop's own way to grade: edited here, with the effect shown before it is kept."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ifdo_core.analysis.grades import GradeTable, default_table
from ifdo_core.analysis.rfm import Rfm
from ifdo_core.analysis.scheme import Scheme, Thresholds
from ifdo_core.errors import IfdoError
from ifdo_core.formats import count_text
from ifdo_ui import cache
from ifdo_ui.frame import fragment, show_error
from ifdo_ui.state import preset, widget
from ifdo_ui.text import _, plain

_SCORES = (1, 2, 3, 4, 5)
_ROUND = "scheme.round"


@fragment("rfm.scheme")
def draw(opened: cache.Shop, found: Rfm) -> None:
    """Scoring, limits and the 125 cells; nothing is kept until the effect was seen and '저장' pressed."""
    with st.expander(_("점수와 등급표 바꾸기"), icon=":material/tune:"):
        try:
            asked = _asked(found.scheme)
        except IfdoError as error:
            show_error(error)
            return
        if asked == found.scheme:
            st.caption(_("바꾸면 몇 명의 등급이 달라지는지 저장하기 전에 여기에 보여 드려요."))
        else:
            _effect(opened, found, asked)
        own = found.scheme.grades != default_table() or found.scheme.scoring != "quintile"
        if own and st.button(_("처음 등급표로 되돌리기"), icon=":material/restart_alt:", key="scheme.reset"):
            _keep(opened, Scheme())


def _asked(now: Scheme) -> Scheme:
    """The scheme as the inputs say it. Raises DataError where they do not fit together."""
    ways = {"quintile": _("고객을 다섯으로 나눠서"), "fixed": _("정한 기준값으로")}
    scoring = st.radio(
        _("점수 매기는 법"), list(ways), index=list(ways).index(now.scoring), horizontal=True,
        format_func=lambda way: ways[way], key=_key("scoring"),
    )  # fmt: skip
    limits = now.thresholds
    if scoring == "fixed":
        limits = Thresholds(
            _limits("recency", _("최근성: 며칠 안에 사면 5·4·3·2점"), limits.recency),
            _limits("frequency", _("횟수: 몇 번부터 2·3·4·5점"), limits.frequency),
            _limits("monetary", _("금액: 얼마부터 2·3·4·5점"), limits.monetary),
        )
    return replace(now, scoring=scoring, thresholds=limits, grades=_table(now.grades))


def _limits(name: str, label: str, now: tuple[int, ...]) -> tuple[int, ...]:
    st.caption(label)
    places = st.columns(4)
    return tuple(
        int(
            place.number_input(
                f"{label} {number + 1}", min_value=0, value=now[number], step=1, key=_key(f"{name}.{number}"),
                label_visibility="collapsed",
            )
        )
        for number, place in enumerate(places)
    )  # fmt: skip


def _table(now: GradeTable) -> GradeTable:
    """One select a cell: so each combination has exactly one grade."""
    st.caption(_("R(최근성)과 F(횟수)마다 한 줄, M(금액)마다 한 칸이에요. 칸의 등급을 고르세요."))
    names = [grade.ko for grade in now.grades]
    words = {grade.ko: grade.label() for grade in now.grades}
    shown = now.frame()
    for m in _SCORES:
        shown[f"m{m}"] = [words[name] for name in shown[f"m{m}"]]
    options = [words[name] for name in names]
    edited = st.data_editor(
        shown,
        hide_index=True,
        disabled=["r", "f"],
        height=320,
        key=_key("cells"),
        column_config={
            "r": st.column_config.NumberColumn("R", width="small", pinned=True),
            "f": st.column_config.NumberColumn("F", width="small", pinned=True),
            **{f"m{m}": st.column_config.SelectboxColumn(f"M{m}", options=options, required=True) for m in _SCORES},
        },
    )
    back = {word: name for name, word in words.items()}
    for m in _SCORES:
        edited[f"m{m}"] = [back.get(str(word), "") for word in edited[f"m{m}"]]
    table = now.with_frame(edited)
    return table.renamed(_names(now))


def _names(now: GradeTable) -> dict[str, tuple[str, str]]:
    """Other names for the grades, in both languages."""
    with st.popover(_("등급 이름 바꾸기"), icon=":material/edit:"):
        shown = {grade.ko: grade.en for grade in now.grades}
        edited = st.data_editor(
            {"before": list(shown), "ko": list(shown), "en": list(shown.values())},
            hide_index=True,
            key=_key("names"),
            disabled=["before"],
            column_config={
                "before": st.column_config.TextColumn(_("지금 이름")),
                "ko": st.column_config.TextColumn(_("한국어"), required=True),
                "en": st.column_config.TextColumn(_("영어"), required=True),
            },
        )
    rows = zip(edited["before"], edited["ko"], edited["en"], strict=True)
    return {before: (str(ko or "").strip(), str(en or "").strip()) for before, ko, en in rows}


def _effect(opened: cache.Shop, found: Rfm, asked: Scheme) -> None:
    effect = opened.workbench.analysis.effect(asked)
    total = len(found.rows)
    st.markdown(
        _(
            "저장하면 고객 {total} 중 **{moved}**의 등급이 바뀌어요.",
            total=count_text(total, "명"),
            moved=count_text(effect.moved, "명"),
        )
    )
    told = effect.frame()
    told = told[told["before"] != told["after"]].head(8)
    if len(told):
        st.dataframe(
            told[["before_label", "after_label", "customers"]],
            hide_index=True,
            column_config={
                "before_label": st.column_config.TextColumn(_("지금")),
                "after_label": st.column_config.TextColumn(_("바꾼 뒤")),
                "customers": st.column_config.NumberColumn(_("고객 수"), format="localized"),
            },
        )
    if st.button(_("저장"), type="primary", key="scheme.save", icon=":material/save:"):
        _keep(opened, asked)
    st.caption(plain(_("세그먼트의 등급 조건은 다음 분석 때부터 새 등급을 써요.")))


def _key(name: str) -> str:
    """Of an input; another one once something was kept, so that no edit of before is made again."""
    return f"scheme.{widget(_ROUND, 0)}.{name}"


def _keep(opened: cache.Shop, asked: Scheme) -> None:
    """Its scores and grades are kept, and the whole page drawn anew: grid, grades and moves follow. Who gets the digest
    and where risk begins stay as they are now, which may be later than what is shown."""
    analysis = opened.workbench.analysis
    analysis.keep(replace(analysis.scheme, scoring=asked.scoring, thresholds=asked.thresholds, grades=asked.grades))
    cache.forget_analysis(opened)
    preset(_ROUND, widget(_ROUND, 0) + 1)
    st.rerun()
