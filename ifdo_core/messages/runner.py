"""Sends planned campaigns in threads of this process: when their time comes, and on where they were broken off.

Every process of an installation looks; a campaign is sent by the one that has its lease, and by another when that one
is gone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ifdo_core.clock import utc_now
from ifdo_core.errors import IfdoError, MessageError
from ifdo_core.messages.dealer_choice import dealer_of
from ifdo_core.messages.dealers import Dealer, Polled, TryLater, Unanswered
from ifdo_core.messages.plan import DRY_RUN, Plan
from ifdo_core.messages.sending import Run
from ifdo_core.store.leases import Elsewhere

if TYPE_CHECKING:
    import pandas as pd

    from ifdo_core.messages.campaign import Campaign
    from ifdo_core.messages.door import Messages

_log = logging.getLogger(__name__)


class Runner:
    """``take``: gets the rows of a campaign that really went out, for the shop's own data."""

    def __init__(self, messages: Messages, take: Callable[[pd.DataFrame], Any] | None = None) -> None:
        self._messages, self._take = messages, take
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}
        self._faults: dict[str, IfdoError] = {}
        self._runs: dict[str, Run] = {}

    def look(self, now: datetime | None = None) -> list[str]:
        """Starts what is due and neither stopped nor cancelled; answers the names."""
        due = [one.campaign for one in self._messages.store.plans.due(now or utc_now())]
        going = [name for name in due if self._messages.campaign(name).state in ("planned", "running")]
        return [name for name in going if self.start(name)]

    def start(self, name: str) -> bool:
        """Begins or goes on in a thread; False where one is at it already."""
        with self._lock:
            if self.is_running(name):
                return False
            self._faults.pop(name, None)
            thread = threading.Thread(target=self._guarded, args=(name,), name=f"send-{name}"[:60], daemon=True)
            self._threads[name] = thread
            thread.start()
        return True

    def is_running(self, name: str) -> bool:
        thread = self._threads.get(name)
        return thread is not None and thread.is_alive()

    def wait(self, name: str, seconds: float) -> bool:
        """Whether it has ended within ``seconds``."""
        thread = self._threads.get(name)
        if thread is not None:
            thread.join(seconds)
        return not self.is_running(name)

    def fault(self, name: str) -> IfdoError | None:
        """Why the last run broke off."""
        return self._faults.get(name)

    def last(self, name: str) -> Run | None:
        """How the last run in this process ended."""
        return self._runs.get(name)

    def run(self, name: str) -> Run:
        """In this thread: into the outbox where it has not begun, out, and into the shop's data."""
        campaign = self._messages.campaign(name)
        try:
            with campaign.alone():
                run = self._run(campaign)
        except Elsewhere:
            run = Run("elsewhere", campaign.counts)
        self._runs[name] = run
        return run

    def _run(self, campaign: Campaign) -> Run:
        name, store = campaign.name, self._messages.store
        plan, saved = campaign.plan, store.plans.get(name)
        assert plan is not None
        assert saved is not None
        dealer = self._dealer(plan)
        if saved.state == "planned":
            campaign.begin()
        run = campaign.send(dealer, manual=plan.manual)
        if run.ended == "elsewhere":
            return run
        if plan.dealer != DRY_RUN:
            self.take_in(name)
        if run.ended == "done":
            store.plans.set_state(name, "done")
        return run

    def _dealer(self, plan: Plan) -> Dealer:
        return dealer_of(plan.dealer, images=self._messages.store.messages.image)

    def poll(self, name: str) -> int:
        """Asks the campaign's dealer for results where it is one that is asked, and takes them into the shop's data;
        answers how many were told."""
        plan, outbox, told = self._messages.campaign(name).plan, self._messages.store.outbox, 0
        if plan is None or plan.dealer == DRY_RUN:
            return 0
        dealer = self._dealer(plan)
        if isinstance(dealer, Polled):
            try:
                told = dealer.poll(lambda rows: outbox.settle(rows, utc_now()))
            except (Unanswered, TryLater) as error:
                raise MessageError(
                    "dealer_silent", "발송 업체가 답하지 않아요.", "잠시 뒤에 다시 해 주세요."
                ) from error
        self.take_in(name)
        return told

    def take_in(self, name: str) -> None:
        """The campaign's rows, as the dealer's reports have them by now, into the shop's data."""
        rows = self._messages.campaign(name).rows()
        if self._take is not None and len(rows):
            self._take(rows)

    def _guarded(self, name: str) -> None:
        try:
            self.run(name)
        except IfdoError as error:
            self._faults[name] = error
            _log.warning("a sending broke off: %s", error.code)
        except Exception:
            self._faults[name] = IfdoError(
                "sending_failed",
                "발송이 멈췄어요.",
                "기록을 확인한 뒤 다시 시작해 주세요. 보낸 것은 다시 보내지 않아요.",
            )
            _log.exception("a sending failed")
