"""Growth accounting by month: new, kept and won back customers, less those who bought last month and not this one."""

from __future__ import annotations

import pandas as pd

from ifdo_core.catalogue import DIMENSIONS, METRICS
from ifdo_core.catalogue.reports import Dimension
from ifdo_core.reports.asked import Asked, Cells, Frame

MONTHS = 24


def cells(asked: Asked) -> Cells:
    month = asked.dimensions[0]
    person = Dimension("person", "고객", "Customer", ("orders",), "person", "text")
    frame = asked.grouped((person, month, DIMENSIONS["first_purchase_month"]), (METRICS["orders"],), whole=True)
    active = frame.rename(columns={"d0": "person", "d1": "month", "d2": "first"}).sort_values(["person", "month"])
    before = active.groupby("person")["month"].shift(1)
    after = active.groupby("person")["month"].shift(-1)
    kind = pd.Series("won_back", index=active.index).mask(before == active["month"] - 1, "kept")
    kind = kind.mask(active["month"] == active["first"], "new")
    came = active.assign(kind=kind).groupby(["month", "kind"]).size().rename("people").reset_index()
    today = asked.grains.today
    running = today.year * 12 + today.month - 1
    gone = active[(after != active["month"] + 1) & (active["month"] + 1 < running)]
    lost = (gone.groupby(gone["month"] + 1).size() * -1).rename("people").rename_axis("month").reset_index()
    rows = pd.concat([came, lost.assign(kind="lost")], ignore_index=True)
    out = rows.rename(columns={"month": "d0", "kind": "d1", "people": "net_customers"}).astype({"net_customers": int})
    out = out[out["d0"] > running - MONTHS].copy()
    out["_place"] = out["d1"].map({"new": 0, "kept": 1, "won_back": 2, "lost": 3})
    out = out.sort_values(["d0", "_place"]).drop(columns="_place").reset_index(drop=True)
    return Cells(out, (month, DIMENSIONS["growth_kind"]), asked.metrics, _facts(out, running))


def _facts(frame: Frame, running: int) -> dict[str, object]:
    """The last whole month."""
    last = frame[frame["d0"] == running - 1].set_index("d1")["net_customers"]
    if last.empty:
        return {}
    return {"month": running - 1, **{kind: int(last.get(kind, 0)) for kind in ("new", "kept", "won_back", "lost")}}
