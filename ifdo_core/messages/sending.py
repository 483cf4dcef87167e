"""Sends what is in the outbox: row first, then the call; asked about, never sent twice, when no answer came.

A run can be killed at any point and started again, and one process at a time sends a campaign (``Outbox.alone``). Rules
that can change between composing and sending (approval, hours, refusal) are asked again before every batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from ifdo_core.messages.dealers import Dealer, Parcel, TryLater, Unanswered
from ifdo_core.messages.rules import can_send_at, ensure_may_use
from ifdo_core.store.leases import Elsewhere, Lease
from ifdo_core.store.outbox import Entry, Outbox, Settled

#: Seconds to wait before the next attempt, by how many there were; it doubles up to the last.
_BACKOFF = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
MAX_ATTEMPTS = 50


@dataclass(frozen=True)
class Run:
    """How a run ended: 'done', 'stopped', 'closed' (outside the hours), 'waiting' (the dealer does not answer) or
    'elsewhere' (another process sends it)."""

    ended: str
    counts: dict[str, int]


class Sender:
    """One campaign's messages to one dealer. ``clock``: naive UTC; ``sleep``: waits seconds; ``refused``: members among
    the given who may not get anything by now."""

    def __init__(
        self,
        outbox: Outbox,
        dealer: Dealer,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        approved: Callable[[], bool] = lambda: False,
        refused: Callable[[Collection[str]], Collection[str]] = lambda _: (),
        manual: bool = True,
    ) -> None:
        self._outbox, self._dealer, self._clock, self._sleep = outbox, dealer, clock, sleep
        self._approved, self._refused, self._manual = approved, refused, manual

    def run(self, campaign: str, lease: Lease | None = None) -> Run:
        """Sends until nothing waits, under ``lease`` or one of its own. Raises NotAllowed where the campaign's
        targeting may not be used."""
        try:
            with self._outbox.alone(campaign) if lease is None else nullcontext(lease) as held:
                return self._run(campaign, held)
        except Elsewhere:
            return self._ended("elsewhere", campaign)

    def _run(self, campaign: str, lease: Lease) -> Run:
        targeting = self._outbox.targeting(campaign)
        failures = 0
        while True:
            ensure_may_use(targeting, manual=self._manual, approved=self._approved(), now=self._clock())
            if self._outbox.state(campaign) != "running":
                return self._ended("stopped", campaign)
            asked = self._ask(campaign, lease)
            if asked is None:
                failures += 1
                if failures > MAX_ATTEMPTS:
                    return self._ended("waiting", campaign)
                self._sleep(_BACKOFF[min(failures, len(_BACKOFF)) - 1])
                continue
            if not can_send_at(self._clock()):
                return self._ended("closed", campaign)
            entries = self._outbox.take(campaign, self._dealer.batch, self._clock(), lease)
            if not entries:
                counts = self._outbox.counts(campaign)
                if not counts.get("waiting") and not counts.get("calling"):
                    return self._ended("done", campaign)
                failures += 1
                if failures > MAX_ATTEMPTS:
                    return self._ended("waiting", campaign)
                self._sleep(_BACKOFF[min(failures, len(_BACKOFF)) - 1])
                continue
            if self._send(targeting, entries, lease):
                failures = 0
            self._sleep(1 / self._dealer.per_second)

    def _ended(self, how: str, campaign: str) -> Run:
        return Run(how, self._outbox.counts(campaign))

    def _send(self, targeting: str, entries: list[Entry], lease: Lease) -> bool:
        """One call; whether it was answered."""
        gone = set(self._refused([one.member_id for one in entries]))
        withdrawn = [Settled(one.key, "refused", reason="withdrawn") for one in entries if one.member_id in gone]
        self._outbox.settle(withdrawn, self._clock())
        parcels = [
            Parcel(one.key, one.phone, targeting, json.loads(one.body)) for one in entries if one.member_id not in gone
        ]
        if not parcels:
            return True
        if not lease.certain:
            return False  # asleep for so long that another may be at it: whoever has the lease asks about them
        try:
            answers = self._dealer.send(parcels)
        except Unanswered:
            return False  # they stay 'calling' until they were asked about
        except TryLater as later:
            wait = self._clock() + timedelta(seconds=later.seconds)
            self._outbox.put_back([one.key for one in parcels], wait, self._clock(), lease)
            self._sleep(later.seconds)
            return False
        told = [
            Settled(one.key, "refused" if one.outcome == "refused" else "accepted", one.dealer_id, one.reason)
            for one in answers
            if one.outcome != "later"
        ]
        self._outbox.settle(told, self._clock())
        again = [one.key for one in answers if one.outcome == "later"]
        if again:
            self._outbox.put_back(again, self._clock() + timedelta(seconds=1), self._clock(), lease)
        return True

    def _ask(self, campaign: str, lease: Lease) -> int | None:
        """Settles those whose answer is not known by asking the dealer; None where it cannot be asked.

        A key that the dealer does not have was not taken, so it waits again: under the same key, which the dealer
        takes once should the first call arrive after all.
        """
        unknown = self._outbox.unknown(campaign, self._dealer.batch)
        if not unknown:
            return 0
        try:
            known = self._dealer.look_up([one.key for one in unknown])
        except (Unanswered, TryLater):
            return None
        now = self._clock()
        self._outbox.settle([Settled(key, "accepted", answer.dealer_id) for key, answer in known.items()], now)
        missing = [one for one in unknown if one.key not in known]
        memory = self._dealer.remembers
        lost = [one for one in missing if memory is not None and now - one.updated_at > memory]
        # rather one message too few than one twice: whether it went out cannot be told any more
        self._outbox.settle([Settled(one.key, "failed", reason="unknown") for one in lost], now)
        again = [one.key for one in missing if one not in lost]
        if again:
            self._outbox.put_back(again, now, now, lease)
        return len(unknown)
