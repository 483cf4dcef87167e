"""The shop's own facts that every number depends on, kept in the ``settings`` table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class ShopSettings:
    """Facts of the shop. ``visit_gap_minutes``: a longer gap starts a new visit (semantics.md, 'Visits')."""

    name: str = ""
    timezone: str = "Asia/Seoul"
    currency: str = "KRW"
    own_hosts: tuple[str, ...] = ()
    visit_gap_minutes: int = 30
    free_shipping_from: int | None = None  # won
    message_cap: int = 3  # brand messages a member may get in a period
    demo: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def minor_digits(self) -> int:
        """Digits of the currency's smallest unit: 0 for won, 2 for dollars."""
        return 0 if self.currency in ("KRW", "JPY", "VND") else 2

    def to_rows(self) -> dict[str, str]:
        """As text, for the ``settings`` table; empty values are left out."""
        out: dict[str, str] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value is None or value == () or value == "":
                continue
            out[item.name] = "\n".join(self.own_hosts) if item.name == "own_hosts" else str(value)
        return out

    @classmethod
    def from_rows(cls, rows: dict[str, str]) -> ShopSettings:
        known: dict[str, object] = {}
        for item in fields(cls):
            text = rows.get(item.name)
            if text is None:
                continue
            if item.name == "own_hosts":
                known[item.name] = tuple(text.split("\n"))
            elif item.name in ("visit_gap_minutes", "free_shipping_from", "message_cap"):
                known[item.name] = int(text)
            elif item.name == "demo":
                known[item.name] = text == "True"
            else:
                known[item.name] = text
        return cls(**known)  # type: ignore[arg-type]
