"""What dealers tell afterwards, taken into the ledger, and from there as canonical rows of ``messages``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import pandas as pd

from ifdo_core.clock import utc_now
from ifdo_core.errors import NotAllowed
from ifdo_core.messages.dealer_http import is_genuine
from ifdo_core.store.outbox import Entry, Outbox, Settled

_STATES = {"delivered": "delivered", "failed": "failed"}
#: State of a row → status of the canonical table; what was never taken is no message.
_STATUS = {"accepted": "accepted", "delivered": "delivered", "failed": "failed", "holdout": "holdout"}
_COLUMNS = ("message_id", "ts", "channel", "status", "member_id", "campaign", "targeting", "variant", "delivered_at",
            "failed_at", "failure", "cost")  # fmt: skip


def take_report(outbox: Outbox, secret: str, timestamp: str, body: bytes, signature: str, now_s: float) -> int:
    """The rows that a webhook changed. Reports may come twice and late. Raises NotAllowed for one that is not
    genuine."""
    if not secret or not is_genuine(secret, timestamp, body, signature, now_s):
        raise NotAllowed(
            "report_not_genuine", "발송 결과의 서명이 맞지 않아요.", "발송 업체의 비밀 키를 확인해 주세요."
        )
    try:
        given = json.loads(body)
        rows = cast("list[dict[str, Any]]", given["reports"] if isinstance(given, dict) else given)
        told = [
            Settled(str(row["key"]), _STATES[row["state"]], reason=str(row.get("reason", "")))
            for row in rows
            if row.get("state") in _STATES
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAllowed("report_unreadable", "발송 결과를 읽을 수 없어요.", "결과의 형식을 확인해 주세요.") from error
    return outbox.settle(told, utc_now())


def canonical_rows(
    entries: list[Entry], targeting: str, told: Callable[[str], tuple[str | None, int]] | None = None
) -> pd.DataFrame:
    """Rows for ``Workbench.load(messages=…)``: the same entry always has the same message_id.

    ``told``: variant and price in won of a member's message; held-out members have neither.
    """
    rows = [_row(one, targeting, told) for one in entries if one.state in _STATUS]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    for name in ("ts", "delivered_at", "failed_at"):
        frame[name] = pd.to_datetime(frame[name]).dt.tz_localize("UTC")
    frame["cost"] = frame["cost"].astype("Int64")
    return frame


def _row(one: Entry, targeting: str, told: Callable[[str], tuple[str | None, int]] | None) -> tuple[object, ...]:
    held, failed = one.state == "holdout", one.state == "failed"
    variant, price = told(one.member_id) if told is not None and not held else (None, None)
    delivered_at = one.updated_at if one.state == "delivered" else None
    return (
        one.key, one.not_before, "brand_message", _STATUS[one.state], one.member_id, one.campaign, targeting, variant,
        delivered_at, one.updated_at if failed else None, one.reason or None, None if failed else price,
    )  # fmt: skip
