"""The tables as the code of today reads them. How a database gets there: ``migrations``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, DateTime, Integer, LargeBinary, String, Text
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


class MessageDraftRow(Base):
    """A brand message being written; ``tree`` is its JSON (``store.messages``)."""

    __tablename__ = "message_drafts"

    draft_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    folder: Mapped[str] = mapped_column(String(200))
    tree: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime)
    updated_at: Mapped[datetime] = mapped_column(DateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime)


class MessageVersionRow(Base):
    """A draft as it was; the number counts up within the draft."""

    __tablename__ = "message_versions"

    draft_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    tree: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(DateTime)


class MessageImageRow(Base):
    """An uploaded image; the id is that of its content."""

    __tablename__ = "message_images"

    image_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime)


class ApplicationEventRow(Base):
    """One step of the channel's application for M and N; the state is that of the newest."""

    __tablename__ = "channel_events"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime)
    state: Mapped[str] = mapped_column(String(40))
    who: Mapped[str] = mapped_column(String(200))
    facts: Mapped[str] = mapped_column(Text)


class CampaignRow(Base):
    """A sending; ``state``: running, stopped or cancelled (``store.outbox``)."""

    __tablename__ = "campaigns"

    campaign: Mapped[str] = mapped_column(String(200), primary_key=True)
    targeting: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(DateTime)


class OutboxRow(Base):
    """One message to one member, written before it is sent; ``key`` is its idempotency key."""

    __tablename__ = "outbox"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    campaign: Mapped[str] = mapped_column(String(200), index=True)
    member_id: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(Integer)
    not_before: Mapped[datetime] = mapped_column(DateTime)
    updated_at: Mapped[datetime] = mapped_column(DateTime)
    dealer_id: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(200))


class LeaseRow(Base):
    """What one process is at and no other may be (``store.leases``); ``beat`` counts up while it lives."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(300), primary_key=True)
    holder: Mapped[str] = mapped_column(String(40))
    beat: Mapped[int] = mapped_column(BigInteger)


class PlanRow(Base):
    """What a campaign is to send, to whom and when (``store.plans``); ``facts`` is the plan's JSON."""

    __tablename__ = "campaign_plans"

    campaign: Mapped[str] = mapped_column(String(200), primary_key=True)
    facts: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(DateTime)
    created_at: Mapped[datetime] = mapped_column(DateTime)
    state: Mapped[str] = mapped_column(String(20))
    who: Mapped[str] = mapped_column(String(200))


class FolderRow(Base):
    """A group of drafts with its colour."""

    __tablename__ = "message_folders"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    colour: Mapped[str] = mapped_column(String(20))


class ConsentRow(Base):
    """One thing a member agreed to or took back (``store.consents``); rows are added, never changed. ``digest`` covers
    the row and the digest before it, so that a change afterwards is seen."""

    __tablename__ = "consents"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime)
    member_id: Mapped[str] = mapped_column(String(200), index=True)
    what: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    facts: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
