"""``GET /recommend`` over HTTP: the workbench's answer, kept until the data changes, refused in words."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pandas as pd
import pytest
import requests
import uvicorn
from starlette.applications import Starlette

from ifdo_core import Workbench
from ifdo_server.recommend import FRESH_S, KEPT_BYTES, Answers
from ifdo_server.routes import routes

START = datetime(2026, 9, 1)


def loaded(shop: Workbench, start: int, lines: list[tuple[str, ...]]) -> None:
    """One order an hour, of one of five visitors, for each tuple of products."""
    orders = [
        {
            "order_id": f"o{n}",
            "ts": START + timedelta(hours=n),
            "amount": 1,
            "status": "paid",
            "visitor_id": f"v{n % 5}",
        }
        for n in range(start, start + len(lines))
    ]
    items = [(f"o{start + n}", product) for n, products in enumerate(lines) for product in products]
    table = pd.DataFrame(items, columns=["order_id", "product_id"]).assign(quantity=1, price=1)
    shop.load(orders=pd.DataFrame(orders), order_items=table)


@pytest.fixture(scope="module")
def shop() -> Iterator[Workbench]:
    with Workbench.open("duckdb:///:memory:") as workbench:
        loaded(workbench, 0, [("P1", "P2", f"P{3 + n % 3}") for n in range(20)])
        yield workbench


@contextmanager
def served(shop: Workbench | None) -> Generator[str]:
    """The routes on a real server of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = Starlette(routes=routes(lambda: ("ok", "1"), lambda: shop))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/recommend"
    finally:
        server.should_exit = True
        thread.join()


def test_answers_are_the_workbench_s(shop: Workbench) -> None:
    questions = {
        "product=P1": {"product": "P1"},
        "basket=P1,P3": {"basket": ["P1", "P3"]},
        "visitor=v1": {"visitor": "v1"},
    }
    with served(shop) as url:
        for query, asked in questions.items():
            for _ in range(2):  # the second one is kept
                told = requests.get(f"{url}?{query}&k=2", timeout=30)
                assert told.status_code == 200
                assert told.json() == shop.recommend(k=2, **asked).document()
            assert told.headers["cache-control"].startswith("private" if "visitor" in query else "public")


REFUSED = {
    "product=none": (404, "unknown_product"),
    "": (400, "what_to_recommend"),
    "product=P1&k=x": (400, "k"),
    "product=P1&k=1000": (400, "k"),
    "member=m1": (400, "what_to_recommend"),  # ids of members can be guessed
}


def test_what_cannot_be_answered_is_said(shop: Workbench) -> None:
    with served(shop) as url:
        for query, (status, code) in REFUSED.items():
            told = requests.get(f"{url}?{query}", timeout=30)
            assert (told.status_code, told.json()["error"]["code"]) == (status, code)
            assert told.json()["error"]["text"]


def test_before_the_shop_is_open() -> None:
    with served(None) as url:
        assert requests.get(f"{url}?product=P1", timeout=30).status_code == 503


def test_new_data_gives_new_answers(shop: Workbench) -> None:
    with served(shop) as url:
        before = requests.get(f"{url}?product=P1&k=1", timeout=30).json()["items"][0]["product"]
        loaded(shop, 100, [("P1", "P9")] * 200)
        time.sleep(FRESH_S)  # for so long an answer may be of the version before
        after = requests.get(f"{url}?product=P1&k=1", timeout=30).json()["items"][0]["product"]
    assert (before, after) == ("P2", "P9")


def test_what_is_kept_is_bounded_however_long_the_questions() -> None:
    answers = Answers()
    for n in range(3_000):  # each question as long as a server takes it
        answers.put(-1, (("basket", f"{n:06},{'P' * 30_000}"),), b"x" * 1_000)
        assert answers.size <= KEPT_BYTES
    kept = sum(answers.get(-1, (("basket", f"{n:06},{'P' * 30_000}"),)) is not None for n in range(3_000))
    assert 100 < kept < 1_000
    assert answers.get(-1, (("basket", f"002999,{'P' * 30_000}"),)) is not None  # the newest stays
    answers.get(1, ())
    assert answers.size == 0


def test_a_crowd_is_answered(shop: Workbench) -> None:
    """More at once than the server has threads; afterwards it still answers."""
    with served(shop) as url:
        told: list[int] = []

        def ask(number: int) -> None:
            told.append(requests.get(f"{url}?product=P{1 + number % 5}&k={1 + number % 40}", timeout=60).status_code)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(120)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert told == [200] * 120
        assert requests.get(f"{url}?product=P1", timeout=30).status_code == 200
