"""What the demo shop sent: a weekly brand message to channel friends, one for each campaign of the month, a newsletter.

Only members who may get a message get one (product.md, 'Brand message targeting'); a tenth of each campaign of the
month is held out. Opens are known for e-mail alone, as in life.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ifdo_core.ingest.demo.calendar import DAY, HOUR, MINUTE, SEOUL, Calendar
from ifdo_core.ingest.demo.columns import chosen, datetimes, identifiers, integers
from ifdo_core.ingest.demo.parts import Flags, Floats, Ints, parts, stream, texts

_CHANNELS = ("brand_message", "email")
_TARGETS = ("I", "M")
_VARIANTS = ("A", "B")
_STATUSES = ("accepted", "delivered", "failed", "holdout")
_FAILURES = ("not_a_kakao_user", "blocked", "app_too_old")
_COST = 100  # won, of one brand message
_SENT_AT = 11 * HOUR  # Seoul time
_HOLDOUT = 0.1


def message_frame(calendar: Calendar, members: pd.DataFrame) -> pd.DataFrame:
    """The messages table: one row a message and member, oldest first."""
    joined = members.joined_at.to_numpy(dtype="datetime64[ms]").astype(np.int64)  # unknown lies before everything
    ready = (members.phone.notna() & ~_yes(members.opted_out)).to_numpy(dtype=bool)
    consent = ready & _yes(members.marketing_consent)
    friend = ready & _yes(members.channel_friend)
    mail = (members.email.notna() & _yes(members.consent_email)).to_numpy(dtype=bool)
    months = parts("traffic")["months"]
    pieces: list[pd.DataFrame] = []
    names: list[str] = []

    def send(day: int, name: str, channel: int, to: Flags, rates: tuple[float, float], target: int, test: bool) -> None:
        at = calendar.midnight + day * DAY + _SENT_AT
        if at + 2 * HOUR > calendar.end_ms:
            return
        names.append(name)
        rng = stream(calendar.seed, "messages", len(names))
        rows = np.flatnonzero(to & (joined < at - DAY))
        pieces.append(_sent(rng, rows, at, calendar.end_ms, len(names) - 1, channel, rates, target, test))

    weekday = (calendar.midnight + SEOUL) // DAY  # 1970-01-01 was a Thursday
    before = 0
    for day in range(calendar.days):
        month, _ = calendar.month_campaign(day)
        if month and month != before:
            send(day, months[month][1], 0, consent, (0.965, 0.085), 1, True)
        before = month
        if (weekday + day + 3) % 7 == 1 and not month:
            turn = stream(calendar.seed, "turns", day).random(len(members)) < 0.25
            send(day, "브랜드메시지_정기", 0, friend & turn, (0.98, 0.11), 0, False)
        if (weekday + day + 3) % 7 == 3 and day % 14 < 7:
            turn = stream(calendar.seed, "turns", day).random(len(members)) < 0.2
            send(day, "주간뉴스레터", 1, mail & turn, (0.985, 0.03), -1, False)
    if not pieces:
        return pd.DataFrame({"message_id": pd.Series(dtype="str")})
    sent = pd.concat(pieces, ignore_index=True)
    return _worded(sent, members, names)


def _yes(column: pd.Series[Any]) -> Flags:
    return column.fillna(False).to_numpy(dtype=bool)


def _sent(
    rng: np.random.Generator,
    rows: Ints,
    at: int,
    end: int,
    name: int,
    channel: int,
    rates: tuple[float, float],
    target: int,
    test: bool,
) -> pd.DataFrame:
    """Numbers of one sending; times are ms, -1 where it did not happen. ``rates``: delivered, clicked."""
    size = len(rows)
    held = (rng.random(size) < _HOLDOUT) if test else np.zeros(size, dtype=np.bool_)
    variant = np.where(held | (not test), -1, (rng.random(size) < 0.5).astype(np.int64))
    sent = at + (np.arange(size) // 200) * 1000
    delivered = ~held & (rng.random(size) < rates[0])
    arrived = sent + (rng.random(size) ** 3 * 5 * MINUTE).astype(np.int64) + 800
    chance: Floats = np.where(variant == 1, rates[1] * 1.2, rates[1])
    delay = (rng.exponential(5.0, size) * HOUR).astype(np.int64)
    opens = delivered & (channel == 1) & (rng.random(size) < 0.24)
    clicked = np.where(channel == 1, opens & (rng.random(size) < rates[1] / 0.24), rng.random(size) < chance)
    clicked = clicked & delivered & (arrived + delay <= end)
    opened_at = arrived + np.where(clicked, delay // 2, delay)
    failed = ~held & ~delivered
    return pd.DataFrame(
        {
            "row": rows,
            "name": name,
            "channel": channel,
            "target": target,
            "ts": sent,
            "variant": variant,
            "status": np.select([held, delivered], [3, 1], 2),
            "delivered_at": np.where(delivered, arrived, -1),
            "opened_at": np.where(opens & (opened_at <= end), opened_at, -1),
            "clicked_at": np.where(clicked, arrived + delay, -1),
            "failed_at": np.where(failed, arrived, -1),
            "failure": np.where(failed, rng.integers(0, len(_FAILURES), size), -1),
        }
    )


def _worded(sent: pd.DataFrame, members: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    codes = {name: sent[name].to_numpy(dtype=np.int64) for name in sent.columns}
    moments = {
        name: datetimes(codes[name], codes[name] >= 0)
        for name in ("delivered_at", "opened_at", "clicked_at", "failed_at")
    }
    paid = (codes["status"] == 1) & (codes["channel"] == 0)
    return pd.DataFrame(
        {
            "message_id": identifiers("msg", np.arange(len(sent)) + 1, 7),
            "ts": datetimes(codes["ts"]),
            "channel": chosen(texts(list(_CHANNELS)), codes["channel"]),
            "status": chosen(texts(list(_STATUSES)), codes["status"]),
            "member_id": members.member_id.to_numpy()[codes["row"]],
            "campaign": chosen(texts(names), codes["name"]),
            "variant": chosen(texts(list(_VARIANTS)), codes["variant"]),
            "targeting": chosen(texts(list(_TARGETS)), codes["target"]),
            **moments,
            "failure": chosen(texts(list(_FAILURES)), codes["failure"]),
            "cost": integers(np.full(len(sent), _COST), paid),
        }
    )
