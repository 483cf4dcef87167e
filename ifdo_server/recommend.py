"""``GET /recommend``: recommendations for a shop's site, from the app's own process (JSON).

``product=``, ``basket=`` (ids with commas) or ``visitor=`` (alone or with one of the two), and ``k=``. Answers are kept
by data version, so the same question costs a look-up; a refused question says why.
"""

from __future__ import annotations

import threading
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
KEPT = 20_000
#: No member ids: they can be guessed, and a reason may tell what somebody bought.
_ASKED = ("product", "basket", "visitor")
_AGE_S = 300  # how long a browser may keep an answer


class Answers:
    """The newest answers by question, of one version of the data."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._version = -1
        self._kept: OrderedDict[tuple[tuple[str, str], ...], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: int, key: tuple[tuple[str, str], ...]) -> bytes | None:
        with self._lock:
            if version != self._version:
                self._kept.clear()
                self._version = version
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, version: int, key: tuple[tuple[str, str], ...], answer: bytes) -> None:
        with self._lock:
            if version == self._version:
                self._kept[key] = answer
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)


def answer(workbench: Workbench, asked: Mapping[str, str]) -> bytes:
    """The JSON for the query parameters. Raises IfdoError for a question that cannot be answered."""
    given: dict[str, Any] = {name: asked[name] for name in _ASKED if asked.get(name)}
    if "basket" in given:
        given["basket"] = [product for product in given["basket"].split(",") if product][:100]
    try:
        k = int(asked.get("k", "10"))
    except ValueError:
        raise DataError("k", "k는 정수예요.", "k=10처럼 적어 주세요.") from None
    return workbench.recommend(k=k, **given).json()


def recommend_route(shop: Shop) -> Route:
    """The route; ``shop`` is asked at each call and must not block."""
    answers = Answers()

    async def handle(request: Request) -> Response:
        workbench = shop()
        if workbench is None:
            return _said(503, "starting", translate("쇼핑몰을 여는 중이에요."))
        asked = request.query_params
        key = tuple(sorted((name, asked[name]) for name in (*_ASKED, "k") if name in asked))
        version = workbench.data_version
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
