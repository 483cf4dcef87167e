"""A dealer on localhost that fails in all the ways dealers fail. It counts what really went to whom."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from tests.unit.messages.localhost import Localhost

FAULTS = ("timeout_after", "timeout_before", "later", "broken_before", "broken_after", "partial", "garbage")


class FakeDealer(Localhost):
    """``rate``: the share of calls that fail. Without ``dedupe`` it sends what it is given, twice if asked twice.
    ``far``: seconds until a call is with it; ``asked_by``: the key of who sent last."""

    def __init__(self, seed: int = 1, rate: float = 0.0, *, dedupe: bool = True, slow: float = 0.3,
                 far: float = 0.0) -> None:  # fmt: skip
        self.dice, self.rate, self.dedupe, self.slow, self.far = random.Random(seed), rate, dedupe, slow, far
        self.sent: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.asked_by = ""
        self.lock = threading.Lock()
        dealer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                rows = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"]
                time.sleep(dealer.far)
                dealer.asked_by = self.headers["Authorization"]
                dealer.take(self, rows)

            def do_GET(self) -> None:
                keys = parse_qs(urlsplit(self.path).query).get("keys", [""])[0].split(",")
                with dealer.lock:
                    found = [{"key": key, "id": f"d-{key}"} for key in keys if dealer.sent[key]]
                dealer.answer(self, {"messages": found})

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.serve(Handler)

    def take(self, handler: BaseHTTPRequestHandler, rows: list[dict[str, str]]) -> None:
        with self.lock:
            fault = self.dice.choice(FAULTS) if self.dice.random() < self.rate else ""
            self.faults[fault] += 1
            if fault == "later":
                results, status = [], 429
            elif fault in ("timeout_before", "broken_before"):
                results, status = [], 500
            else:
                results, status = [self._send(row["key"]) for row in rows], 200
        if fault in ("timeout_before", "timeout_after"):
            time.sleep(self.slow)
        if fault in ("broken_before", "broken_after"):
            handler.connection.close()
            return
        if fault == "partial":
            results = results[: len(results) // 2]
        if fault == "garbage":
            self.answer(handler, None)
            return
        self.answer(handler, {"results": results}, status)

    def _send(self, key: str) -> dict[str, str]:
        known = self.sent[key]
        if not known or not self.dedupe:
            self.sent[key] += 1
        return {"key": key, "code": "A301" if known else "A000", "id": f"d-{key}"}
