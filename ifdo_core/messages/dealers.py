"""Dealers that carry brand messages to Kakao, behind one protocol; the dry run is the default.

``send`` answers for each message whether the dealer took it. A call that got no answer raises ``Unanswered``: the
messages may have been taken, so they are asked about with ``look_up``, never sent again under another key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol, runtime_checkable

from ifdo_core.store.outbox import Settled

Outcome = Literal["accepted", "duplicate", "refused", "later"]
#: Dealer → warnings of ``check`` that it refuses outright.
REFUSES: Mapping[str, tuple[str, ...]] = {"solapi": ("many_breaks_somewhere",)}


@dataclass(frozen=True)
class Parcel:
    """One message to one member. ``key`` is the same at every attempt; ``body``: the rendered message's dict."""

    key: str
    phone: str
    targeting: str
    body: dict[str, object]


@dataclass(frozen=True)
class Answer:
    """What the dealer says to a parcel. 'duplicate': it had taken this key before; 'later': try again."""

    key: str
    outcome: Outcome
    dealer_id: str = ""
    reason: str = ""


class Unanswered(Exception):
    """The call may or may not have been taken: a timeout, a broken connection."""


class TryLater(Exception):
    """The dealer took nothing and asks to wait (429, 503). ``seconds``: how long it says."""

    def __init__(self, seconds: float = 1.0) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Dealer(Protocol):
    """``batch``: parcels in a call at most; ``per_second``: calls; ``remembers``: how long a key that was sent is known
    as such, None where ``look_up`` finds it however old it is."""

    name: str
    batch: int
    per_second: float
    remembers: timedelta | None

    def send(self, parcels: Sequence[Parcel]) -> list[Answer]:
        """Raises Unanswered or TryLater for the call as a whole."""
        ...

    def look_up(self, keys: Sequence[str]) -> dict[str, Answer]:
        """What is known of these keys; a key that the dealer does not have is missing."""
        ...


@runtime_checkable
class Polled(Protocol):
    """A dealer that is asked for results."""

    def poll(self, take: Callable[[list[Settled]], object]) -> int:
        """Gives ``take`` what there is, batch by batch; answers how many."""
        ...


@dataclass
class DryRun:
    """Sends nothing and says that all was taken: a rehearsal of everything else."""

    name: str = "dry_run"
    batch: int = 1_000
    per_second: float = 1_000.0
    remembers: timedelta | None = None
    taken: dict[str, Answer] = field(default_factory=dict[str, Answer])

    def send(self, parcels: Sequence[Parcel]) -> list[Answer]:
        out: list[Answer] = []
        for one in parcels:
            known = one.key in self.taken
            self.taken.setdefault(one.key, Answer(one.key, "accepted", f"dry-{one.key}"))
            out.append(Answer(one.key, "duplicate" if known else "accepted", f"dry-{one.key}"))
        return out

    def look_up(self, keys: Sequence[str]) -> dict[str, Answer]:
        return {key: self.taken[key] for key in keys if key in self.taken}
