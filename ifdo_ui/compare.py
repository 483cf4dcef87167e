"""고객 › 세그먼트 비교: overlap of several, two side by side, and who is in which. The address says what is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from ifdo_core.errors import IfdoError
from ifdo_core.formats import count_text, percent_text, time_text
from ifdo_core.segments.contrast import Comparison
from ifdo_core.segments.model import Segment
from ifdo_core.segments.overlap import MAX_SEGMENTS
from ifdo_core.segments.starters import starters
from ifdo_ui import cache
from ifdo_ui.frame import fragment, show_error
from ifdo_ui.state import STARTER, asked_text, choose, chosen, say, seed, widget
from ifdo_ui.text import _, element, plain, tag
from ifdo_ui.to_data import to_data
from ifdo_ui.widgets.picture import chart

_SHOWN = 5  # chosen at first
TABS = ("", "two", "who")
KINDS = ("member", "visitor")


@dataclass(frozen=True)
class Choice:
    """A segment that can be compared, with its name and what the address calls it."""

    link: str
    name: str
    segment: Segment


#: By name.
Choices = Mapping[str, Choice]


def choices(opened: cache.Shop) -> dict[str, Choice]:
    """What can be compared, by name: saved segments first, then the ready ones under names that are free."""
    links = {item.name: item.id for item in cache.store().list()}
    found = {name: Choice(links[name], name, segment) for name, segment in cache.saved_trees(opened).items()}
    for item in starters():
        found.setdefault(item.name, Choice(STARTER + item.id, item.name, item.segment()))
    return found


def _linked(known: Choices, links: Sequence[str]) -> list[str]:
    """The names of what an address asks for; one that is gone is left out."""
    names = {choice.link: name for name, choice in known.items()}
    return [names[link] for link in links if link in names]


def draw(opened: cache.Shop) -> None:
    known = choices(opened)
    words = {"": _("겹침"), "two": _("두 세그먼트 비교"), "who": _("누가 어디에")}
    tabs = dict(zip(words, st.tabs(list(words.values()), key="compare.tabs", default=words[chosen("tab", TABS)],
                                   on_change=lambda: _tab(words)), strict=True))  # fmt: skip
    with tabs[""]:
        _together(opened, known)
    with tabs["two"]:
        _two(opened, known)
    with tabs["who"]:
        _one(opened, known)


def _tab(words: Mapping[str, str]) -> None:
    asked = widget("compare.tabs", "")
    choose("tab", next((tab for tab, word in words.items() if word == asked), ""), TABS)


# --- several ----------------------------------------------------------------------------------


@fragment("compare-together")
def _together(opened: cache.Shop, known: Choices) -> None:
    asked = _linked(known, asked_text("of").split(","))[:MAX_SEGMENTS]
    key = seed("compare.names", asked or list(known)[:_SHOWN])
    st.multiselect(
        _("겹침을 볼 세그먼트"),
        list(known),
        key=key,
        max_selections=MAX_SEGMENTS,
        placeholder=_("세그먼트를 둘 이상 골라 주세요"),
        filter_mode="contains",
        on_change=lambda: say(of=",".join(known[name].link for name in widget(key, []) if name in known)),
    )
    picked = {name: known[name].segment for name in widget(key, []) if name in known}
    if len(picked) < 2:
        st.caption(_("세그먼트를 둘 이상 고르면 얼마나 겹치는지 보여요."))
        return
    with st.spinner(_("겹침을 세는 중이에요")):
        found = cache.several(opened, "overlap", _about(picked), lambda workbench: workbench.overlap(picked))
    st.markdown(f"**{plain(found.insight())}**")
    for name, why in found.left_out.items():
        st.caption(plain(_("‘{name}’ 빼고 셌어요: {why}", name=name, why=why)))
    if not found.names:
        to_data(opened)
        return
    chart(found.figure(), key="compare.upset")
    st.caption(_("막대는 그 세그먼트들에만 함께 든 최근 7일 방문 수예요. 왼쪽 수는 세그먼트의 모수예요."))
    with st.expander(_("표로 보기"), type="compact"):
        _table(
            [" + ".join(row) or _("어느 것에도 들지 않음") for row in found.combinations["segments"]],
            _("함께 든 세그먼트"),
            found.combinations,
        )


def _table(names: Sequence[str], title: str, counts: pd.DataFrame) -> None:
    st.dataframe(
        counts[["visits", "visitors"]].assign(name=list(names)),
        column_order=["name", "visits", "visitors"],
        column_config={
            "name": st.column_config.TextColumn(title),
            "visits": st.column_config.NumberColumn(_("방문"), format="localized"),
            "visitors": st.column_config.NumberColumn(_("방문자"), format="localized"),
        },
        hide_index=True,
    )


# --- two --------------------------------------------------------------------------------------


@fragment("compare-two")
def _two(opened: cache.Shop, known: Choices) -> None:
    names = list(known)
    picked: list[str] = []
    for place, (column, label) in enumerate(zip(st.columns(2), (_("첫 번째"), _("두 번째")), strict=True)):
        linked = _linked(known, [asked_text("ab"[place])])
        key = seed(f"compare.{place}", linked[0] if linked else names[place])
        column.selectbox(label, names, key=key, filter_mode="contains", on_change=_said, args=(known, place, key))
        picked.append(widget(key, names[place]))
    if picked[0] == picked[1]:
        st.caption(_("서로 다른 세그먼트를 골라 주세요."))
        return
    a, b = (known[name].segment for name in picked)
    try:
        with st.spinner(_("두 세그먼트를 견주는 중이에요")):
            about = _about({"a": a, "b": b})
            found = cache.several(opened, "compare", about, lambda workbench: workbench.compare(a, b))
    except IfdoError as error:
        show_error(error)
        return
    st.markdown(f"**{plain(found.insight())}**")
    st.html(_numbers(found))
    if found.told.empty:
        return
    chart(found.figure(), key="compare.bars")
    with st.expander(_("모든 속성"), type="compact"):
        _attributes(found)


def _said(known: Choices, place: int, key: str) -> None:
    picked = known.get(widget(key, ""))
    say(**{"ab"[place]: picked.link if picked else ""})


def _numbers(found: Comparison) -> str:
    """Sizes, what they share and what only one has: a row for visits and one for visitors."""
    first, second = found.names
    titles = (first, second, _("둘 다"), _("‘{name}’에만", name=first), _("‘{name}’에만", name=second))
    head = element("tr", tag("td", "") + "".join(tag("th", title) for title in titles))
    visits = [count_text(int(number), "건") for number in found.numbers.loc["visits"]]
    visitors = [count_text(int(number), "명") for number in found.numbers.loc["visitors"]]
    body = "".join(
        element("tr", tag("th", name) + "".join(tag("td", number) for number in row))
        for name, row in ((_("방문"), visits), (_("방문자"), visitors))
    )
    return element("div", element("table", head + body, "ifdo-people ifdo-contrast"), "ifdo-wide")


def _attributes(found: Comparison) -> None:
    rows = found.differences
    first, second = found.names
    st.dataframe(
        rows[["label", "text"]].assign(
            a=[percent_text(100 * share) for share in rows["share_a"]],
            b=[percent_text(100 * share) for share in rows["share_b"]],
            sure=[_("뚜렷해요") if matters else _("우연일 수 있어요") for matters in rows["matters"]],
        ),
        column_config={
            "label": st.column_config.TextColumn(_("속성")),
            "text": st.column_config.TextColumn(_("값")),
            "a": st.column_config.TextColumn(first, alignment="right"),
            "b": st.column_config.TextColumn(second, alignment="right"),
            "sure": st.column_config.TextColumn(_("차이")),
        },
        hide_index=True,
    )
    st.caption(_("차이가 3 %p 이상이고, 모든 속성을 함께 볼 때 우연일 확률이 1 %보다 작으면 뚜렷하다고 해요."))


# --- one person -------------------------------------------------------------------------------


@fragment("compare-one")
def _one(opened: cache.Shop, known: Choices) -> None:
    words = {"member": _("회원 ID"), "visitor": _("방문자 ID")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            _("누구를 찾나요?"),
            list(words),
            format_func=lambda key: words[key],
            key=seed("compare.kind", chosen("kind", KINDS)),
            on_change=lambda: choose("kind", widget("compare.kind", KINDS[0]), KINDS),
            required=True,
        )
        st.text_input(
            _("ID"),
            key=seed("compare.id", asked_text("id")),
            placeholder=_("ID를 적어 주세요"),
            on_change=lambda: say(id=widget("compare.id", "").strip()),
            width=280,
        )
    asked = widget("compare.id", "").strip()
    kind = widget("compare.kind", "member")
    if not asked:
        st.caption(_("이 사람의 최근 7일 방문이 어떤 세그먼트에 드는지 보여요."))
        return
    trees = {name: choice.segment for name, choice in known.items()}
    with st.spinner(_("이 사람의 방문을 살피는 중이에요")):
        found = cache.several(
            opened, f"matching.{kind}.{asked}", _about(trees), lambda w: w.matching(**{kind: asked}, segments=trees)
        )
    st.markdown(f"**{plain(found.insight())}**")
    rows = found.rows[found.rows["matches"]]
    if rows.empty:
        return
    zone = opened.workbench.settings.zone
    st.dataframe(
        rows[["segment", "visits"]].assign(
            last=[time_text(when, zone) if not pd.isna(when) else "" for when in rows["last_matched_at"]],
            now=["" if pd.isna(last) else _("예") if last else _("아니요") for last in rows["last_visit_matches"]],
        ),
        column_config={
            "segment": st.column_config.TextColumn(_("세그먼트")),
            "visits": st.column_config.NumberColumn(_("맞은 방문"), format="localized"),
            "last": st.column_config.TextColumn(_("마지막으로 맞은 때")),
            "now": st.column_config.TextColumn(_("마지막 방문도 맞나요")),
        },
        hide_index=True,
    )


def _about(trees: Mapping[str, Segment]) -> tuple[object, ...]:
    """What an answer is kept by: the names and the resolved trees."""
    return tuple((name, segment.where) for name, segment in trees.items())
