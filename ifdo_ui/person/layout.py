"""The page: a search, and the person that the address names."""

from __future__ import annotations

import streamlit as st

from ifdo_core.analysis.customers import shown_name
from ifdo_core.errors import IfdoError
from ifdo_core.formats import count_text, money_text, relative_time_text
from ifdo_core.roles import current_role
from ifdo_ui import cache
from ifdo_ui.frame import heading, shop_line, show_error
from ifdo_ui.navigation import PAGES
from ifdo_ui.person import detail
from ifdo_ui.state import asked_text, say, seed, widget
from ifdo_ui.text import _, plain

_QUERY = "person.query"
_UNMASKED = "person.unmasked"


def draw(opened: cache.Shop) -> None:
    """``?who=`` names a person, ``?q=`` what was searched for."""
    heading(_("고객 찾기"), shop_line(opened))
    if not any(opened.workbench.holdings.has(kind) for kind in ("events", "orders", "members")):
        st.info(_("아직 데이터가 없어 찾을 고객이 없어요."), icon=":material/info:")
        st.page_link(PAGES["data"], label=_("설정 › 데이터에서 파일을 올려 주세요."), icon=":material/upload:")
        return
    masked = _tools()
    who, asked = asked_text("who"), asked_text("q")
    if who:
        try:
            found = cache.customer(opened, who, masked)
        except IfdoError as error:
            show_error(error)
            return
        detail.draw(found)
    elif asked:
        _results(opened, asked)
    else:
        _examples(opened)


def _tools() -> bool:
    """The search and, for a role that may, the switch to unmasked; whether data is masked."""
    may_see = current_role().may_see_personal_data
    key = seed(_QUERY, asked_text("q"))
    with st.container(horizontal=True, vertical_alignment="bottom", key="person-tools"):
        st.text_input(
            _("고객 검색"),
            key=key,
            type="search",
            icon=":material/search:",
            placeholder=_("회원 ID, 주문번호, 방문자 ID, 전화번호, 이메일")
            if may_see
            else _("회원 ID, 주문번호, 방문자 ID"),
            max_chars=200,
            on_change=lambda: say(q=widget(key, "").strip(), who=""),
            width=380,
        )
        st.toggle(
            _("개인정보 보기"),
            key=_UNMASKED,
            disabled=not may_see,
            help=_("지금 역할: {role}. 전화번호와 이메일은 관리자만 보고 찾을 수 있어요.", role=current_role().label()),
        )
    return not (may_see and widget(_UNMASKED, False))


def _results(opened: cache.Shop, asked: str) -> None:
    try:
        found = opened.workbench.find_customers(asked)
    except IfdoError as error:
        show_error(error)
        return
    if found.empty:
        st.info(
            _("‘{text}’에 맞는 고객이 없어요. ID를 더 짧게 적거나 주문번호로 찾아보세요.", text=plain(asked)),
            icon=":material/info:",
        )
        return
    words = {
        "member": _("회원 ID"), "order": _("주문번호"), "visitor": _("방문자 ID"), "phone": _("전화번호"),
        "email": _("이메일"),
    }  # fmt: skip
    st.caption(_("{count}을 찾았어요. 이름을 누르면 그 고객을 보여 드려요.", count=count_text(len(found), "명")))
    workbench = opened.workbench
    for row in found.to_dict("records"):
        told = [words[row["matched"]]]
        if row["order_count"]:
            amount = money_text(row["total_amount"], workbench.settings.currency)
            told.append(_("{orders} {amount} 구매", orders=count_text(row["order_count"], "회"), amount=amount))
        last = row["last_order_at"] if row["order_count"] else row["last_visit_at"]
        if last == last and last is not None:
            told.append(relative_time_text(last.to_pydatetime(), workbench.now))
        _line(row["person"], row["customer"], " · ".join(told))


def _line(person: str, name: str, told: str) -> None:
    """A link to the same page would leave the address as it was, so it is a button that writes it."""
    st.button(
        f"**{plain(shown_name(name))}** · {plain(told)}" if told else f"**{plain(shown_name(name))}**",
        icon=":material/person:",
        type="tertiary",
        key=f"person.line.{person}",
        on_click=say,
        kwargs={"who": person},
    )


def _examples(opened: cache.Shop) -> None:
    """Before a search: how to use the page, and customers who need a look."""
    st.markdown(_("회원 ID나 주문번호를 적으면 그 고객의 방문, 장바구니, 주문, 메시지를 시간 순서로 보여 드려요."))
    rows = cache.several(opened, "person.examples", None, lambda workbench: workbench.customers_at_risk(5))
    if not len(rows):
        return
    st.subheader(_("많이 샀는데 멀어지는 고객"), anchor=False)
    for row in rows.to_dict("records"):
        amount = money_text(row["total_amount"], opened.workbench.settings.currency)
        told = _("지금까지 {amount}", amount=amount) + (f" · {row['reasons']}" if row["reasons"] else "")
        _line(row["person"], row["customer"], told)
