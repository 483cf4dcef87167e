"""``bench export``: rows a second and extra memory of the files of lists, against pandas' own writers."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ifdo_core.bench.measure import Result, Row
from ifdo_core.bench.shop import make_shop
from ifdo_core.progress import Progress, part
from ifdo_core.workbench import Workbench

#: Extra memory that a million rows may take, in MB.
MEMORY_AIM = 300


def bench_export(progress: Progress, *, visits: int = 1_000_000, days: int = 30, folder: str = "var/bench") -> Result:
    """All visits of the demo shop as CSV and Excel; each file is written in a process of its own."""
    path = make_shop(Path(folder), visits, days, part(progress, 0.0, 0.4))
    Workbench.open(path, progress=part(progress, 0.4, 0.6)).close()
    rows: list[Row] = []
    figures: dict[str, float | int | str] = {}
    with tempfile.TemporaryDirectory(prefix="ifdo-bench-") as target:
        for place, kind in enumerate(("csv", "xlsx")):
            progress(0.6 + 0.2 * place, kind)
            taken = {whose: one_export(path, Path(target) / f"{whose}.{kind}", whose) for whose in ("ours", "pandas")}
            ours, theirs = taken["ours"], taken["pandas"]
            rows.append(Row(f"export, {kind}", "pandas", ours["seconds"], theirs["seconds"], "times", 1.5))
            figures["rows"] = ours["rows"]
            figures[f"{kind}: rows a second"] = round(ours["rows"] / ours["seconds"])
            figures[f"{kind}: extra memory MB"] = ours["extra_mb"]
            figures[f"{kind}: extra memory MB / aim"] = round(ours["extra_mb"] / MEMORY_AIM, 2)
            figures[f"{kind}: extra memory MB of pandas"] = theirs["extra_mb"]
    return Result("export", tuple(rows), figures)


def one_export(shop: Path, target: Path, whose: str) -> dict[str, Any]:
    """What ``exporting`` measured in a new process."""
    command = [sys.executable, "-m", "ifdo_core.bench.exporting", str(shop), str(target), whose]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])
