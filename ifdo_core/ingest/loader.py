"""``load``: files and frames into the canonical tables, all or nothing.

First every file is opened and matched with a mapping; a file that cannot be used stops the load before a row is read.
Then every row is read, converted and put by outside the database. Only then, in one transaction, rows are merged by
their keys: what was known already changes nothing, so loading the same file twice is harmless, and a load that is
interrupted leaves nothing behind.
"""

from __future__ import annotations

import errno
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator
from collections.abc import Mapping as Dict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa_untyped

from ifdo_core import tables
from ifdo_core.clock import utc_now
from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.engines.staging import Staging
from ifdo_core.errors import DataError
from ifdo_core.i18n import current_language, translate
from ifdo_core.ingest.kinds import Conversion
from ifdo_core.ingest.known import Known
from ifdo_core.ingest.mapping import TABLES, FileMapping, Mapping, find
from ifdo_core.ingest.propose import choose
from ifdo_core.ingest.readers import Opened, Reading, Source, expand, open_source
from ifdo_core.ingest.rejects import Rejects
from ifdo_core.ingest.report import FileCount, LoadReport, TableCount
from ifdo_core.ingest.spool import Spool, Table
from ifdo_core.ingest.told_apart import best_file
from ifdo_core.ingest.transform import Plan, Transform, missing_columns

pa: Any = pa_untyped

#: Called with how much is done (0 to 1) and what is being done.
Progress: TypeAlias = Callable[[float, str], None]

#: Clocks of shops and browsers are off by hours at times; a day ahead is no slip.
AHEAD = timedelta(days=1)
_READING_SHARE = 0.8
_STAGED_BYTES = 40 << 20


@dataclass(frozen=True)
class _Input:
    """One source with the mapping that fits it."""

    table: str
    plan: Plan
    opened: Opened
    mapping: str


def load(
    engine: Engine,
    settings: ShopSettings,
    sources: Dict[str, Source | None],
    mapping: Mapping | str | Path | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> LoadReport:
    """Load ``sources`` (canonical table → frame, path, glob or a list of these) into ``engine``.

    ``mapping``: the name of a ready one, a YAML file, or one made by ``propose_mapping``; without it each file's
    header decides: our own names, a shop system that is recognised, else names that are understood. ``now`` (naive
    UTC) is the wall clock: times more than a day after it are set aside.

    Raises DataError where a file cannot be used, EngineError where the database cannot; then nothing has changed.
    """
    started = utc_now()
    clock = started if now is None else now
    tell = _told(progress)
    chosen = None if mapping is None else find(mapping)
    tell(0.0, "파일을 확인하고 있어요")
    with _room():
        inputs = [
            one for table, source in sources.items() if source is not None for one in _inputs(table, source, chosen)
        ]
        if not inputs:
            raise DataError("no_file", "읽을 파일이 없어요.", "파일을 하나 이상 골라 주세요.")
        rejects = Rejects()
        with Spool() as spool:
            counts, noted = _read(inputs, settings, clock, rejects, spool, tell)
            merged = _merge(engine, spool, inputs, rejects, _Header(uuid.uuid4().hex, started), counts, tell)
    tell(1.0, "다 넣었어요")
    return LoadReport(
        load_id=merged.load_id,
        files=tuple(counts),
        tables=merged.tables,
        rejects=rejects,
        unknown_columns=_unknown(inputs),
        noted=noted,
        notes=tuple(dict.fromkeys(note for one in inputs for note in _notes(one.plan.file, settings))),
        now=clock,
    )


def _told(progress: Progress | None) -> Callable[..., None]:
    """``progress`` with its text in the user's language."""

    def tell(fraction: float, text: str, **facts: object) -> None:
        if progress is not None:
            progress(fraction, translate(text).format(**facts))

    return tell


@contextmanager
def _room() -> Generator[None]:
    """A full disk, in words."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DataError(
            "disk_full",
            "디스크에 남은 자리가 없어 데이터를 넣지 못했어요. 바뀐 것은 없어요.",
            "자리를 비우고 다시 올려 주세요.",
        ) from error


def _notes(file: FileMapping, settings: ShopSettings) -> Iterator[str]:
    yield from (en if current_language() == "en" else ko for ko, en in file.notes)
    if file.currency and file.currency != settings.currency:
        yield translate("{file}의 금액은 {currency}예요. 쇼핑몰 설정의 통화({shop})와 달라요.").format(
            file=file.table, currency=file.currency, shop=settings.currency
        )


def _unknown(inputs: list[_Input]) -> dict[str, tuple[str, ...]]:
    """File → columns nobody asked for; a file that is read for two tables has those that neither asks for."""
    found: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
    for one in inputs:
        file = (one.plan.label, one.opened.columns)
        found[file] = tuple(name for name in found.get(file, one.plan.unknown) if name in one.plan.unknown)
    out: dict[str, tuple[str, ...]] = {}
    for (label, _), columns in found.items():
        if columns:
            out[label] = tuple(dict.fromkeys([*out.get(label, ()), *columns]))
    return out


# --- before reading -------------------------------------------------------------------------------


def _inputs(table: str, source: Source, mapping: Mapping | None) -> Iterator[_Input]:
    if table not in TABLES:
        raise DataError(
            "unknown_table",
            "'{table}'(은)는 넣을 수 있는 표가 아니에요.",
            "{known} 가운데 하나를 골라 주세요.",
            table=table,
            known=", ".join(TABLES),
        )
    for one in expand(source):
        if mapping is None:
            first = open_source(one)
            name, file = choose(first, table)
        else:
            name, file = mapping.name, _of_mapping(mapping, table, one)
        opened = open_source(one, file.reading)
        plan = Plan.of(file, opened.label, opened.columns)
        if plan.missing():
            raise missing_columns(plan, opened.columns)
        yield _Input(table, plan, opened, name)


def _of_mapping(mapping: Mapping, table: str, source: pd.DataFrame | Path) -> FileMapping:
    """The mapping's file for ``table`` that lacks the fewest columns of this one; the first where several do."""
    files = mapping.for_table(table)
    if not files:
        raise DataError(
            "no_table_in_mapping",
            "매핑 '{mapping}'에는 {table} 파일에 대한 설명이 없어요.",
            "다른 매핑을 고르거나 매핑 없이 올려 주세요.",
            mapping=mapping.name,
            table=table,
        )
    telling = tuple({name for file in files for name in file.reading.header_holds})
    return best_file(files, open_source(source, Reading(header_holds=telling)).columns if len(files) > 1 else ())


# --- reading --------------------------------------------------------------------------------------


def _conversion(file: FileMapping, settings: ShopSettings, now: datetime) -> Conversion:
    latest = (now + AHEAD - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    zone = ZoneInfo(file.timezone) if file.timezone else settings.zone
    priced = replace(settings, currency=file.currency) if file.currency else settings
    return Conversion(zone, priced.minor_digits, file.decimal, file.dates, latest)


def _read(
    inputs: list[_Input],
    settings: ShopSettings,
    now: datetime,
    rejects: Rejects,
    spool: Spool,
    tell: Callable[..., None],
) -> tuple[list[FileCount], dict[str, dict[str, int]]]:
    counts: list[FileCount] = []
    noted: dict[str, dict[str, int]] = {}
    for place, one in enumerate(inputs):
        before = rejects.total
        transform = Transform(one.plan, _conversion(one.plan.file, settings, now), rejects, spool)

        def report(one: _Input = one, place: int = place, transform: Transform = transform) -> None:
            share = (place + one.opened.fraction()) / len(inputs)
            tell(_READING_SHARE * share, "{file}: {rows:,}줄 읽음", file=one.plan.label, rows=transform.rows_read)

        for chunk in one.opened.chunks(one.plan.wanted):
            for table, rows in transform.feed(chunk):
                _put_by(spool, table, place, rows)
            report()
        for table, rows in transform.finish():
            _put_by(spool, table, place, rows)
        report()
        counts.append(FileCount(one.plan.label, one.table, one.mapping, transform.rows_read, rejects.total - before))
        if transform.noted:
            found = noted.setdefault(one.plan.label, {})
            for word, times in transform.noted.items():
                found[word] = found.get(word, 0) + times
    return counts, noted


def _put_by(spool: Spool, table: str, place: int, rows: Table) -> None:
    if rows.num_rows:
        spool.add(f"{table}-{place}", rows)


# --- merging --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Header:
    load_id: str
    started_at: datetime


@dataclass(frozen=True)
class _Merged:
    load_id: str
    tables: dict[str, TableCount]


@dataclass
class _Steps:
    """Progress over the steps of a merge."""

    tell: Callable[..., None]
    total: int
    done: int = 0

    def next(self, text: str, table: str = "") -> None:
        self.tell(_READING_SHARE + (1 - _READING_SHARE) * self.done / self.total, text, table=table)
        self.done += 1


def _staged(engine: Engine, stack: ExitStack, name: str, spool: Spool, files: int, steps: _Steps) -> Staging:
    steps.next("{table} 표에 넣고 있어요", name)
    staging = stack.enter_context(engine.staging(TABLES[name]))
    shapes = {columns for place in range(files) if (columns := spool.columns(f"{name}-{place}"))}
    known = Known(engine, TABLES[name], hold=len(shapes) > 1)
    for place in range(files):
        for rows in _large(spool.rows(f"{name}-{place}")):
            staging.add(known.completed(rows, place).to_pandas(types_mapper=pd.ArrowDtype))
    return staging


def _large(parts: Iterable[Table]) -> Iterator[Table]:
    """Tables put together until a database takes them in one go: many small ones cost it several times as much."""
    held: list[Table] = []
    size = 0
    for part in parts:
        held.append(part)
        size += int(part.nbytes)
        if size >= _STAGED_BYTES:
            table = pa.concat_tables(held).combine_chunks()
            held, size = [], 0  # before the table is used: both at once is too much for a small machine
            yield table
    if held:
        yield pa.concat_tables(held).combine_chunks()


def _merge(
    engine: Engine,
    spool: Spool,
    inputs: list[_Input],
    rejects: Rejects,
    header: _Header,
    files: list[FileCount],
    tell: Callable[..., None],
) -> _Merged:
    filled = [name for name in TABLES if any(name in one.plan.file.tables for one in inputs)]
    engine.create([*TABLES.values(), tables.touched, tables.loads, tables.rejected_rows])
    # The largest table is staged before the transaction begins, so that others wait as little as can be.
    largest, *others = sorted(filled, key=lambda name: -sum(spool.bytes(f"{name}-{n}") for n in range(len(inputs))))
    steps = _Steps(tell, len(filled) + 1)
    out: dict[str, TableCount] = {}
    with ExitStack() as stack:
        stagings = {largest: _staged(engine, stack, largest, spool, len(inputs), steps)}
        stack.enter_context(engine.transaction(stagings[largest].session))
        for name in others:
            stagings[name] = _staged(engine, stack, name, spool, len(inputs), steps)
        # From here on nothing of the caller's runs: without transactions (ClickHouse) it could stop between two tables.
        steps.next("데이터를 합치고 있어요")
        for name in filled:
            done = stagings[name].merge()
            rejected = sum(count for (table, _), count in rejects.counts.items() if table == name)
            out[name] = TableCount(done.loaded, done.duplicate, rejected)
        engine.append(tables.loads, _loads_frame(header, out, inputs, files))
        if rejects.rows:
            engine.append(tables.rejected_rows, _rejected_frame(header, rejects))
    return _Merged(header.load_id, out)


def _loads_frame(
    header: _Header, merged: Dict[str, TableCount], inputs: list[_Input], files: list[FileCount]
) -> pd.DataFrame:
    """One row a table of the load."""
    finished = utc_now()
    rows: list[dict[str, Any]] = []
    for name, count in merged.items():
        own = [(one, file) for one, file in zip(inputs, files, strict=True) if name in one.plan.file.tables]
        labels = list(dict.fromkeys(one.plan.label for one, _ in own))
        rows.append(
            {
                "load_id": header.load_id,
                "table_name": name,
                "source": labels[0] if len(labels) == 1 else f"{labels[0]} (+{len(labels) - 1})",
                "mapping": own[0][0].mapping,
                "started_at": header.started_at,
                "finished_at": finished,
                "rows_read": sum(file.rows_read for _, file in own),
                "rows_loaded": count.loaded,
                "rows_duplicate": count.duplicate,
                "rows_rejected": count.rejected,
            }
        )
    return pd.DataFrame(rows)


def _rejected_frame(header: _Header, rejects: Rejects) -> pd.DataFrame:
    frame = rejects.frame().rename(columns={"table": "table_name"})
    return frame.assign(load_id=header.load_id)
