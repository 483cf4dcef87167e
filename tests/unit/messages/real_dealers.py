"""Bizgo and SOLAPI on localhost, in the wire forms that they publish, failing in all the ways dealers fail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import re
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.unit.messages.localhost import Localhost

FAULTS = (
    "timeout_after",
    "timeout_before",
    "later",
    "broken_before",
    "broken_after",
    "partial",
    "garbage",
    "error_500",
)


class Server(Localhost):
    """``rate``: the share of sending calls that fail; ``sent`` counts what really went out by our key."""

    def __init__(self, seed: int = 1, rate: float = 0.0, slow: float = 0.03) -> None:
        self.dice, self.rate, self.slow = random.Random(seed), rate, slow
        self.sent: Counter[str] = Counter()
        self.bodies: dict[str, Any] = {}
        self.faults: Counter[str] = Counter()
        self.uploads: list[str] = []
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                outer.handle(self, self.command, urlsplit(self.path), self.rfile.read(size))

            do_GET = do_POST = do_DELETE = handle_any

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.serve(Handler)

    def handle(self, handler: BaseHTTPRequestHandler, method: str, url: Any, body: bytes) -> None:
        raise NotImplementedError

    def failing(self, handler: BaseHTTPRequestHandler, take: Any, shorten: Any) -> None:
        """Answers ``take()`` or fails on the way; ``shorten``: makes an answer partial."""
        with self.lock:
            fault = self.dice.choice(FAULTS) if self.dice.random() < self.rate else ""
            self.faults[fault] += 1
            before = fault in ("later", "timeout_before", "broken_before", "error_500")
            answer = {} if before else take()
        if fault.startswith("timeout"):
            time.sleep(self.slow)
        if fault.startswith("broken"):
            handler.connection.close()
            return
        if fault == "later":
            self.answer(handler, {}, 429)
        elif fault == "error_500":
            self.answer(handler, {}, 500)
        elif fault == "garbage":
            self.answer(handler, None)
        else:
            self.answer(handler, shorten(answer) if fault == "partial" else answer)


class Bizgo(Server):
    """Remembers idempotency keys; reports wait until they are acknowledged."""

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.reports: list[dict[str, str]] = []
        self.sizes: list[int] = []
        self.acks = 0

    def handle(self, handler: BaseHTTPRequestHandler, method: str, url: Any, body: bytes) -> None:
        if handler.headers.get("Authorization") != "key":
            self.answer(handler, {"common": {"authCode": "A101"}}, 401)
        elif url.path == "/api/comm/v1/send/omni":
            self.failing(handler, lambda: self._take(json.loads(body)), self._shortened)
        elif url.path.startswith("/api/comm/v1/file/brandmessage/"):
            self.uploads.append(url.path.rsplit("brandmessage/", 1)[1])
            self.sizes.append(len(body))
            self.answer(handler, self._wrapped({"imgUrl": f"https://img.example.com/{len(self.uploads)}.jpg"}))
        elif url.path == "/api/comm/v1/report/polling":
            batch = self.reports[:3]
            self.answer(handler, self._wrapped({"reportId": "r1", "report": batch} if batch else {}))
        elif method == "DELETE":
            self.reports, self.acks = self.reports[3:], self.acks + 1
            self.answer(handler, self._wrapped({}))

    def _take(self, request: dict[str, Any]) -> dict[str, Any]:
        if "idempotencyKey" in request and "idempotencyTtl" not in request:
            return {"data": {"code": "A309", "result": "no ttl"}}
        key, rows = request["idempotencyKey"], []
        known = self.sent[key] > 0
        for one in request["destinations"]:
            assert re.fullmatch(r"\d{9,12}", one["to"])
            self.sent[key] += not known
            self.bodies[key] = request
            rows.append({"to": one["to"], "msgKey": f"b-{key}", "code": "A301" if known else "A000"})
        return self._wrapped({"destinations": rows})

    def _shortened(self, answer: dict[str, Any]) -> dict[str, Any]:
        return self._wrapped({"destinations": []})

    def _wrapped(self, inner: dict[str, Any]) -> dict[str, Any]:
        return {"common": {"authCode": "A000"}, "data": {"code": "A000", "result": "Success", "data": inner}}


class Solapi(Server):
    """Has no idempotency: what it is given twice it sends twice. Its list is by customFields."""

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.statuses: dict[str, str] = {}
        self.pages = 0

    def handle(self, handler: BaseHTTPRequestHandler, method: str, url: Any, body: bytes) -> None:
        given = dict(re.findall(r"(\w+)=([^,\s]+)", handler.headers.get("Authorization", "")))
        wanted = hmac.new(b"secret", (given["date"] + given["salt"]).encode(), hashlib.sha256).hexdigest()
        if given.get("signature") != wanted or given.get("apiKey") != "key":
            self.answer(handler, {"errorCode": "SignatureDoesNotMatch"}, 403)
        elif url.path == "/messages/v4/send-many/detail":
            self.failing(handler, lambda: self._take(json.loads(body)), self._shortened)
        elif url.path == "/storage/v1/files":
            request = json.loads(body)
            base64.b64decode(request["file"])
            self.uploads.append(request["type"])
            self.answer(handler, {"fileId": f"file{len(self.uploads)}"})
        elif url.path == "/messages/v4/list":
            self._list(handler, parse_qs(url.query))

    def _take(self, request: dict[str, Any]) -> dict[str, Any]:
        rows, failed = [], []
        for one in request["messages"]:
            key = one["customFields"]["key"]
            assert len(key) <= 100
            assert one["type"] == "BMS_FREE"
            if one["to"] == "01000000000":
                failed.append({"to": one["to"], "statusCode": "1060", "customFields": {"key": key}})
                continue
            self.sent[key] += 1
            self.bodies[key] = one
            rows.append({"messageId": f"M{key}", "statusCode": "2000", "customFields": {"key": key}})
        return {"groupInfo": {"groupId": "G1"}, "messageList": rows, "failedMessageList": failed}

    def _shortened(self, answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "messageList": answer["messageList"][: len(answer["messageList"]) // 2]}

    def _list(self, handler: BaseHTTPRequestHandler, asked: dict[str, list[str]]) -> None:
        """In pages of 50, whatever is asked for."""
        with self.lock:
            keys = sorted(self.sent)
            begin = int(asked.get("startKey", ["0"])[0])
            page = keys[begin : begin + 50]
            rows = {f"M{key}": {"messageId": f"M{key}", "statusCode": self.statuses.get(key, "2000"),
                                "customFields": {"key": key}} for key in page}  # fmt: skip
            following = str(begin + 50) if begin + 50 < len(keys) else None
            self.pages += 1
        self.answer(handler, {"messageList": rows, "nextKey": following})
