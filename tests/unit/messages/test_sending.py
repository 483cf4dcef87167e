"""Sending against a dealer that fails: nothing twice, nothing lost, whatever happens."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from ifdo_core.engines import open_engine
from ifdo_core.errors import NotAllowed
from ifdo_core.messages.dealer_file import upload_csv, upload_xlsx
from ifdo_core.messages.dealer_http import HttpDealer, is_genuine, signature
from ifdo_core.messages.dealers import DryRun, Parcel
from ifdo_core.messages.results import canonical_rows, take_report
from ifdo_core.messages.sending import Run, Sender
from ifdo_core.store import Store, open_store
from ifdo_core.store.leases import Lease
from ifdo_core.store.outbox import key_of
from ifdo_core.workbench import Workbench
from tests.parity.conftest import postgresql_url
from tests.unit.messages.dealer import FakeDealer

__all__ = ["postgresql_url"]  # a fixture of the parity tests: one throw-away cluster

NOON = datetime(2026, 11, 24, 3)
ROOT = Path(__file__).resolve().parents[3]
#: Of each of two dealers; 1,000 each were run when this was written.
FAULTS = int(os.environ.get("IFDO_FAULTS", "120"))
#: Long enough that on a busy machine a call is with the dealer when the sender gives it up.
TIMEOUT_S, SLOW_S = 0.2, 0.25


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/state.db") as opened:
        yield opened


def filled(store: Store, count: int, campaign: str = "봄", targeting: str = "I") -> None:
    store.outbox.begin(campaign, targeting, NOON)
    rows = [(f"m{n}", "01012345678", json.dumps({"type": "text", "text": f"{n}"})) for n in range(count)]
    assert store.outbox.put(campaign, rows, NOON) == count
    assert store.outbox.put(campaign, rows, NOON) == 0


class Clock:
    """A clock that steps by hours, back and forth, as those of machines do."""

    def __init__(self, seed: int = 1, steps: bool = True) -> None:
        self.dice, self.steps, self.now = random.Random(seed), steps, NOON

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=50)
        if self.steps and self.dice.random() < 0.02:
            return self.now + timedelta(hours=self.dice.choice([-3, 3]))
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        if self.now.hour > 10:
            self.now = NOON


def sender(store: Store, dealer: object, clock: Clock, **how: object) -> Sender:
    return Sender(store.outbox, dealer, clock=clock, sleep=clock.sleep, **how)  # type: ignore[arg-type]


def until_done(make: Sender, campaign: str = "봄") -> dict[str, int]:
    for _ in range(500):
        found = make.run(campaign)
        if found.ended == "done":
            return found.counts
    raise AssertionError("it never ends")


@pytest.mark.parametrize("dedupe", [True, False])
def test_faults_send_nothing_twice_and_lose_nothing(store: Store, dedupe: bool) -> None:
    faults, round_ = 0, 0
    with FakeDealer(7, 0.75, dedupe=dedupe, slow=SLOW_S) as fake:
        dealer = HttpDealer(fake.url, "key", "secret", timeout=TIMEOUT_S, batch=4, per_second=1000)
        while faults < FAULTS:
            campaign = f"c{round_}"
            filled(store, 60, campaign)
            counts = until_done(sender(store, dealer, Clock(round_)), campaign)
            assert counts == {"accepted": 60}
            round_ += 1
            faults = sum(count for name, count in fake.faults.items() if name)
    wanted = {key_of(f"c{n}", f"m{m}") for n in range(round_) for m in range(60)}
    assert set(fake.sent) >= wanted
    assert {key for key, times in fake.sent.items() if times} == wanted
    assert max(fake.sent.values()) == 1


RUNNER = """
import os, sys, time
from datetime import datetime, timedelta
from ifdo_core.store import open_store
from ifdo_core.store.leases import Elsewhere
from ifdo_core.messages.dealer_http import HttpDealer
from ifdo_core.messages.sending import Sender
store = open_store(sys.argv[1])
dealer = HttpDealer(sys.argv[2], str(os.getpid()), "secret", timeout=1, batch=3, per_second=200)
begun = datetime(2026, 11, 24, 3) - timedelta(seconds=time.monotonic())
clock = lambda: begun + timedelta(seconds=time.monotonic())
sender = Sender(store.outbox, dealer, clock=clock, sleep=time.sleep)
print("ready", flush=True)
sys.stdin.readline()
while True:
    try:
        with store.outbox.alone("봄", float(sys.argv[3])) as lease:
            print(sender.run("봄", lease).ended)
            break
    except Elsewhere:
        time.sleep(0.05)
"""


def started(url: str, fake: FakeDealer, lease_s: float = 1.0) -> subprocess.Popen[str]:
    """A process of its own that sends as soon as it may."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUNNER, url, fake.url, str(lease_s)], cwd=ROOT, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(*processes: subprocess.Popen[str]) -> None:
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()


def test_kill_minus_nine_at_any_moment(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    with open_store(url) as store:
        filled(store, 60)
    dice = random.Random(3)
    with FakeDealer(dedupe=False) as fake:
        kills = 0
        for _ in range(40):
            process = started(url, fake)
            go(process)
            begun = sum(fake.sent.values())
            deadline = time.monotonic() + 20
            while sum(fake.sent.values()) == begun and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(dice.random() * 0.05)
            if process.poll() is None and kills < 4:
                process.send_signal(signal.SIGKILL)
                kills += 1
            out, _ = process.communicate(timeout=60)
            if "done" in out:
                break
    assert kills >= 3
    assert sum(fake.sent.values()) == 60
    assert max(fake.sent.values()) == 1


def two_processes(url: str) -> None:
    """Both at once on one ledger; the one that sends is killed in the midst of it, and a third comes."""
    with open_store(url) as store:
        filled(store, 120)
    with FakeDealer(5, 0.2, dedupe=False, slow=0.3, far=0.03) as fake:
        processes = [started(url, fake), started(url, fake)]
        go(*processes)
        for kill, upto in ((True, 30), (True, 60), (False, 120)):
            deadline = time.monotonic() + 60
            while sum(fake.sent.values()) < upto and time.monotonic() < deadline:
                time.sleep(0.005)
            if kill:
                sending = next(one for one in processes if str(one.pid) == fake.asked_by)
                sending.kill()
                sending.wait()
                processes.append(started(url, fake))
                go(processes[-1])
        ended = [one.communicate(timeout=60)[0].strip() for one in processes]
    assert ended.count("done") == 2
    assert sum(fake.sent.values()) == 120
    assert max(fake.sent.values()) == 1
    with open_store(url) as store:
        assert store.outbox.counts("봄") == {"accepted": 120}


def test_two_processes_on_one_file_send_nothing_twice(tmp_path: Path) -> None:
    two_processes(f"sqlite:///{tmp_path}/state.db")


@pytest.mark.postgres
def test_two_processes_on_postgresql_send_nothing_twice(postgresql_url: str) -> None:
    two_processes(postgresql_url)


def test_who_slept_between_taking_and_calling_does_not_call(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lease, "keep", lambda self, end: None)
    filled(store, 6)
    dealer, other = DryRun(batch=3), DryRun(batch=3)
    wakes: list[Run] = []

    def asleep(members: Collection[str]) -> Collection[str]:
        """Frozen for as long as another needs to take over and to send everything."""
        if not wakes:
            time.sleep(0.4)
            wakes.append(Run("", {}))
            with store.outbox.alone("봄", 0.3) as later:
                wakes.append(sender(store, other, Clock(steps=False)).run("봄", later))
        return ()

    with store.outbox.alone("봄", 0.3) as lease:
        ended = sender(store, dealer, Clock(steps=False), refused=asleep).run("봄", lease)
    assert ended.ended == "elsewhere"
    assert not dealer.taken
    assert wakes[-1] == Run("done", {"accepted": 6})
    assert len(other.taken) == 6


def test_nothing_goes_out_at_night_or_after_a_stop(store: Store) -> None:
    filled(store, 10)
    night = Clock(steps=False)
    night.now = datetime(2026, 11, 24, 13)
    dealer = DryRun(batch=3)
    assert sender(store, dealer, night).run("봄").ended == "closed"
    store.outbox.set_state("봄", "stopped")
    assert sender(store, dealer, Clock()).run("봄").ended == "stopped"
    assert not dealer.taken
    store.outbox.set_state("봄", "running")
    assert until_done(sender(store, dealer, Clock(steps=False))) == {"accepted": 10}
    store.outbox.set_state("봄", "cancelled")
    store.outbox.set_state("봄", "running")
    assert store.outbox.state("봄") == "cancelled"


def test_a_withdrawal_between_composing_and_sending_wins(store: Store) -> None:
    filled(store, 10)
    make = sender(store, DryRun(), Clock(steps=False), refused=lambda members: {"m3"} & set(members))
    assert until_done(make) == {"accepted": 9, "refused": 1}


@pytest.mark.parametrize("targeting", ["M", "N"])
def test_m_and_n_need_approval_in_core(store: Store, targeting: str) -> None:
    filled(store, 3, targeting=targeting)
    dealer = DryRun()
    for how in ({}, {"approved": lambda: True}, {"manual": False}):
        with pytest.raises(NotAllowed):
            sender(store, dealer, Clock(), **how).run("봄")
    assert not dealer.taken
    whole = sender(store, dealer, Clock(steps=False), approved=lambda: True, manual=False)
    assert until_done(whole) == {"accepted": 3}


def test_reports_late_twice_and_forged(store: Store) -> None:
    filled(store, 3)
    until_done(sender(store, DryRun(), Clock(steps=False)))
    key, other = key_of("봄", "m0"), key_of("봄", "m1")
    body = json.dumps({"reports": [{"key": key, "state": "delivered"}, {"key": "unknown", "state": "failed"},
                                   {"key": other, "state": "failed", "reason": "3020"}]}).encode()  # fmt: skip
    signed = signature("secret", "1000", body)
    assert take_report(store.outbox, "secret", "1000", body, signed, 1100) == 2
    assert take_report(store.outbox, "secret", "1000", body, signed, 1100) == 0
    late = json.dumps([{"key": key, "state": "failed"}]).encode()
    assert take_report(store.outbox, "secret", "1000", late, signature("secret", "1000", late), 1000) == 0
    for stamp, text, sign in (("1000", b"[]", signed), ("1001", body, signed), ("x", body, signed)):
        with pytest.raises(NotAllowed):
            take_report(store.outbox, "secret", stamp, text, sign, 1000)
    assert not is_genuine("secret", "1000", body, signed, 1000 + 301)
    with pytest.raises(NotAllowed):
        take_report(store.outbox, "", "1000", body, signature("", "1000", body), 1000)
    rows = canonical_rows(store.outbox.entries("봄"), "I")
    with Workbench(open_engine(":memory:")) as workbench:
        workbench.load(messages=rows)
        assert workbench.load(messages=rows).rows_loaded == 0
        found = workbench.engine.execute(_statuses())
        assert sorted(tuple(row) for row in found) == [("accepted", None), ("delivered", None), ("failed", "3020")]


def _statuses():
    from ifdo_core.tables import messages

    return messages.select().with_only_columns(messages.c.status, messages.c.failure)


def test_files_for_a_dealers_site() -> None:
    parcels = [Parcel("k1", "01012345678", "I", {"type": "text", "text": "=1+1"})]
    assert b"'=1+1" in upload_csv(parcels)
    frame = pd.read_excel(io.BytesIO(upload_xlsx(parcels)), dtype=str, engine="openpyxl")
    assert frame.iloc[0].to_dict()["phone"] == "01012345678"
    assert json.loads(frame.json[0]) == parcels[0].body
