"""The file that a dealer's own site takes, as Excel or CSV: one row a message. For a shop without an interface to its
dealer, who uploads it by hand."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from ifdo_core.exports import csv_bytes, safe_frame
from ifdo_core.messages.dealers import Answer, Parcel

FILE = "file"
COLUMNS = ("key", "phone", "targeting", "type", "message", "json")


@dataclass
class FileDealer:
    """Takes everything: what it took stands in the ledger, and the file is made of that (``Campaign.file``)."""

    name: str = FILE
    batch: int = 1_000
    per_second: float = 1_000.0
    remembers: timedelta | None = None

    def send(self, parcels: Sequence[Parcel]) -> list[Answer]:
        return [Answer(one.key, "accepted") for one in parcels]

    def look_up(self, keys: Sequence[str]) -> dict[str, Answer]:
        """Nothing left the house with a call that was cut off, so it is made again."""
        return {}


def upload_frame(parcels: Sequence[Parcel]) -> pd.DataFrame:
    """key, phone, targeting, type, the text as it is read, and the whole message as JSON."""
    rows = [
        (
            p.key,
            p.phone,
            p.targeting,
            p.body.get("type", ""),
            p.body.get("text", ""),
            json.dumps(p.body, ensure_ascii=False),
        )
        for p in parcels
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def upload_csv(parcels: Sequence[Parcel]) -> bytes:
    return csv_bytes(upload_frame(parcels))


def upload_xlsx(parcels: Sequence[Parcel]) -> bytes:
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="xlsxwriter") as writer:
        safe_frame(upload_frame(parcels)).to_excel(writer, index=False, sheet_name="messages")
    return buffer.getvalue()
