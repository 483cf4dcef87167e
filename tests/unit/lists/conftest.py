"""A small shop of members with personal data, in memory, and a store of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from ifdo_core import Workbench
from ifdo_core.engines import Engine
from ifdo_core.tables import canonical

NOW = datetime(2026, 11, 24, 3, 0)
PHONES = ("010-1234-5678", "01098765432", "+82 10-5555-0000", "02-777-8888", None)
EMAILS = ("haneul.kim@shop.example", "=cmd@shop.example", "li@shop.example", None, "x@y.example")
SOURCES = ("=1+1", "naver", "010-4444-3333", "kim%40shop.example", None)


def fill(engine: Engine, people: int = 5) -> Workbench:
    """``people`` members m0 … with one visit each, the first the newest; every text has something to hide."""
    workbench = Workbench(engine)
    number = range(people)
    events = pd.DataFrame(
        {
            "event_id": [f"e{n}" for n in number],
            "ts": pd.Series([NOW - timedelta(minutes=n) for n in number]).astype("datetime64[us]"),
            "visitor_id": [f"v{n}" for n in number],
            "member_id": [f"m{n}" if n % 5 else f"haneul{n}@shop.example" for n in number],
            "name": "page_view",
            "page_path": "/",
            "utm_source": [SOURCES[n % 5] for n in number],
            "utm_medium": "cpc",
        }
    )
    members = pd.DataFrame(
        {
            "member_id": events["member_id"],
            "grade": [("VIP", "일반")[n % 2] for n in number],
            "gender": [("female", "male", None)[n % 3] for n in number],
            "birthday": [date(1990, 5, 17) if n % 2 else None for n in number],
            "phone": [PHONES[n % 5] for n in number],
            "email": [EMAILS[n % 5] for n in number],
            "marketing_consent": pd.array([(True, False, None)[n % 3] for n in number], dtype="boolean"),
        }
    )
    engine.append(canonical.tables["events"], events)
    engine.append(canonical.tables["members"], members)
    workbench.rebuild()
    return workbench


@pytest.fixture(scope="session")
def workbench() -> Iterator[Workbench]:
    with Workbench.open("duckdb:///:memory:") as opened:
        yield fill(opened.engine)


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IFDO_STATE_URL", f"sqlite:///{tmp_path}/state.db")
    for name in ("ROLE", "USER", "SMTP_HOST"):
        monkeypatch.delenv(f"IFDO_{name}", raising=False)
