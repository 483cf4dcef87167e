"""Which tables a set of marts lives in: the main one, or a copy as of an earlier moment."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy import MetaData, Table

from ifdo_core import tables


@dataclass(frozen=True)
class MartTables:
    """The derived tables that belong together: all built for the same moment."""

    identity: Table
    visits: Table
    people: Table
    person_orders: Table
    baskets: Table
    cart_events: Table

    @classmethod
    def main(cls) -> MartTables:
        return cls(*(getattr(tables, item.name) for item in fields(cls)))

    @classmethod
    def named(cls, prefix: str) -> MartTables:
        """The same tables under names that begin with ``prefix``."""
        metadata = MetaData()
        return cls(*(table.to_metadata(metadata, name=f"{prefix}_{table.name}") for table in cls.main().all()))

    def all(self) -> tuple[Table, ...]:
        return tuple(getattr(self, item.name) for item in fields(self))
