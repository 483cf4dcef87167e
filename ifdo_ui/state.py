"""What one session is doing: one typed object, and the only reader of session state and query params.

A link holds the state: ``?lang=en`` the language, ``?segment=…`` a saved segment's id or a whole tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from secrets import token_hex
from typing import Any, TypeVar

import streamlit as st

from ifdo_core.i18n import LANGUAGES, set_language
from ifdo_core.roles import choose_role
from ifdo_core.segments.edit import Address
from ifdo_core.segments.link import TREE, pack
from ifdo_core.segments.model import Node, Segment

MAX_STEPS = 200  # of undo
MAX_RECENT = 5
_KEY = "ifdo"
NEW = "new"  # the link of an empty builder
EXAMPLE = "example."  # begins a link to a guided example
STARTER = "starter."  # begins a link to a ready segment

T = TypeVar("T")


@dataclass(frozen=True)
class Draft:
    """The segment as it stands in the builder; ``node`` None is the empty tree."""

    node: Node | None = None
    name: str = ""

    def segment(self) -> Segment | None:
        return Segment(self.node, self.name) if self.node is not None else None


@dataclass
class Builder:
    """The open segment with its steps back and forward."""

    draft: Draft = field(default_factory=Draft)
    kept: Draft = field(default_factory=Draft)  # as it was opened or last saved
    saved_id: str | None = None
    back: list[Draft] = field(default_factory=list)
    forward: list[Draft] = field(default_factory=list)
    target: Address = ()  # the group that a picked condition joins
    editing: Address | None = None  # in a long segment: the condition that has inputs
    faults: dict[Address, str] = field(default_factory=dict)  # what was typed and cannot be taken, in words
    new_group: str | None = None  # the next condition begins a group: "any", or "none" for an exclusion
    guide: str | None = None  # the guided example that was opened
    # Parts of the keys of widgets: where a value changed other than by typing, the input starts afresh from it. A value
    # is never pushed into a living input: the browser's older one, still on its way, would be taken for an edit.
    serial: int = field(default_factory=count().__next__, compare=False)  # of the builder
    revision: int = 0  # of the whole tree
    epochs: dict[Address, int] = field(default_factory=dict)  # of one condition
    naming: int = 0  # of the name

    @property
    def changed(self) -> bool:
        return self.draft != self.kept

    def put(self, draft: Draft, *, fresh: bool = True) -> None:
        """The next step; ``fresh``: the tree's widgets are drawn anew from it."""
        if draft == self.draft:
            return
        self.back = [*self.back, self.draft][-MAX_STEPS:]
        self.forward = []
        self._show(draft, fresh=fresh)

    def undo(self) -> None:
        if self.back:
            self.forward.append(self.draft)
            self._show(self.back.pop())

    def redo(self) -> None:
        if self.forward:
            self.back.append(self.draft)
            self._show(self.forward.pop())

    def _show(self, draft: Draft, *, fresh: bool = True) -> None:
        if fresh:
            self.faults, self.epochs = {}, {}
            self.revision += 1
            self.naming += draft.name != self.draft.name
        self.draft = draft

    def afresh(self, address: Address) -> None:
        """The inputs of one condition start from its value."""
        self.epochs[address] = self.epochs.get(address, 0) + 1


@dataclass
class State:
    """Everything a session remembers."""

    language: str = "ko"
    role: str = ""  # chosen among those within the given one; '' is that one
    builder: Builder | None = None  # None: the list of segments is shown
    link: str = ""  # the ?segment= that stands for ``builder`` now
    category: str | None = None  # open in the list of conditions
    searches: int = 0  # part of the key of the search for conditions: the next one starts empty
    recent: list[str] = field(default_factory=list)  # ids of conditions picked, the last first
    deleted: tuple[str, str] | None = None  # id and name of what can be brought back
    dialog: tuple[str, str] | None = None  # 'rename' or 'link', and the id of a saved segment
    trial: str | None = None  # token of the session's own shop in memory
    desk: Any = None  # the files that the Data page is about to load (``ifdo_ui.data.upload.Desk``)
    composer: Any = None  # the message being written (``ifdo_ui.composer.desk.Desk``)
    plan: Any = None  # the sending that waits to be confirmed (``ifdo_core.messages.plan.Plan``)
    notice_of_review: Any = None  # what the shop was told last (``ifdo_core.messages.channel_mail.Notice``)
    pages: int = 1  # of the list of saved segments
    prepared: Any = None  # a list's file that waits to be downloaded (``ifdo_ui.lists.take.Prepared``)
    mailed: Any = None  # what became of the last e-mail (``ifdo_core.lists.mail.Mailed``)
    starter_pages: int = 1  # of the ready segments
    importing: bool = False  # the dialog that takes segments in is open
    notice: str = ""  # said once, at the next drawing


def state() -> State:
    """The session's state; also sets language and role of this run, so call it first in every fragment and callback."""
    current: State | None = st.session_state.get(_KEY)
    if current is None:
        current = st.session_state[_KEY] = State()
    set_language(current.language)
    choose_role(current.role)
    return current


def begin() -> State:
    """At the start of a page: the session's state, brought to what the link says."""
    current = state()
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        current.language = asked
    set_language(current.language)
    _write("lang", current.language if current.language != "ko" else None)
    return current


def choose_language(language: str) -> None:
    """For the language switch."""
    state().language = language
    _write("lang", language if language != "ko" else None)


def act_as(role_id: str) -> None:
    """For the choice of a role: the session goes on in this one."""
    state().role = role_id
    choose_role(role_id)


# --- widgets ----------------------------------------------------------------------------------


def widget(key: str, default: T) -> T:
    """The value of the widget with this key."""
    return st.session_state.get(key, default)


def seed(key: str, value: object) -> str:
    """Gives a widget its first value, once; afterwards the widget's own value stands."""
    if st.session_state.get(key) is None:
        st.session_state[key] = value
    return key


def preset(key: str, value: object) -> None:
    """In a callback, or before another page opens: the widget with this key has ``value`` at its next drawing."""
    st.session_state[key] = value


# --- the link ---------------------------------------------------------------------------------


def asked_segment() -> str:
    """What the link asks for: '' (the list), 'new', a saved segment's id or a packed tree."""
    return st.query_params.get("segment", "")


def write_link(current: State) -> None:
    """Makes the address say what the builder shows, so that it can be shared at any moment."""
    current.link = link_of(current.builder)
    _write("segment", current.link or None)


def leave_builder(current: State) -> None:
    """The address of the list."""
    current.link = ""
    _write("segment", None)
    leave_view()


def link_of(builder: Builder | None) -> str:
    """The ``segment=`` of a link: an id while nothing was changed, else the whole tree, after the id if it has one."""
    if builder is None:
        return ""
    if builder.saved_id and not builder.changed:
        return builder.saved_id
    segment = builder.draft.segment()
    return (builder.saved_id or "") + pack(segment) if segment else NEW


def split_link(link: str) -> tuple[str, str]:
    """The id and the packed tree of a link; either may be ''."""
    before, mark, packed = link.partition(TREE)
    return before, mark + packed


def _write(name: str, value: str | None) -> None:
    """Writes only what differs: each write is an entry in the browser's history."""
    if st.query_params.get(name) == value:
        return
    if value is None:
        del st.query_params[name]
    else:
        st.query_params[name] = value


# --- the session's own shop -------------------------------------------------------------------


def start_trial() -> None:
    """A shop in memory for this session alone; its token cannot be guessed."""
    state().trial = token_hex(16)


def leave_trial() -> None:
    """Back to the shop of the process; the cache lets go of the session's own."""
    state().trial = None


# --- views of a segment -----------------------------------------------------------------------

VIEWS = ("", "report", "list")  # '' is the builder
_OF_VIEW = ("view", "what", "window", "q", "sort", "columns", "page")


def leave_view() -> None:
    """Back to the builder: the address forgets what a report or a list was asked."""
    for name in _OF_VIEW:
        _write(name, None)


def leave_person() -> None:
    """Back to the search for a customer."""
    for name in ("who", "kinds"):
        _write(name, None)


# --- views of a page --------------------------------------------------------------------------


def chosen(name: str, options: tuple[str, ...]) -> str:
    """What the address asks for under ``name``, among ``options``; else the first."""
    asked = st.query_params.get(name, "")
    return asked if asked in options else options[0]


def choose(name: str, value: str, options: tuple[str, ...]) -> None:
    """Makes the address say what is shown; the first option needs no words."""
    _write(name, value if value != options[0] else None)


def asked_text(name: str) -> str:
    """What the address says under ``name``; '' for nothing."""
    return st.query_params.get(name, "")


def say(**texts: str) -> None:
    """Makes the address say ``texts``; '' takes a name out of it."""
    for name, text in texts.items():
        _write(name, text or None)
