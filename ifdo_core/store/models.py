"""The tables as the code of today reads them. How a database gets there: ``migrations``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, DateTime, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables of the store; each change of theirs is a numbered migration."""


class SegmentRow(Base):
    """A saved segment; ``tree`` is the JSON of api.md, ``deleted_at`` marks one that can still be brought back."""

    __tablename__ = "segments"

    segment_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    tree: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime)
    updated_at: Mapped[datetime] = mapped_column(DateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime)
    owner: Mapped[str | None] = mapped_column(String(200))


class ExportRow(Base):
    """A list that left the house: by download, e-mail, command line or notebook (``store.exports``)."""

    __tablename__ = "exports"

    export_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime)
    who: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(40))
    way: Mapped[str] = mapped_column(String(40))
    destination: Mapped[str] = mapped_column(Text)
    segment_name: Mapped[str] = mapped_column(String(200))
    segment: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(String(40))
    span: Mapped[str] = mapped_column(String(40))
    columns: Mapped[str] = mapped_column(Text)
    masked: Mapped[bool] = mapped_column(Boolean)
    search: Mapped[str] = mapped_column(String(200))
    row_count: Mapped[int] = mapped_column(BigInteger)
    format: Mapped[str] = mapped_column(String(40))
