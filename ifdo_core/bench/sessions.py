"""``bench sessions``: twenty sessions that edit at once, from an edit to its number, as a multiple of one session's.

The sessions speak Streamlit's websocket protocol (``scripts/edit_sessions.py``): twenty Chromium pages on two cores
would measure Chromium. So what a browser adds for drawing is not in these figures; ``bench segments`` measures that for
one. Every edit is a value that nobody asked for before, so no number comes from a cache of results, and each must
become the number that the workbench counts for it.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ifdo_core.bench.app import ROOT, served
from ifdo_core.bench.measure import Result
from ifdo_core.bench.screen import link
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.errors import DataError
from ifdo_core.formats import count_text
from ifdo_core.progress import Progress, part
from ifdo_core.segments.model import AllOf, Leaf, Segment
from ifdo_core.workbench import Workbench

SESSIONS = 20
EDITS = 12
#: Mean seconds between a number and the next edit: without a pause, and as people edit.
PAUSES = (0.0, 2.0)
CLIENT = ROOT / "scripts" / "edit_sessions.py"
_CONDITION = "cart.recent_amount"
_LOWEST, _STEP = 10_000, 50
_WARMING = 3  # edits before anything is measured

#: A value as it is typed, and the number that must appear.
Edit = tuple[str, str]


def bench_sessions(
    progress: Progress, *, visits: int | None = None, folder: str = "var/bench", browser: bool = True
) -> Result:
    """On the demo shop (``visits``: of another size). ``browser`` False leaves everything out, as it needs the app."""
    if not browser or not CLIENT.exists() or find_spec("streamlit") is None:
        return Result("sessions", (), {}, ("sessions: left out (needs the repository and Streamlit)",))
    home = Path(folder).resolve() / "sessions"
    home.mkdir(parents=True, exist_ok=True)
    size = {"IFDO_DEMO_VISITS": str(visits)} if visits else {}
    needed = _WARMING + 1 + (len(PAUSES) * (SESSIONS + 1) + 1) * (EDITS + 1)
    edits, total = _edits(home, size, needed, part(progress, 0.0, 0.3))
    figures: dict[str, float | int | str] = {"sessions": SESSIONS, "edits of each": EDITS, "visits in 7 days": total}
    strange = 0
    with (
        tempfile.TemporaryDirectory(prefix="ifdo-bench-") as own,
        served(ROOT / "app.py", Path(own), IFDO_HOME=str(home), IFDO_REFRESH="off", **size) as app,
    ):
        _run(app.url, edits, 1, _WARMING, 0.0)  # the shop is open and its visits are read
        # each alone before the many: what they leave behind must not count as one session's time
        alone = {pause: _run(app.url, edits, 1, EDITS, pause) for pause in PAUSES}
        for place, pause in enumerate(PAUSES):
            progress(0.4 + 0.25 * place, f"{pause:g} s")
            many = _run(app.url, edits, SESSIONS, EDITS, pause)
            strange += len(alone[pause]["wrong"]) + len(many["wrong"])
            one = np.median(alone[pause]["taken_s"])
            p50, p95 = np.percentile(many["taken_s"], [50, 95])
            told = f"pause of {pause:g} s" if pause else "no pause"
            figures |= {
                f"{told}: one session, p50 ms": round(float(one) * 1000),
                f"{told}: {SESSIONS} sessions, p50 in times of it": round(float(p50 / one), 2),
                f"{told}: {SESSIONS} sessions, p95 in times of it": round(float(p95 / one), 2),
            }
        again = _run(app.url, edits, 1, EDITS, 0.0)
        strange += len(again["wrong"])
        before = float(np.median(alone[0.0]["taken_s"]))
        figures["no pause: one session after them, p50 in times of it"] = round(
            float(np.median(again["taken_s"])) / before, 2
        )
    figures["numbers of another session"] = strange
    figures["load of the machine, 5 minutes"] = round(os.getloadavg()[1], 1)
    return Result("sessions", (), figures)


def _edits(home: Path, size: Mapping[str, str], needed: int, progress: Progress) -> tuple[list[Edit], int]:
    """``needed`` different amounts in an order of chance, with what the workbench counts; and the visits of 7 days."""
    amounts = [_LOWEST + _STEP * place for place in range(needed)]
    random.Random(1).shuffle(amounts)
    found: list[Edit] = []
    with _environment(IFDO_HOME=str(home), **size), Workbench.open(progress=part(progress, 0.0, 0.5)) as workbench:
        total = 0
        for place, amount in enumerate(amounts):
            counted = workbench.preview(_segment(amount))
            found.append((f"{amount:,}", count_text(counted.visits_7d, "건", "ko")))
            total = counted.total_visits_7d or 0
            progress(0.5 + 0.5 * place / needed, "")
    return found, total


@contextmanager
def _environment(**given: str) -> Generator[None]:
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _segment(amount: int) -> Segment:
    return Segment(AllOf((Leaf(_CONDITION, "gte", amount),)), "bench")


def _run(url: str, edits: list[Edit], sessions: int, turns: int, pause: float) -> dict[str, Any]:
    """What the client measured; takes the edits it needs off the end of ``edits``."""
    asked: list[dict[str, Any]] = []
    for _ in range(sessions):
        mine = [edits.pop() for _ in range(turns + 1)]
        typed, first = mine[0]
        tree = link(json.dumps(_segment(int(typed.replace(",", ""))).to_dict()))
        told = [(text, number) for (_, before), (text, number) in pairwise(mine) if number != before]
        asked.append({"query": f"segment={tree}", "first": first, "edits": told})
    document = {
        "url": url, "page": "segments", "label": CONDITIONS[_CONDITION].ko, "pause_s": pause, "sessions": asked,
    }  # fmt: skip
    done = subprocess.run([sys.executable, str(CLIENT)], input=json.dumps(document), capture_output=True, text=True)
    if done.returncode:
        raise DataError(
            "bench_client", "재는 프로그램이 멈췄어요: {detail}", detail=(done.stderr.splitlines() or [""])[-1]
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return {"taken_s": [second for one in found["taken_s"] for second in one], "wrong": found["wrong"]}
