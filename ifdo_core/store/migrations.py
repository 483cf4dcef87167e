"""Numbered steps from an empty database to the tables of ``models``; a step is never edited once released.

Each step has its own frozen picture of the tables, so that it does the same in a year. All missing steps
run in one transaction: a database is at one number or at another, never between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    select,
)

from ifdo_core.clock import utc_now
from ifdo_core.errors import EngineError

_book = MetaData()
applied = Table(
    "migrations",
    _book,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False),
    Column("applied_at", DateTime, nullable=False),
)


@dataclass(frozen=True)
class Migration:
    """One step: its number (1, 2, 3 …), what it is for, and what it does."""

    number: int
    name: str
    apply: Callable[[Connection], None]


def _segments(connection: Connection) -> None:
    picture = MetaData()
    Table(
        "segments",
        picture,
        Column("segment_id", String(40), primary_key=True),
        Column("name", String(200), nullable=False),
        Column("tree", Text, nullable=False),
        Column("created_at", DateTime, nullable=False),
        Column("updated_at", DateTime, nullable=False),
        Column("deleted_at", DateTime),
        Column("owner", String(200)),
    )
    picture.create_all(connection)


def _exports(connection: Connection) -> None:
    picture = MetaData()
    Table(
        "exports",
        picture,
        Column("export_id", String(40), primary_key=True),
        Column("at", DateTime, nullable=False),
        *(Column(name, String(200), nullable=False) for name in ("who", "segment_name", "search")),
        *(Column(name, String(40), nullable=False) for name in ("role", "way", "what", "span", "format")),
        *(Column(name, Text, nullable=False) for name in ("destination", "segment", "columns")),
        Column("masked", Boolean, nullable=False),
        Column("row_count", BigInteger, nullable=False),
    )
    picture.create_all(connection)


def _messages(connection: Connection) -> None:
    picture = MetaData()
    Table(
        "message_drafts",
        picture,
        Column("draft_id", String(40), primary_key=True),
        *(Column(name, String(200), nullable=False) for name in ("name", "folder")),
        Column("tree", Text, nullable=False),
        *(Column(name, DateTime, nullable=False) for name in ("created_at", "updated_at")),
        Column("deleted_at", DateTime),
    )
    Table(
        "message_versions",
        picture,
        Column("draft_id", String(40), primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("tree", Text, nullable=False),
        Column("saved_at", DateTime, nullable=False),
    )
    Table(
        "message_images",
        picture,
        Column("image_id", String(40), primary_key=True),
        Column("data", LargeBinary, nullable=False),
        Column("created_at", DateTime, nullable=False),
    )
    Table(
        "channel_events",
        picture,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("at", DateTime, nullable=False),
        Column("state", String(40), nullable=False),
        Column("who", String(200), nullable=False),
        Column("facts", Text, nullable=False),
    )
    picture.create_all(connection)


def _outbox(connection: Connection) -> None:
    picture = MetaData()
    Table(
        "campaigns",
        picture,
        Column("campaign", String(200), primary_key=True),
        Column("targeting", String(10), nullable=False),
        Column("state", String(20), nullable=False),
        Column("created_at", DateTime, nullable=False),
    )
    Table(
        "outbox",
        picture,
        Column("key", String(40), primary_key=True),
        Column("campaign", String(200), nullable=False, index=True),
        Column("member_id", String(200), nullable=False),
        Column("phone", String(40), nullable=False),
        Column("body", Text, nullable=False),
        Column("state", String(20), nullable=False),
        Column("attempts", Integer, nullable=False),
        *(Column(name, DateTime, nullable=False) for name in ("not_before", "updated_at")),
        *(Column(name, String(200), nullable=False) for name in ("dealer_id", "reason")),
    )
    picture.create_all(connection)


def _plans_and_consents(connection: Connection) -> None:
    picture = MetaData()
    Table(
        "campaign_plans",
        picture,
        Column("campaign", String(200), primary_key=True),
        Column("facts", Text, nullable=False),
        *(Column(name, DateTime, nullable=False) for name in ("due_at", "created_at")),
        Column("state", String(20), nullable=False),
        Column("who", String(200), nullable=False),
    )
    Table(
        "message_folders",
        picture,
        Column("name", String(200), primary_key=True),
        Column("colour", String(20), nullable=False),
    )
    Table(
        "consents",
        picture,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("at", DateTime, nullable=False),
        Column("member_id", String(200), nullable=False, index=True),
        Column("what", String(40), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("facts", Text, nullable=False),
        Column("who", String(200), nullable=False),
        Column("digest", String(64), nullable=False),
    )
    picture.create_all(connection)


def _leases(connection: Connection) -> None:
    picture = MetaData()
    Table(
        "leases",
        picture,
        Column("name", String(300), primary_key=True),
        Column("holder", String(40), nullable=False),
        Column("beat", BigInteger, nullable=False),
    )
    picture.create_all(connection)


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "saved segments", _segments),
    Migration(2, "log of exports", _exports),
    Migration(3, "messages and the channel", _messages),
    Migration(4, "outbox of messages", _outbox),
    Migration(5, "plans of campaigns, folders of messages, consents", _plans_and_consents),
    Migration(6, "leases of what one process does at a time", _leases),
)


def current(connection: Connection) -> int:
    """The number the database is at; 0 for an empty one."""
    _book.create_all(connection)
    return connection.execute(select(func.coalesce(func.max(applied.c.number), 0))).scalar_one()


def migrate(connection: Connection, steps: tuple[Migration, ...] = MIGRATIONS) -> tuple[int, ...]:
    """Applies the missing steps in order; returns their numbers.

    Raises EngineError where the database was written by a newer version than this one.
    """
    at = current(connection)
    newest = steps[-1].number if steps else 0
    if at > newest:
        raise EngineError(
            "state_is_newer",
            "저장소가 이 프로그램보다 새 버전으로 만들어졌어요({found} > {known}).",
            "프로그램을 최신 버전으로 올려 주세요.",
            found=at,
            known=newest,
        )
    missing = tuple(step for step in steps if step.number > at)
    for step in missing:
        step.apply(connection)
        connection.execute(insert(applied).values(number=step.number, name=step.name, applied_at=utc_now()))
    return tuple(step.number for step in missing)
