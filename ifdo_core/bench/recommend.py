"""``bench recommend``: answers of ``GET /recommend`` a second, from the real app over HTTP on localhost.

The clients share the machine with the app: on 2 cores the app has about one of them.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ifdo_core.bench.app import ROOT, App, served, wait_for
from ifdo_core.bench.measure import Result, Row
from ifdo_core.bench.shop import make_shop
from ifdo_core.errors import DataError
from ifdo_core.progress import Progress, part
from ifdo_core.workbench import Workbench

VISITS = 200_000
#: Requests of each kind, and connections that ask at the same time; ``CROWD`` of them are more than there are threads.
CACHED, UNCACHED, CONNECTIONS, CROWD = 6_000, 600, 8, 300
#: How much longer an answer that is kept may take than the barest route of the same process.
AIM = 1.5
_WARM = 20


@dataclass(frozen=True)
class Load:
    """``taken``: seconds of each request; ``whole``: of all of them; ``cpu``: processor time of the app for them."""

    taken: Sequence[float]
    whole: float
    cpu: float

    @property
    def a_second(self) -> int:
        return round(len(self.taken) / self.whole)

    def ms(self, share: float) -> float:
        """A quantile in milliseconds."""
        ordered = sorted(self.taken)
        return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1000, 2)


def bench_recommend(
    progress: Progress, *, visits: int = VISITS, folder: str = "var/bench", requests: int = CACHED, **_: object
) -> Result:
    """``visits``: size of the demo shop, kept in ``folder``. ``requests``: answered from the cache."""
    path = make_shop(Path(folder), visits, 30, part(progress, 0.0, 0.3)).resolve()
    with Workbench.open(path, progress=part(progress, 0.3, 0.5)) as workbench:
        workbench.catch_up()
        products = [str(item) for item in workbench.together.recommender(workbench.now).history.items]
        orders = len(workbench.together.baskets(workbench.now))
    with (
        tempfile.TemporaryDirectory() as place,
        served(ROOT / "app.py", Path(place), IFDO_URL=str(path)) as app,
    ):
        wait_for(f"{app.url}/health", '"ok"')
        progress(0.6, "HTTP")
        before = _held(app, "before")
        found = asyncio.run(_measured(app, products, requests))
        after = _held(app, "after")
        told = app.log.read_text(encoding="utf-8", errors="replace")
        gone = app.process.poll() is not None
    if gone or "Traceback" in told:
        raise DataError("bench_app", "재는 동안 앱이 오류를 남겼어요: {log}", log=told[-400:])
    kept, bare = found["cached"], found["health"]
    row = Row("kept answer", "barest route of the app", statistics.median(kept.taken), statistics.median(bare.taken),
              "times", AIM)  # fmt: skip
    figures: dict[str, float | int | str] = {"products": len(products), "orders": orders}
    for name, load in found.items():
        figures |= {
            f"{name}: requests a second": load.a_second, f"{name}: p50, ms": load.ms(0.5),
            f"{name}: p99, ms": load.ms(0.99), f"{name}: processor ms each": round(load.cpu / len(load.taken) * 1e3, 2),
        }  # fmt: skip
    return Result("recommend", (row,), figures | before | after)


def _held(app: App, when: str) -> dict[str, float | int | str]:
    return {f"memory {when}, MB": app.memory_mb(), f"open files {when}": app.open_files()}


async def _measured(app: App, products: Sequence[str], requests: int) -> dict[str, Load]:
    each = [f"/recommend?product={quote(product)}&k=5" for product in products]
    known = (each * (requests // len(each) + 1))[:requests]
    # every question another one: a product with another number of answers, or two products
    new = [
        f"/recommend?basket={quote(first)},{quote(second)}&k=5"
        for at, first in enumerate(products)
        for second in (products[(at * 7 + 3) % len(products)], products[(at * 5 + 2) % len(products)])
    ]
    await _asked(app, each[:_WARM], 1)
    bare = await _asked(app, ["/health"] * requests, CONNECTIONS)
    uncached = await _asked(app, list(dict.fromkeys(new))[:UNCACHED], CONNECTIONS)
    await _asked(app, each, CONNECTIONS)
    cached = await _asked(app, known, CONNECTIONS)
    crowd = await _asked(app, known, CROWD)
    return {"health": bare, "uncached": uncached, "cached": cached, f"cached, {CROWD} at once": crowd}


async def _asked(app: App, paths: Sequence[str], connections: int) -> Load:
    """Every path once, over so many connections that stay open."""
    waiting = iter(paths)
    taken: list[float] = []
    begun, spent = time.perf_counter(), app.cpu_s()
    await asyncio.gather(*(_client(app.port, waiting, taken) for _ in range(min(connections, len(paths)))))
    return Load(taken, time.perf_counter() - begun, app.cpu_s() - spent)


async def _client(port: int, waiting: Iterator[str], taken: list[float]) -> None:
    """Takes paths until none is left. Raises DataError for any answer but 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for path in waiting:
            begun = time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            await reader.readexactly(int(head.partition("content-length:")[2].split("\r\n")[0]))
            taken.append(time.perf_counter() - begun)
            if " 200 " not in head.partition("\r\n")[0]:
                raise DataError("bench_app", "재는 동안 앱이 오류를 남겼어요: {log}", log=f"{path} {head[:60]}")
    finally:
        writer.close()
