"""One holder a lease; who sleeps too long loses it and writes nothing any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from ifdo_core.errors import EngineError
from ifdo_core.store import Store, open_store
from ifdo_core.store.leases import Elsewhere, Lease, Leases

NOON = datetime(2026, 11, 24, 3)
SHORT = 0.6


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """Two of one database, as two processes have."""
    url = f"sqlite:///{tmp_path}/state.db"
    with open_store(url) as one, open_store(url) as other:
        yield one, other


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Holders that never beat."""
    monkeypatch.setattr(Lease, "keep", lambda self, end: None)


def test_a_living_holder_keeps_it_for_as_long_as_it_likes(stores: tuple[Store, Store]) -> None:
    one, other = stores
    with one.leases.hold("a", SHORT):
        for _ in range(3):
            with pytest.raises(Elsewhere), other.leases.hold("a", SHORT):
                raise AssertionError("two at once")
        with other.leases.hold("b", SHORT):
            """Another name is another lease."""
    with other.leases.hold("a", SHORT) as lease:
        assert lease.certain


@pytest.mark.usefixtures("asleep")
def test_a_sleeper_loses_it_and_takes_no_row(stores: tuple[Store, Store]) -> None:
    one, other = stores
    one.outbox.begin("봄", "I", NOON)
    one.outbox.put("봄", [("m1", "01012345678", "{}"), ("m2", "01012345678", "{}")], NOON)
    with one.outbox.alone("봄", SHORT) as sleeper:
        taken = one.outbox.take("봄", 1, NOON, sleeper)
        begun = time.monotonic()
        with other.outbox.alone("봄", SHORT) as awake:
            assert time.monotonic() - begun >= SHORT
            assert not sleeper.certain
            with pytest.raises(Elsewhere):
                one.outbox.take("봄", 1, NOON, sleeper)
            with pytest.raises(Elsewhere):
                one.outbox.put_back([taken[0].key], NOON, NOON, sleeper)
            assert one.outbox.counts("봄") == {"calling": 1, "waiting": 1}
            assert len(other.outbox.take("봄", 2, NOON, awake)) == 1
    with one.outbox.alone("봄", SHORT):
        """The sleeper's end took nothing from who had it then."""


@pytest.mark.usefixtures("asleep")
def test_of_many_that_want_a_dead_ones_lease_one_gets_it(stores: tuple[Store, Store]) -> None:
    dead = Lease("a", SHORT, stores[0]._write)
    assert stores[0].leases._insert(dead)
    inside, most, lock = 0, 0, threading.Lock()

    def want(leases: Leases) -> bool:
        nonlocal inside, most
        try:
            with leases.hold("a", SHORT):
                with lock:
                    inside += 1
                    most = max(most, inside)
                time.sleep(SHORT / 4)
                with lock:
                    inside -= 1
                return True
        except Elsewhere:
            return False

    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(want, [stores[n % 2].leases for n in range(6)]))
    assert most == 1
    assert any(got)


def test_a_store_that_is_away_for_a_moment_does_not_end_the_beat(
    stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[int] = []
    confirm = Lease.confirm

    def failing(self: Lease, session: object) -> None:
        beats.append(1)
        if len(beats) == 1:
            raise EngineError("state_unavailable", "x")
        confirm(self, session)  # type: ignore[arg-type]

    monkeypatch.setattr(Lease, "confirm", failing)
    with stores[0].leases.hold("a", SHORT), pytest.raises(Elsewhere), stores[1].leases.hold("a", SHORT):
        raise AssertionError("two at once")
    assert len(beats) > 1
