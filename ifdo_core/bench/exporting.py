"""One export in a process of its own, so that its peak of memory is nobody else's.

``python -m ifdo_core.bench.exporting SHOP FILE ours|pandas`` prints rows, seconds and extra_mb as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import pandas as pd

from ifdo_core.bench.measure import peak_memory_mb, timed
from ifdo_core.store import open_store
from ifdo_core.workbench import Workbench


def measure(shop: str, target: Path, whose: str) -> dict[str, float | int]:
    """Writes all visits of ``shop`` to ``target``: 'ours', or 'pandas' with the same rows and columns in one frame."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"sqlite:///{folder}/state.db") as store,
        Workbench.open(shop) as workbench,
    ):
        workbench.listing(None, "visits", window=None, limit=1)
        rows = workbench.listing(None, "visits", window=None, limit=1).total
        before = peak_memory_mb()

        def ours() -> None:
            workbench.export(None, target, "visits", window=None, store=store)

        def pandas() -> None:
            listed = workbench.listing(None, "visits", window=None, limit=1)
            frame = workbench.visits(None)[list(listed.frame().columns)]
            _write(frame, target)

        seconds = timed(ours if whose == "ours" else pandas)
        return {"rows": rows, "seconds": round(seconds, 2), "extra_mb": peak_memory_mb() - before}


def _write(frame: pd.DataFrame, target: Path) -> None:
    if target.suffix == ".csv":
        frame.to_csv(target, index=False, encoding="utf-8-sig")
    else:
        frame.to_excel(target, index=False, engine="xlsxwriter")


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
    sys.stdout.flush()
    os._exit(0)  # as ``ifdo_core.__main__``
