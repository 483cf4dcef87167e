"""One call to a dealer over HTTP, what its status says of whether the messages may have been taken, and the parts of a
message that dealers write alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import requests

from ifdo_core.errors import MessageError
from ifdo_core.messages.dealers import TryLater, Unanswered

#: Seconds until an answer is given up: generous, because a call that was given up may have been taken.
TIMEOUT_S = 30.0


def call(
    method: str, url: str, headers: dict[str, str], timeout: float = TIMEOUT_S, **how: Any
) -> tuple[int, dict[str, Any]]:
    """(HTTP status, the JSON of the answer); 400 and the like are answers too.

    Raises Unanswered where the call may or may not have been taken, TryLater where the dealer took nothing and asks to
    wait, MessageError where it does not know the key.
    """
    try:
        answer = requests.request(method, url, headers=headers, timeout=timeout, **how)
    except requests.RequestException as error:
        raise Unanswered(type(error).__name__) from error
    if answer.status_code in (429, 503):
        raise TryLater(_seconds(answer.headers.get("Retry-After")))
    if answer.status_code in (401, 403):
        raise MessageError(
            "dealer_refused_key",
            "발송 업체가 키를 받아들이지 않아요(HTTP {status}).",
            "키와 등록한 IP 주소를 확인해 주세요. 보낸 것은 다시 보내지 않아요.",
            status=answer.status_code,
        )
    if answer.status_code >= 500:
        raise Unanswered(f"HTTP {answer.status_code}")
    try:
        given: Any = answer.json()
    except ValueError as error:
        raise Unanswered(f"HTTP {answer.status_code}") from error
    if not isinstance(given, dict):
        raise Unanswered(f"HTTP {answer.status_code}")
    return answer.status_code, cast("dict[str, Any]", given)


def _seconds(text: str | None) -> float:
    """What Retry-After says; the form with a date counts as a minute."""
    if text is None:
        return 1.0
    try:
        return max(float(text), 0.0)
    except ValueError:
        return 60.0


def digits(phone: str) -> str:
    """Dealers take numbers without signs."""
    return "".join(one for one in phone if one.isdigit())


def part(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object under ``name``; an empty one where there is none."""
    value: Any = given.get(name)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def filled(**values: Any) -> dict[str, Any]:
    """Those that are there: dealers refuse empty texts where they want a field to be left out."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def coupon(given: Mapping[str, Any] | None, links: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """A coupon as dealers take it; each names its ``links`` in its own way."""
    given = given or {}
    return filled(title=given.get("title"), description=given.get("description"), **links(part(given, "links")))


def commerce(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Title and prices of a product as dealers take them."""
    given = given or {}
    return filled(title=given.get("title"), regularPrice=given.get("price"), discountPrice=given.get("sale_price"),
                  discountRate=given.get("discount_rate"), discountFixed=given.get("discount_fixed"))  # fmt: skip
