"""The visits, visitors or members behind a segment: search, order, columns, pages; the address says all of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ifdo_core.catalogue.lists import COLUMNS, ListColumn, label_of
from ifdo_core.formats import count_text
from ifdo_core.lists.page import ListPage
from ifdo_core.roles import current_role
from ifdo_core.segments.model import Segment
from ifdo_ui import cache
from ifdo_ui.lists import head, take
from ifdo_ui.person.links import customer_link
from ifdo_ui.state import asked_text, choose, chosen, say, seed, widget
from ifdo_ui.text import _, plain
from ifdo_ui.to_data import to_data

PAGE = 50  # rows
SHORT = 15  # rows that are shown without scrolling inside the table
WHAT = ("visitors", "members", "visits")
_NUMBERS, _TIMES = ("count", "money", "number"), ("time", "date")  # kinds of columns
_UNMASKED = "list.unmasked"


def draw(opened: cache.Shop, segment: Segment) -> None:
    head.draw(opened, segment, _("유저 리스트"))
    with st.container(horizontal=True, vertical_alignment="center", key="list-which"):
        what = _what()
        window = head.window()
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-tools"):
        asked = {"window": window, **_asked(what)}
    number = max(1, int(asked_text("page"))) if asked_text("page").isdigit() else 1
    with st.spinner(_("목록을 가져오고 있어요"), show_time=False):
        page = opened.workbench.listing(segment, what, limit=PAGE, offset=(number - 1) * PAGE, **asked)
    if not page.total:
        st.info(plain(_nothing(opened, segment, asked["search"])), icon=":material/info:")
        to_data(opened)
        return
    _pager(page, number)
    event: Any = st.dataframe(
        page.worded(),
        hide_index=True,
        column_config={column.name: _shown(column) for column in page.columns},
        height="content" if len(page.frame()) <= SHORT else 600,
        placeholder="",
        key="list.table",
        on_select="rerun",
        selection_mode="single-row",
    )
    _person(page, event.selection.rows)
    take.draw(opened, segment, what, asked, page.total)


def _nothing(opened: cache.Shop, segment: Segment, search: str) -> str:
    """Why the list is empty: the reason that the builder gives for the number, where it is not the search."""
    reason = None if search else cache.preview(opened, segment).reason
    return " ".join(reason.parts()) if reason else _("맞는 것이 없어요. 검색어를 지우거나 기간을 늘려 보세요.")


def _person(page: ListPage, rows: list[int]) -> None:
    """The customer behind the row that was picked."""
    if not rows:
        st.caption(_("줄을 고르면 그 고객의 타임라인을 볼 수 있어요."))
        return
    row = page.frame().iloc[rows[0]]
    for name, prefix in (("member_id", "m:"), ("visitor_id", "v:")):
        value = row.get(name)
        if value is not None and value == value:
            customer_link(f"{prefix}{value}", str(value))
            return


def _what() -> str:
    key = seed("list.what", chosen("what", WHAT))

    def change() -> None:
        choose("what", widget(key, WHAT[0]), WHAT)
        say(sort="", columns="", page="")

    return st.segmented_control(
        _("목록"),
        WHAT,
        format_func=lambda what: label_of(what).capitalize(),
        key=key,
        on_change=change,
        required=True,
        label_visibility="collapsed",
    )


def _asked(what: str) -> dict[str, Any]:
    """Search, columns, order, masked: what the address asks for, with the inputs that change it."""
    columns = {column.name: column for column in COLUMNS[what]}
    search = seed("list.search", asked_text("q"))
    st.text_input(
        _("검색"),
        key=search,
        type="search",
        icon=":material/search:",
        placeholder=_("방문자, 회원 ID, 등급…"),
        max_chars=200,
        on_change=lambda: say(q=widget(search, "").strip(), page=""),
        width=260,
    )
    may_see = current_role().may_see_personal_data
    masked = not (may_see and widget(_UNMASKED, False))
    sortable = ["", *(name for name, column in columns.items() if not (masked and column.is_personal))]
    wanted = asked_text("sort")
    sort, descending = wanted.removeprefix("-"), wanted.startswith("-")
    order = seed(f"list.sort.{what}", wanted if sort in sortable else "")
    choices = [prefix + name for name in sortable for prefix in (("", "-") if name else ("",))]
    st.selectbox(
        _("정렬"),
        choices,
        key=order if widget(order, "") in choices else f"{order}.again",
        format_func=lambda choice: _order_word(choice, columns),
        on_change=lambda: say(sort=widget(order, ""), page=""),
        width=220,
    )
    picked = tuple(name for name in asked_text("columns").split(",") if name in columns)
    with st.popover(_("열 고르기"), icon=":material/view_column:", key="list.pick", on_change="rerun") as opened:
        if opened.open:  # drawn unseen, it would forget which are chosen
            _columns(what, columns, picked)
    st.toggle(
        _("개인정보 보기"),
        key=_UNMASKED,
        disabled=not may_see,
        help=_("지금 역할: {role}. 관리자만 볼 수 있고, 내보내면 기록에 남아요.", role=current_role().label()),
    )
    return {
        "search": asked_text("q")[:200],
        "columns": picked,
        "sort": sort if sort in sortable else "",
        "descending": descending,
        "masked": masked,
    }


def _columns(what: str, columns: dict[str, ListColumn], picked: tuple[str, ...]) -> None:
    usual = [name for name, column in columns.items() if column.usual]
    key = seed(f"list.columns.{what}", list(picked) or usual)
    st.pills(
        _("보여 줄 열"),
        list(columns),
        key=key,
        selection_mode="multi",
        format_func=lambda name: columns[name].label(),
        on_change=lambda: say(columns=",".join(widget(key, usual))),
    )


def _order_word(choice: str, columns: dict[str, ListColumn]) -> str:
    if not choice:
        return _("최근 순")
    column = columns[choice.removeprefix("-")]
    if column.kind in _NUMBERS:
        word = _("{column} 큰 순") if choice.startswith("-") else _("{column} 작은 순")
    elif column.kind in _TIMES:
        word = _("{column} 최근 순") if choice.startswith("-") else _("{column} 오래된 순")
    else:
        word = _("{column} 가나다 역순") if choice.startswith("-") else _("{column} 가나다순")
    return word.format(column=column.label())


def _pager(page: ListPage, number: int) -> None:
    first, last = page.offset + 1, min(page.offset + page.limit, page.total)
    with st.container(horizontal=True, vertical_alignment="center", key="list-pager"):
        st.markdown(
            _(
                "**{total}** 가운데 {first}~{last}번째",
                total=count_text(page.total, "건" if page.request.what == "visits" else "명"),
                first=f"{first:,}",
                last=f"{last:,}",
            )
        )
        for name, word, icon, to in (
            ("previous", _("이전 쪽"), "chevron_left", number - 1),
            ("next", _("다음 쪽"), "chevron_right", number + 1),
        ):
            st.button(
                plain(word),
                icon=f":material/{icon}:",
                key=f"list.{name}",
                disabled=not 1 <= to <= page.pages,
                on_click=say,
                kwargs={"page": str(to) if to > 1 else ""},
            )


def _shown(column: ListColumn) -> Any:
    label = column.label()
    if column.kind in _NUMBERS:
        return st.column_config.NumberColumn(label, format="localized")
    if column.kind == "time":
        return st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm")
    return st.column_config.TextColumn(label, width="medium" if column.name == "email" else None)
