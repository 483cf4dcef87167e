"""The only reader of the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, naive and in UTC, as all timestamps of the workbench are."""
    return datetime.now(UTC).replace(tzinfo=None)
