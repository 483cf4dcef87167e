"""The file of one customer's timeline, written into the log before anybody gets it."""

from __future__ import annotations

from datetime import datetime

from ifdo_core.exports import csv_bytes, in_zone
from ifdo_core.lists.export import Actor
from ifdo_core.person.moments import kind_word
from ifdo_core.person.result import Customer
from ifdo_core.roles import require_export
from ifdo_core.store import ExportLog, ExportRecord

COLUMNS = ("at", "kind", "text", "amount")


def timeline_csv(found: Customer, kinds: tuple[str, ...], labels: tuple[str, ...]) -> bytes:
    """The moments of these kinds in the shop's time, as CSV with ``labels`` over the four columns."""
    frame = in_zone(found.frame(), found.zone)
    frame = frame[frame["kind"].isin(kinds)].copy()
    frame["kind"] = frame["kind"].map(kind_word)
    return csv_bytes(frame.rename(columns=dict(zip(COLUMNS, labels, strict=True))))


def log_timeline(found: Customer, rows: int, actor: Actor, log: ExportLog, now: datetime) -> ExportRecord:
    """Keeps who took it. Raises NotAllowed where the role may not export."""
    require_export(actor.role)
    return log.add(
        ExportRecord(
            at=now, who=actor.who, role=actor.role.id, way=actor.way, destination="timeline.csv",
            segment_name=found.name, segment="", what="timeline", window="", columns=COLUMNS, masked=found.masked,
            search="", rows=rows, format="csv",
        )
    )  # fmt: skip
