"""``GET /recommend``: recommendations for a shop's site, from the app's own process (JSON).

``product=``, ``basket=`` (ids with commas) or ``visitor=`` (alone or with one of the two), and ``k=``. Answers are kept
by data version, so the same question costs a look-up; a refused question says why.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ifdo_core.errors import DataError, IfdoError
from ifdo_core.i18n import translate
from ifdo_core.workbench import Workbench

#: The open shop; None while it opens.
Shop = Callable[[], Workbench | None]
Key = tuple[tuple[str, str], ...]
#: Bytes of answers, with their questions, that are kept: some ten thousand of usual size.
KEPT_BYTES = 32_000_000
#: For so long an answer may be of the version before: the database need not be asked at every call.
FRESH_S = 1.0
#: No member ids: they can be guessed, and a reason may tell what somebody bought.
_ASKED = ("product", "basket", "visitor")
_AGE_S = 300  # how long a browser may keep an answer


class Answers:
    """The newest answers by question, of one version of the data; ``most`` bytes with their questions."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._most = most
        self._version = -1
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0

    def get(self, version: int, key: Key) -> bytes | None:
        with self._lock:
            if version != self._version:
                self._kept.clear()
                self._version, self.size = version, 0
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, version: int, key: Key, answer: bytes) -> None:
        with self._lock:
            if version != self._version or key in self._kept:
                return
            self._kept[key] = answer
            self.size += _size(key, answer)
            while self.size > self._most:
                self.size -= _size(*self._kept.popitem(last=False))


def _size(key: Key, answer: bytes) -> int:
    """What an answer takes, roughly: the texts and what Python adds to each."""
    return len(answer) + sum(len(name) + 4 * len(value) for name, value in key) + 400


class Version:
    """The version of the data, looked up at most once a second and never in the loop that serves."""

    def __init__(self, fresh_s: float = FRESH_S) -> None:
        self._fresh_s = fresh_s
        self._value = -1
        self._of: Workbench | None = None
        self._until = 0.0

    async def of(self, workbench: Workbench) -> int:
        if workbench is not self._of or time.monotonic() >= self._until:
            self._value = await run_in_threadpool(lambda: workbench.data_version)
            self._of, self._until = workbench, time.monotonic() + self._fresh_s
        return self._value


def answer(workbench: Workbench, asked: Mapping[str, str]) -> bytes:
    """The JSON for the query parameters. Raises IfdoError for a question that cannot be answered."""
    given: dict[str, Any] = {name: asked[name] for name in _ASKED if asked.get(name)}
    if "basket" in given:
        given["basket"] = [product for product in given["basket"].split(",") if product][:100]
    if not given:
        raise DataError(
            "what_to_recommend",
            "무엇에 대한 추천인지 알려 주세요.",
            "product, basket, visitor 가운데 하나를 적어 주세요.",
        )
    try:
        k = int(asked.get("k", "10"))
    except ValueError:
        raise DataError("k", "k는 정수예요.", "k=10처럼 적어 주세요.") from None
    return workbench.recommend(k=k, **given).json()


def recommend_route(shop: Shop) -> Route:
    """The route; ``shop`` is asked at each call and must not block."""
    answers, versions = Answers(), Version()

    async def handle(request: Request) -> Response:
        workbench = shop()
        if workbench is None:
            return _said(503, "starting", translate("쇼핑몰을 여는 중이에요."))
        asked = request.query_params
        key = tuple(sorted((name, asked[name]) for name in (*_ASKED, "k") if name in asked))
        version = await versions.of(workbench)
        found = answers.get(version, key)
        if found is None:
            try:
                found = await run_in_threadpool(answer, workbench, dict(key))
            except IfdoError as error:
                return _said(404 if error.code.startswith("unknown") else 400, error.code, error.text())
            answers.put(version, key, found)
        whose = "private" if "visitor" in request.query_params else "public"
        headers = {"Cache-Control": f"{whose}, max-age={_AGE_S}", "Access-Control-Allow-Origin": "*"}
        return Response(found, media_type="application/json", headers=headers)

    return Route("/recommend", handle, methods=["GET"])


def _said(status: int, code: str, text: str) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse({"error": {"code": code, "text": text}}, status_code=status)
