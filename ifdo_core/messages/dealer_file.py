"""The file that a dealer's own site takes: one row a message, as Excel or CSV."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import pandas as pd

from ifdo_core.exports import csv_bytes, safe_frame
from ifdo_core.messages.dealers import Parcel

COLUMNS = ("key", "phone", "targeting", "type", "message", "json")


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
