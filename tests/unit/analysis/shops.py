"""Small shops of orders alone, for tests of the analysis."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from ifdo_core import Workbench

NOW = datetime(2026, 10, 24, 3, 0)


def orders(*rows: tuple[str | None, float, int], **more: Any) -> pd.DataFrame:
    """(member, days before NOW, amount) each; the newest order is NOW where a row says 0 days."""
    return pd.DataFrame(
        [
            {
                "order_id": f"O{index:05d}",
                "ts": (NOW - timedelta(days=days)).isoformat() + "Z",
                "amount": amount,
                "member_id": member,
                **more,
            }
            for index, (member, days, amount) in enumerate(rows)
        ]
    )


def shop(*rows: tuple[str | None, float, int], **more: Any) -> Workbench:
    workbench = Workbench.open("duckdb:///:memory:")
    if rows:
        workbench.load(orders=orders(*rows, **more))
    return workbench
