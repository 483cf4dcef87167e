"""What happens by itself, in a thread of the app's own process: sendings whose time has come, the daily refresh, and
the digest after it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

from ifdo_core import Workbench, jobs
from ifdo_core.clock import utc_now
from ifdo_core.errors import IfdoError

#: How often it looks whether a refresh is due.
EVERY_S = 60.0
#: 'off': the daily refresh is left to ``python -m ifdo_core refresh``, run by the system's own clock.
REFRESH = "IFDO_REFRESH"
_log = logging.getLogger(__name__)


class Scheduler:
    """Looks every minute; ``ready`` gives the open shop, or None while it opens."""

    def __init__(self, ready: Callable[[], Workbench | None], every_s: float = EVERY_S) -> None:
        self._ready = ready
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="daily-refresh", daemon=True)
        self._learned = False
        self.failed = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Looks no more; a refresh that is running is waited for a moment, and otherwise begun anew next time."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.wait(min(self._every_s, 5.0) if self._ready() is None else self._every_s):
            self.send()
            self.look()
            self.mail()
            self.learn()

    def send(self) -> list[str]:
        """Begins the campaigns that are due, each in a thread of its own; answers their names."""
        workbench = self._ready()
        if workbench is None:
            return []
        try:
            return workbench.messages.runner.look()
        except IfdoError as error:
            self.failed += 1
            _log.warning("sendings that are due were not begun: %s", error.code)
            return []
        except Exception:
            self.failed += 1
            _log.exception("sendings that are due were not begun")
            return []

    def look(self) -> bool:
        """Refreshes if it is time to; True when it did. What fails is recorded with the run and tried again later."""
        workbench = self._ready()
        if workbench is None or os.environ.get(REFRESH) == "off":
            return False
        try:
            if not jobs.is_due(workbench, utc_now(), workbench.analysis.scheme.refresh_hour):
                return False
            workbench.refresh()
            workbench.together.refresh(workbench.now)  # kept in this process, where /recommend answers
        except IfdoError as error:
            self.failed += 1
            _log.warning("the daily refresh did not run: %s", error.code)
            return False
        except Exception:
            self.failed += 1
            _log.exception("the daily refresh failed")
            return False
        return True

    def mail(self) -> bool:
        """Sends the digest of the day that is refreshed, and again what failed, each after its wait; True when it did.
        What keeps an e-mail from going out does not undo the refresh."""
        workbench = self._ready()
        if workbench is None:
            return False
        try:
            return workbench.send_digest(utc_now()) is not None
        except IfdoError as error:
            self.failed += 1
            _log.warning("the digest was not sent: %s", error.code)
        except Exception:
            self.failed += 1
            _log.exception("the digest was not sent")
        return False

    def learn(self) -> bool:
        """After a restart on a day that is refreshed already: measures the ways to recommend, once, since what they
        were measured at lives in this process; True when it did."""
        workbench = self._ready()
        if workbench is None or self._learned or os.environ.get(REFRESH) == "off":
            return False
        self._learned = True
        try:
            if not all(workbench.holdings.has(kind) for kind in ("orders", "order_items")):
                return False
            if workbench.together.measured(workbench.now) is not None:
                return False
            return workbench.together.refresh(workbench.now) is not None
        except Exception:
            self.failed += 1
            _log.exception("the ways to recommend were not measured")
        return False
