"""The segment page: the list without a link, the builder with one."""

from __future__ import annotations

import streamlit as st

from ifdo_core.errors import IfdoError
from ifdo_ui import cache
from ifdo_ui.builder import actions, conditions, forecast, head, panel, saved, tree
from ifdo_ui.frame import heading, show_error
from ifdo_ui.state import asked_segment, leave_builder, state
from ifdo_ui.text import _, element, tag


def draw(opened: cache.Shop) -> None:
    """What the address asks for."""
    current = state()
    asked = asked_segment()
    if asked and asked != current.link:
        try:
            actions.follow_link(asked)
        except IfdoError as error:
            show_error(error)
            leave_builder(current)
            asked = ""
    if asked and current.builder:
        _builder(opened)
    else:
        current.link = ""
        heading(_("세그먼트"), _("조건으로 방문을 골라 모수를 보고, 이름을 붙여 두고두고 쓰세요."))
        saved.draw(opened)
        saved.dialogs()


#: '/' goes to the search, as in most tools with one; not while something is being typed.
_KEYS = """<script>
if (!window.ifdoKeys) {
  window.ifdoKeys = true;
  document.addEventListener("keydown", (event) => {
    const field = document.querySelector(".st-key-conditions input");
    if (event.key !== "/" || !field || event.target.closest("input, textarea, [contenteditable=true]")) return;
    event.preventDefault();
    field.focus();
  });
}
</script>"""


def _builder(opened: cache.Shop) -> None:
    head.draw(opened)
    with st.container(key="builder"):
        left, middle, right = st.columns([25, 47, 28], gap="medium")
        with left, st.container(key="conditions"):
            conditions.draw()
        with middle, st.container(key="tree"):
            tree.draw(opened)
        with right, st.container(key="panel"):
            # Never changes, so on a phone the panel stays open or closed while its content changes.
            words = tag("span", _("모수 자세히"), "closed") + tag("span", _("접기"), "opened")
            toggle = element("details", element("summary", words), "ifdo-toggle")
            st.html(toggle + _KEYS, unsafe_allow_javascript=True)
            panel.draw(opened)
            forecast.draw(opened)
