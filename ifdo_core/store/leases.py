"""Who may do what only one process may do at a time: the holder of a lease shows that it lives by counting up a beat.

Clocks of machines differ, and step. So no time is kept in the database: who wants a lease watches its beat by a clock
of its own and takes the lease when the beat has stood still for as long as a lease lasts. A holder that was only asleep
learns of it at its next beat, which is made in the transaction of what it wants to do (``Lease.confirm``).
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ifdo_core.errors import EngineError, IfdoError
from ifdo_core.store.models import LeaseRow

Opened = Callable[[], AbstractContextManager[Session]]
#: Seconds after which a lease without a beat is free.
LEASE_S = 30.0
_BEATS = 6  # while a lease lasts


class Elsewhere(IfdoError):
    """Another process holds the lease."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "busy_elsewhere", "다른 곳에서 이미 같은 일을 하고 있어요.", "끝난 뒤에 다시 해 주세요.", name=name
        )


class Lease:
    """A lease of ours, for as long as its holder is written in its row."""

    def __init__(self, name: str, seconds: float, writing: Opened) -> None:
        self.name, self.seconds, self.holder = name, seconds, secrets.token_hex(20)
        self._writing = writing
        self.confirmed_at = time.monotonic()

    @property
    def certain(self) -> bool:
        """Whether nobody can have taken it by now, without asking: half of its time is left."""
        return time.monotonic() - self.confirmed_at < self.seconds / 2

    def confirm(self, session: Session) -> None:
        """The beat. Raises Elsewhere where somebody else has it, so that nothing of ``session`` is written."""
        asked_at = time.monotonic()
        ours = update(LeaseRow).where(LeaseRow.name == self.name, LeaseRow.holder == self.holder)
        if not session.execute(ours.values(beat=LeaseRow.beat + 1)).rowcount:  # type: ignore[attr-defined]
            raise Elsewhere(self.name)
        self.confirmed_at = asked_at

    def keep(self, end: threading.Event) -> None:
        """Beats until ``end`` or until it is lost; a store that cannot be reached is tried again."""
        while not end.wait(self.seconds / _BEATS):
            try:
                with self._writing() as session:
                    self.confirm(session)
            except Elsewhere:
                return
            except EngineError:
                continue


class Leases:
    """The leases in a store."""

    def __init__(self, reading: Opened, writing: Opened) -> None:
        self._reading, self._writing = reading, writing

    @contextmanager
    def hold(self, name: str, seconds: float = LEASE_S) -> Generator[Lease]:
        """The lease for a ``with`` block. Raises Elsewhere as soon as another holder is seen to live; waits up to
        ``seconds`` to see that it does not."""
        lease = Lease(name, seconds, self._writing)
        self._take(lease)
        end = threading.Event()
        keeper = threading.Thread(target=lease.keep, args=(end,), name=f"lease-{name}"[:60], daemon=True)
        keeper.start()
        try:
            yield lease
        finally:
            end.set()
            keeper.join()
            with self._writing() as session:
                session.execute(delete(LeaseRow).where(LeaseRow.name == name, LeaseRow.holder == lease.holder))

    def _take(self, lease: Lease) -> None:
        seen, since = self._read(lease.name), time.monotonic()
        while True:
            still = time.monotonic() - since >= lease.seconds
            if seen is None and self._insert(lease):
                return
            if seen is not None and still and self._replace(lease, *seen):
                return
            if seen is None or still:
                raise Elsewhere(lease.name)
            time.sleep(lease.seconds / _BEATS / 2)
            found = self._read(lease.name)
            if found is not None and found != seen:
                raise Elsewhere(lease.name)
            seen = found

    def _read(self, name: str) -> tuple[str, int] | None:
        with self._reading() as session:
            row = session.execute(select(LeaseRow.holder, LeaseRow.beat).where(LeaseRow.name == name)).first()
            return None if row is None else (str(row[0]), int(row[1]))

    def _insert(self, lease: Lease) -> bool:
        lease.confirmed_at = time.monotonic()
        try:
            with self._writing() as session:
                session.execute(insert(LeaseRow).values(name=lease.name, holder=lease.holder, beat=0))
        except EngineError as error:
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        return True

    def _replace(self, lease: Lease, holder: str, beat: int) -> bool:
        """Only while the row is as it was seen."""
        lease.confirmed_at = time.monotonic()
        stood = LeaseRow.name == lease.name, LeaseRow.holder == holder, LeaseRow.beat == beat
        with self._writing() as session:
            changed = session.execute(update(LeaseRow).where(*stood).values(holder=lease.holder, beat=0))
            return bool(changed.rowcount)  # type: ignore[attr-defined]
