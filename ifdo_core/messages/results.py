"""What dealers tell afterwards, taken into the ledger, and from there as canonical rows of ``messages``."""

from __future__ import annotations

import json
from typing import Any, cast

import pandas as pd

from ifdo_core.clock import utc_now
from ifdo_core.errors import NotAllowed
from ifdo_core.messages.dealer_http import is_genuine
from ifdo_core.store.outbox import Entry, Outbox, Settled

_STATES = {"delivered": "delivered", "failed": "failed"}
#: State of a row → status of the canonical table; what was never taken is no message.
_STATUS = {"accepted": "accepted", "delivered": "delivered", "failed": "failed"}


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


def canonical_rows(entries: list[Entry], targeting: str) -> pd.DataFrame:
    """Rows for ``Workbench.load(messages=…)``: the same entry always has the same message_id."""
    rows = [
        {
            "message_id": one.key,
            "ts": one.not_before,
            "channel": "brand_message",
            "status": _STATUS[one.state],
            "member_id": one.member_id,
            "campaign": one.campaign,
            "targeting": targeting,
            "delivered_at": one.updated_at if one.state == "delivered" else None,
            "failed_at": one.updated_at if one.state == "failed" else None,
            "failure": one.reason or None,
        }
        for one in entries
        if one.state in _STATUS
    ]
    columns = ["message_id", "ts", "channel", "status", "member_id", "campaign", "targeting", "delivered_at",
               "failed_at", "failure"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    for name in ("ts", "delivered_at", "failed_at"):
        frame[name] = pd.to_datetime(frame[name]).dt.tz_localize("UTC")
    return frame
