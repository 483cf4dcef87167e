"""What a session is composing: the message with its steps back and forward, kept in the store as it changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ifdo_core import Segment
from ifdo_core.clock import utc_now
from ifdo_core.messages import Message
from ifdo_core.messages.fields import with_text
from ifdo_core.messages.limits import limits
from ifdo_ui import cache
from ifdo_ui.state import State, preset

MAX_STEPS = 200
#: What is typed into one field is one step back, up to a longer pause than this …
PAUSE = timedelta(seconds=2)
#: … and up to this time: who wrote for a minute does not want to lose all of it.
LONGEST = timedelta(seconds=20)
#: The key of the choice of a segment.
AUDIENCE = "composer.segment"


@dataclass(frozen=True)
class Run:
    """Typing into the field at ``path``; naive UTC."""

    path: str
    began: datetime
    last: datetime

    def goes_on(self, path: str, now: datetime) -> bool:
        return path == self.path and now - self.last < PAUSE and now - self.began < LONGEST


@dataclass
class Desk:
    """``revision`` is part of the keys of the inputs: where the message changed other than by typing, they start
    afresh."""

    message: Message = field(default_factory=Message)
    draft_id: str | None = None
    back: list[Message] = field(default_factory=list)
    forward: list[Message] = field(default_factory=list)
    revision: int = 0
    changes: tuple[str, ...] = ()  # what carrying over a 친구톡 changed
    gone: tuple[str, str] | None = None  # id and name of the draft that was just deleted
    run: Run | None = None  # of the typing that made the last step
    unsettled: bool = False  # something was typed, and the form was not drawn since

    def put(self, message: Message, *, fresh: bool = True) -> None:
        """The next step, kept at once."""
        if message != self.message:
            self.run = None
            self._step(message, fresh=fresh)

    def typed(self, path: str, text: str) -> None:
        """What stands in the field at ``path`` now; with what was typed there just before it is one step."""
        try:
            message = with_text(self.message, path, text)
        except LookupError:
            return  # the form makes a part that the message does not have yet
        if message == self.message:
            return
        now = utc_now()
        run = self.run if self.run is not None and self.run.goes_on(path, now) else None
        self._step(message, fresh=False, joined=run is not None)
        self.run, self.unsettled = Run(path, run.began if run else now, now), True

    def settle(self, filled: Message) -> None:
        """The message as the form has it. What follows from typing is one step with it: with its last variable a
        fallback goes, and undo must bring back both."""
        joined, self.unsettled = self.unsettled, False
        if filled.type != self.message.type:
            self.put(filled)
        elif not joined:
            self.put(filled, fresh=False)
        elif filled != self.message:
            self._step(filled, fresh=False, joined=True)

    def undo(self) -> None:
        if self.back:
            self.forward.append(self.message)
            self._show(self.back.pop())
            self._keep()

    def redo(self) -> None:
        if self.forward:
            self.back.append(self.message)
            self._show(self.forward.pop())
            self._keep()

    def open(self, message: Message, draft_id: str | None, changes: tuple[str, ...] = ()) -> None:
        """Another message, with no steps back."""
        self.back, self.forward, self.draft_id, self.changes = [], [], draft_id, changes
        self._show(message)

    def _step(self, message: Message, *, fresh: bool, joined: bool = False) -> None:
        if not joined:
            self.back = [*self.back, self.message][-MAX_STEPS:]
        self.forward = []
        self._show(message, fresh=fresh)
        self._keep()

    def _show(self, message: Message, *, fresh: bool = True) -> None:
        self.message = message
        if fresh:
            self.revision, self.run = self.revision + 1, None

    def _keep(self) -> None:
        kind = limits().types[self.message.type]
        first_line = self.message.text.strip().partition("\n")[0].strip()[:30]
        name = self.message.name or first_line or self.message.header or kind.label()
        kept = cache.store().messages.save(name, self.message.to_json(), utc_now(), self.draft_id)
        self.draft_id = kept.id


def begin_draft(current: State, message: Message, audience: Segment) -> None:
    """Keeps ``message`` as a draft and ``audience`` as a segment, unless the same one is kept already: the composer
    opens with both."""
    store = cache.store()
    kept_ones = [one for one in store.list(audience.name) if one.segment is not None]
    same = next((one.id for one in kept_ones if one.readable().where == audience.where), None)
    segment_id = same or store.save(audience).id
    kept = store.messages.save(message.name, message.to_json(), utc_now())
    desk(current).open(message, kept.id)
    preset(AUDIENCE, segment_id)


def desk(current: State) -> Desk:
    """The session's desk."""
    if not isinstance(current.composer, Desk):
        current.composer = Desk()
    return current.composer
