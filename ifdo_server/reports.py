"""``POST /messages/report``: what a dealer tells of messages that were sent; signed, repeatable, late or early."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ifdo_core.errors import IfdoError, NotAllowed

MAX_BYTES = 5_000_000
#: Takes (timestamp, body, signature) and answers how many rows changed; raises NotAllowed.
Take = Callable[[str, bytes, str], int]


def report_route(take: Take) -> Route:
    """The route; a report that cannot be believed changes nothing and is refused."""

    async def answer(request: Request) -> Response:
        if int(request.headers.get("content-length") or 0) > MAX_BYTES:
            return JSONResponse({"error": "too_large"}, status_code=413)
        body = await request.body()
        stamp, signature = (request.headers.get(f"x-dealer-{name}", "") for name in ("timestamp", "signature"))
        try:
            changed = await run_in_threadpool(take, stamp, body, signature)
        except NotAllowed as error:
            return JSONResponse({"error": error.code}, status_code=403)
        except IfdoError as error:
            return JSONResponse({"error": error.code}, status_code=503)
        return JSONResponse({"changed": changed})

    return Route("/messages/report", answer, methods=["POST"])
