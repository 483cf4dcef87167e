"""``GET /health``: is the shop open, and on which version of its data (api.md, 'HTTP')."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ifdo_server.recommend import Shop, recommend_route

Status = Literal["ok", "starting", "failed"]
#: The status of the shop, and the version of its data once it is open.
Health = Callable[[], tuple[Status, str | None]]


def routes(health: Health, shop: Shop) -> list[Route]:
    """Every route; ``health`` and ``shop`` are asked at each call and must not block."""

    def answer(request: Request) -> JSONResponse:
        status, version = health()
        code = 503 if status == "failed" else 200
        return JSONResponse({"status": status, "data_version": version}, status_code=code)

    return [Route("/health", answer, methods=["GET"]), recommend_route(shop)]
