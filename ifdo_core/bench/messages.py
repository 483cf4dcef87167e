"""Personal messages at size: filling in and measuring them, and counting whom M, N and I reach."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ifdo_core import tables
from ifdo_core.bench.measure import Result, Row, timed
from ifdo_core.engines import open_engine
from ifdo_core.ingest.demo.parts import parts
from ifdo_core.messages import Message
from ifdo_core.messages.render import render
from ifdo_core.messages.targeting import Limits
from ifdo_core.messages.variables import VARIABLES
from ifdo_core.progress import Progress
from ifdo_core.workbench import Workbench

MEMBERS = 1_000_000
AIM_S, AIM_BYTES = 60.0, 2_000_000_000
#: Columns whose variables the message holds.
_ASKED = ("name", "grade", "points")


def bench_messages(progress: Progress, *, visits: int = MEMBERS, folder: Path | None = None, **_: Any) -> Result:
    """``visits``: how many members. ``folder``: where the shop is put; in memory without one."""
    del folder
    progress(0.0, "회원을 만들고 있어요")
    with Workbench(open_engine(":memory:")) as workbench:
        frame = _members(visits)
        workbench.engine.append(tables.members, frame)
        workbench.engine.append(tables.messages, _sent(visits))
        progress(0.4, "타깃별 회원을 세고 있어요")
        limits = Limits(cap=3, campaign="bench", holdout=0.1)
        count: dict[str, int] = {}

        def reach() -> None:
            count.update({name: one.count for name, one in workbench.messages.reach_all(limits=limits).items()})

        reached_s = timed(reach)
        progress(0.6, "메시지를 채우고 있어요")
        names = [one.name for one in VARIABLES.values() if one.column in _ASKED]
        text = " / ".join(f"{'x' * 30} #{{{name}}}" for name in names)
        message = Message.from_dict({"text": text, "fallbacks": dict.fromkeys(names, "-")})
        found: dict[str, int] = {}

        def fill() -> None:
            columns = [tables.members.c[name] for name in ("member_id", *_ASKED)]
            batch = render(message, workbench.engine.frame(tables.members.select().with_only_columns(*columns)))
            found.update(messages=len(batch), fit=int(batch.ok.sum()))

        filled_s = timed(fill)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    rows = (
        Row(f"render {visits:,}", f"{AIM_S:g} s", filled_s, AIM_S, "faster", 1.0),
        Row("peak memory", "2 GB", used / 1e9, AIM_BYTES / 1e9, "faster", 1.0),
    )
    figures: dict[str, float | int | str] = {
        "reach_s": round(reached_s, 3), "render_s": round(filled_s, 2), "peak_mb": round(used / 1e6), **found, **count,
    }  # fmt: skip
    return Result("messages", rows, figures)


def _members(size: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    number = np.arange(size)
    words = parts("people")["names"]
    family, given = np.array(list(words["family"])), np.array(words["given"])
    drawn = family[rng.integers(0, len(family), size)] + given[rng.integers(0, len(given), size)]
    return pd.DataFrame(
        {
            "member_id": pd.Series(number).astype("string").str.zfill(7),
            "name": pd.Series(drawn).where(pd.Series(rng.random(size) < 0.95)),
            "grade": np.array(list(parts("people")["grades"]))[rng.integers(0, 4, size)],
            "points": rng.integers(0, 50_000, size),
            "phone": pd.Series(["010-0000-0000"] * size).where(pd.Series(rng.random(size) < 0.96)),
            "marketing_consent": rng.random(size) < 0.64,
            "channel_friend": rng.random(size) < 0.4,
            "opted_out": rng.random(size) < 0.03,
        }
    )


def _sent(size: int) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "message_id": pd.Series(np.arange(size)).astype("string"),
            "ts": pd.Timestamp("2026-11-20") + pd.to_timedelta(rng.integers(0, 86_400, size), unit="s"),
            "channel": "brand_message",
            "status": np.where(rng.random(size) < 0.96, "delivered", "failed"),
            "member_id": pd.Series(rng.integers(0, size, size)).astype("string").str.zfill(7),
            "failure": "blocked",
        }
    )
