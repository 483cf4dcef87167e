"""The morning's digest: what changed, why it matters, what to do; as text, as HTML and by e-mail."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import Protocol

import pandas as pd

from ifdo_core.config import ShopSettings
from ifdo_core.digest.mailing import DigestMailed, mail_digest
from ifdo_core.digest.result import Digest
from ifdo_core.engines import Engine
from ifdo_core.insights import Insights

__all__ = ["Digest", "DigestMailed", "digest", "mail_digest"]
#: Customers at risk that the digest names.
NAMED = 5


class Door(Protocol):
    """What of the workbench is needed here."""

    engine: Engine
    settings: ShopSettings

    @property
    def now(self) -> datetime: ...

    def insights(self, day: date | None = None) -> Insights: ...

    def customers_at_risk(self, limit: int = 20) -> pd.DataFrame: ...


def digest(door: Door, day: date | None, base_url: str | None) -> Digest:
    """``base_url`` None: IFDO_APP_URL, '' for no links."""
    base = os.environ.get("IFDO_APP_URL", "") if base_url is None else base_url
    settings = door.settings
    return Digest(
        door.insights(day), door.customers_at_risk(NAMED), door.now, settings.name, settings.currency, settings.zone,
        base.strip().rstrip("/"),
    )  # fmt: skip
