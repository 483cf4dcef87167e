"""``bench analysis``: the daily refresh at two sizes, and the BG/NBD fit against the package Lifetimes."""

from __future__ import annotations

import warnings
from importlib import import_module
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ifdo_core import tables
from ifdo_core.analysis.bgnbd import PENALTY, BgNbd, Summary
from ifdo_core.bench.measure import Result, Row, peak_memory_mb, side_by_side, timed
from ifdo_core.config import ShopSettings
from ifdo_core.engines import open_engine
from ifdo_core.progress import Progress, part
from ifdo_core.workbench import Workbench

CUSTOMERS, ORDERS_EACH = 1_000_000, 5
#: What the refresh of 1,000,000 customers may take, in seconds and MB.
AIM_S, AIM_MB = 180.0, 4_000
_END = np.datetime64("2026-11-01T00:00:00", "us")


def bench_analysis(
    progress: Progress, *, visits: int | None = None, folder: str | None = None, browser: bool = False
) -> Result:
    """``visits``: here the number of customers; ``folder``: where the shops of the measurement are kept meanwhile."""
    del browser
    customers = visits or CUSTOMERS
    place = Path(folder or "var/bench")
    place.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    figures, left_out = dict[str, float | int | str](), list[str]()
    ours, theirs, more = _against_lifetimes()
    if theirs is None:
        left_out.append("Lifetimes is not installed (extra dev)")
    else:
        rows.append(Row("BG/NBD fit, two starts and standard errors", "Lifetimes", ours, theirs, "faster", 3.0))
        figures |= more
    small, large = max(customers // 5, 1_000), customers
    times = {size: _refresh(place, size, part(progress, low, low + 0.5)) for size, low in ((small, 0.0), (large, 0.5))}
    rows.append(Row(f"refresh of {large:,} customers", f"{AIM_S:g} s", times[large], AIM_S, "times", 1.0))
    slope = log(times[large] / times[small]) / log(large / small)
    figures |= {
        f"refresh_{small}_s": round(times[small], 1),
        f"refresh_{large}_s": round(times[large], 1),
        "slope": round(slope, 2),
        "peak_memory_mb": peak_memory_mb(),
    }
    return Result("analysis", tuple(rows), figures, tuple(left_out))


def _refresh(folder: Path, customers: int, progress: Progress) -> float:
    """Seconds of a whole refresh on a shop of so many customers, made for the measurement."""
    path = folder / f"analysis-{customers}.duckdb"
    path.unlink(missing_ok=True)
    with open_engine(path) as engine:
        engine.create([*tables.canonical.tables.values(), *tables.derived.tables.values()])
        engine.append(tables.orders, _orders(customers))
        workbench = Workbench(engine)
        workbench.configure(ShopSettings())
        workbench.rebuild()
        taken = timed(lambda: workbench.refresh(progress))
        workbench.close()
    path.unlink()
    return taken


def _orders(customers: int) -> pd.DataFrame:
    """Purchases of customers who differ in rate and drop out after some of them, five orders each on average."""
    dice = np.random.default_rng(1)
    many = dice.geometric(1 / ORDERS_EACH, customers)
    who = np.repeat(np.arange(customers), many)
    start = dice.uniform(0, 700, customers)[who]
    gap = dice.gamma(2.0, 20.0, customers)[who]
    step = dice.exponential(1.0, len(who)) * gap
    ends = np.cumsum(many)
    total = np.cumsum(step)
    since = total - np.repeat(total[ends - many], many)
    days = np.minimum(start + since, 729.9)
    ts = _END - ((730 - days) * 86_400e6).astype("timedelta64[us]")
    return pd.DataFrame(
        {
            "order_id": np.char.add("O", np.arange(len(who)).astype(str)),
            "ts": ts,
            "amount": (dice.gamma(3.0, 12_000, len(who)) // 100 * 100 + 1_000).astype(np.int64),
            "member_id": np.char.add("M", who.astype(str)),
            "status": "paid",
        }
    )


def _against_lifetimes() -> tuple[float, float | None, dict[str, float | int | str]]:
    """Median seconds of both on the same 23,570 histories, and both likelihoods a customer."""
    x, t_x, age = _histories()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package is older than the libraries under it
        try:
            fitter: Any = import_module("lifetimes").BetaGeoFitter
        except ImportError:
            return timed(lambda: BgNbd(Summary.of(x, t_x, age)).fit()), None, {}
        kept: dict[str, Any] = {}

        def ours() -> None:
            kept["ours"] = BgNbd(Summary.of(x, t_x, age)).fit()

        def theirs() -> None:
            kept["theirs"] = fitter().fit(x, t_x, age)

        taken = side_by_side({"ours": ours, "theirs": theirs}, rounds=3)
    # both by the same likelihood: the package scales time for itself
    there = np.log([float(kept["theirs"].params_[name]) for name in BgNbd.names])
    model = BgNbd(Summary.of(x, t_x, age))
    of_theirs = -(model.cost(there)[0] - PENALTY * float(there @ there))
    figures: dict[str, float | int | str] = {
        "log_likelihood_ours": round(kept["ours"].log_likelihood, 2),
        "log_likelihood_lifetimes": round(of_theirs, 2),
    }
    return taken["ours"], taken["theirs"], figures


def _histories(customers: int = 23_570) -> tuple[Any, Any, Any]:
    """x, t_x, T of customers simulated by BG/NBD with parameters near those of a well-known shop."""
    dice = np.random.default_rng(7)
    age = np.round(dice.uniform(27, 39, customers) * 7) / 7
    rate, drop = dice.gamma(0.25, 1 / 4.8, customers), dice.beta(0.72, 2.16, customers)
    x, t_x = np.zeros(customers), np.zeros(customers)
    living = np.ones(customers, dtype=bool)
    now = np.zeros(customers)
    while living.any():
        now[living] += dice.exponential(1.0, int(living.sum())) / np.maximum(rate[living], 1e-9)
        living &= now < age
        x[living] += 1
        t_x[living] = np.round(now[living] * 7) / 7
        living &= dice.random(customers) > drop
    return x, np.minimum(t_x, age), age
