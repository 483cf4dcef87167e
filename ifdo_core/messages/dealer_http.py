"""A dealer with an HTTP interface of the Bizgo kind: batches under an idempotency key, results by webhook and look-up.

The wire form: POST {url}/send {"messages": [{"key", "to", "targeting", "body"}]} → {"results": [{"key", "code", "id"}]}
with A000 taken, A301 taken before, A429 later, anything else refused; GET {url}/messages?keys=a,b → {"messages": […]}.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests

from ifdo_core.messages.dealers import Answer, Outcome, Parcel, TryLater, Unanswered

_OUTCOMES: dict[str, Outcome] = {"A000": "accepted", "A301": "duplicate", "A429": "later"}
#: A webhook older or newer than this is not believed.
TOLERANCE_S = 300


@dataclass
class HttpDealer:
    """``secret`` signs the webhooks; ``timeout``: seconds until an answer is given up, generous because a call that was
    given up may have been taken."""

    url: str
    key: str
    secret: str
    timeout: float = 30.0
    name: str = "http"
    batch: int = 200
    per_second: float = 5.0
    remembers: timedelta | None = None

    def send(self, parcels: Sequence[Parcel]) -> list[Answer]:
        rows = [{"key": one.key, "to": one.phone, "targeting": one.targeting, "body": one.body} for one in parcels]
        given = self._call("POST", "/send", json={"messages": rows})
        answers = {row["key"]: _answer(row) for row in given.get("results", ())}
        # what a partial answer leaves out is unknown, and is asked about later
        return [answers[one.key] for one in parcels if one.key in answers]

    def look_up(self, keys: Sequence[str]) -> dict[str, Answer]:
        given = self._call("GET", "/messages", params={"keys": ",".join(keys)})
        return {row["key"]: Answer(row["key"], "accepted", str(row.get("id", ""))) for row in given.get("messages", ())}

    def _call(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        try:
            answer = requests.request(
                method, self.url + path, headers={"Authorization": self.key}, timeout=self.timeout, **how
            )
        except requests.RequestException as error:
            raise Unanswered(str(type(error).__name__)) from error
        if answer.status_code in (429, 503):
            raise TryLater(float(answer.headers.get("Retry-After", "1")))
        if answer.status_code >= 500:
            raise Unanswered(f"HTTP {answer.status_code}")
        try:
            answer.raise_for_status()
            return answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Unanswered(f"HTTP {answer.status_code}") from error


def _answer(row: dict[str, Any]) -> Answer:
    code = str(row.get("code", ""))
    return Answer(row["key"], _OUTCOMES.get(code, "refused"), str(row.get("id", "")), code)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What a webhook is signed with: the timestamp and the body, so that neither can be changed."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_genuine(secret: str, timestamp: str, body: bytes, given: str, now_s: float) -> bool:
    """Whether a webhook comes from the dealer, and now."""
    if not timestamp.isdigit() or abs(now_s - int(timestamp)) > TOLERANCE_S:
        return False
    return hmac.compare_digest(signature(secret, timestamp, body), given)
