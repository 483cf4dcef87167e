"""The digest's way to each of its recipients: once a day, tried again where the mail server did not take it.

An attempt is written down before the server is called, so that one which a crash cut off is not taken for one that
never was: an address gets the digest of a day at most once.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import delete, insert, select

from ifdo_core import tables
from ifdo_core.clock import utc_now
from ifdo_core.digest.mailing import DigestMailed, mail_digest
from ifdo_core.digest.result import Digest
from ifdo_core.engines import Engine
from ifdo_core.errors import IfdoError
from ifdo_core.mail import UNSURE

TRYING, SENT, FAILED, UNKNOWN = "trying", "sent", "failed", "unsure"
#: Waits before the second, third … attempt by itself; after the last one of them the day is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120))
_mails = tables.digest_mails


def attempts(engine: Engine, day: date | None = None) -> pd.DataFrame:
    """The newest attempt of each day and address, the newest day first: columns of ``digest_mails``."""
    wanted = select(_mails).order_by(_mails.c.day.desc(), _mails.c.address, _mails.c.attempt)
    found = engine.frame(wanted if day is None else wanted.where(_mails.c.day == day))
    return found.drop_duplicates(["day", "address"], keep="last").reset_index(drop=True)


def outstanding(engine: Engine, day: date, to: tuple[str, ...], wall: datetime | None = None) -> tuple[str, ...]:
    """Of ``to`` those whom the digest of the day has not gone out to. ``wall`` (naive UTC): only those whose wait after
    an attempt that failed is over, and who were not given up."""
    return _left(_last(engine, day), to, wall)


def _last(engine: Engine, day: date) -> dict[str, dict[Hashable, Any]]:
    """Address → its newest attempt of the day."""
    return {str(row["address"]): row for row in attempts(engine, day).to_dict("records")}


def _left(last: dict[str, dict[Hashable, Any]], to: tuple[str, ...], wall: datetime | None) -> tuple[str, ...]:
    return tuple(address for address in to if address not in last or _again(last[address], wall))


def _again(last: dict[Hashable, Any], wall: datetime | None) -> bool:
    if last["status"] != FAILED:
        return False
    if wall is None:
        return True
    tried = int(last["attempt"])
    return tried <= len(WAITS) and wall >= last["tried_at"] + WAITS[tried - 1]


def post(engine: Engine, digest: Digest, to: tuple[str, ...]) -> DigestMailed | None:
    """Sends to each of ``to`` for whom it is outstanding; None where there is nobody. One address that fails does not
    keep it from the others: the first failure is raised when all were tried."""
    day, failure = digest.insights.day, None
    last = _last(engine, day)
    sent: list[DigestMailed] = []
    for address in _left(last, to, None):
        attempt = int(last[address]["attempt"]) + 1 if address in last else 1
        _note(engine, day, address, attempt, TRYING)
        try:
            sent.append(mail_digest(digest, (address,), utc_now(), dry_run=False))
        except IfdoError as error:
            _note(engine, day, address, attempt, UNKNOWN if error.code == UNSURE else FAILED, error.code)
            failure = failure or error
        else:
            _note(engine, day, address, attempt, SENT)
    if failure is not None:
        raise failure
    if not sent:
        return None
    whole = sent[0]
    every = tuple(address for one in sent for address in one.to)
    return DigestMailed(True, whole.sender, every, whole.subject, whole.text, whole.html)


def _note(engine: Engine, day: date, address: str, attempt: int, status: str, failure: str | None = None) -> None:
    own = (_mails.c.day == day, _mails.c.address == address, _mails.c.attempt == attempt)
    facts = {
        "day": day,
        "address": address,
        "attempt": attempt,
        "status": status,
        "tried_at": utc_now(),
        "failure": failure,
    }
    engine.write(delete(_mails).where(*own), insert(_mails).values(**facts))
