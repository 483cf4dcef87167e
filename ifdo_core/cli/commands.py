"""What each command does: it asks the workbench and words the answer."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from ifdo_core.catalogue.lists import COLUMNS
from ifdo_core.cli.output import table
from ifdo_core.cli.saved import open_shop
from ifdo_core.clock import utc_now
from ifdo_core.demo import fill_demo
from ifdo_core.errors import DataError, IfdoError
from ifdo_core.exports import csv_bytes
from ifdo_core.formats import time_text
from ifdo_core.i18n import current_language, translate
from ifdo_core.ingest import propose_mapping
from ifdo_core.progress import Bar, part
from ifdo_core.roles import current_person, current_role
from ifdo_core.segments import Segment
from ifdo_core.segments.wording import sentence
from ifdo_core.tables import KEYS
from ifdo_core.workbench import Workbench

TABLES = tuple(KEYS)
LISTS = tuple(sorted(COLUMNS))
WINDOWS = ("24h", "7d", "now")


@dataclass(frozen=True)
class Outcome:
    """What a command found, for programs and for people; ``done`` only when all that was asked was done."""

    document: dict[str, Any]
    text: str
    done: bool = True


Command = Callable[[argparse.Namespace, Bar], Outcome]


# --- data in -------------------------------------------------------------------------------------


def demo(args: argparse.Namespace, bar: Bar) -> Outcome:
    """Makes the demo shop; never over data that is not a demo's."""
    with Workbench.open(args.to) as workbench:
        if not workbench.is_demo and any(held.rows for held in workbench.holdings.tables.values()):
            raise DataError(
                "not_a_demo",
                "{place}에 데모가 아닌 데이터가 있어 덮어쓰지 않았어요.",
                "--to에 다른 파일을 적어 주세요.",
                place=args.to,
            )
        end = utc_now() if args.today else None
        fill_demo(workbench, args.visits, bar, seed=args.seed, days=args.days, end=end)
        found = workbench.doctor()
        document = {"shop": args.to, "now": workbench.now, "tables": found.frame()}
        text = translate("데모 쇼핑몰을 {place}에 만들었어요.").format(place=args.to)
        return Outcome(document, "\n\n".join((text, _as_of(workbench), found.insight())))


def load(args: argparse.Namespace, bar: Bar) -> Outcome:
    """Adds files to the shop; rows that had to be set aside make the command end with 1."""
    sources: dict[str, list[str]] = {name: list(getattr(args, name) or ()) for name in TABLES}
    for file in args.files:
        sources[_table_of(file)].append(file)
    given: dict[str, Any] = {name: files for name, files in sources.items() if files}
    if not given:
        raise DataError("no_files", "읽을 파일이 없어요.", "파일을 하나 이상 적어 주세요.")
    with Workbench.open(args.shop) as workbench:
        report = workbench.load(**given, mapping=args.mapping, progress=bar)
    if args.rejected:
        Path(args.rejected).write_bytes(csv_bytes(report.rejected_texts()))
    document = {
        "rows_read": report.rows_read,
        "rows_loaded": report.rows_loaded,
        "rows_duplicate": report.rows_duplicate,
        "rows_rejected": report.rows_rejected,
        "tables": report.frame(),
        "mappings": {file.source: file.mapping for file in report.files},
        "unknown_columns": report.unknown_columns,
        "rejected": report.rejected,
    }
    parts = [report.insight(), table(report.frame())]
    if report.rows_rejected:
        parts.append(table(report.rejected_texts(), limit=20))
    return Outcome(document, "\n\n".join(parts), done=not report.rows_rejected)


def _table_of(file: str) -> str:
    """The table a file is for, by its header. Raises DataError where it does not tell."""
    proposal = propose_mapping(file)
    if proposal.missing:
        raise DataError(
            "unknown_file",
            "{file}: 어떤 표인지 머리글로 알 수 없어요.",
            "--orders처럼 표를 적고, 필요하면 --mapping으로 매핑을 알려 주세요.",
            file=Path(file).name,
        )
    return proposal.table


def refresh(args: argparse.Namespace, bar: Bar) -> Outcome:
    """The daily analysis; with --marts the marts are first built anew from the canonical tables."""
    from ifdo_core.store import open_store

    with open_store() as store, Workbench.open(args.shop, progress=bar, segments=store.segments) as workbench:
        if args.marts:
            workbench.rebuild(progress=part(bar, 0.0, 0.5))
        done = workbench.refresh(progress=part(bar, 0.5, 1.0) if args.marts else bar)
        document: dict[str, Any] = {
            "now": workbench.now, "data_version": workbench.data_version, "refresh": done.frame(), "digest": None,
        }  # fmt: skip
        told = [_as_of(workbench), done.insight()]
        try:
            sent = workbench.send_digest()
        except IfdoError as error:  # the refresh is done all the same; the exit code says that not everything was
            return Outcome({**document, "digest": error.code}, "\n".join((*told, error.text())), done=False)
        if sent is not None:
            document["digest"] = {"to": list(sent.to), "subject": sent.subject}
            told.append(sent.insight())
        return Outcome(document, "\n".join(told))


def digest(args: argparse.Namespace, bar: Bar) -> Outcome:
    """The morning's digest as text, as an HTML file, or by e-mail."""
    with Workbench.open(args.shop, progress=bar) as workbench:
        found = workbench.digest(_day(args.day) if args.day else None)
        document: dict[str, Any] = {
            "day": found.insights.day, "now": found.now, "title": found.title(), "insights": found.frame(),
            "at_risk": found.at_risk, "file": args.out, "sent": None,
        }  # fmt: skip
        told = [found.text().rstrip()]
        if args.out:
            Path(args.out).write_text(found.html(), encoding="utf-8")
            told.append(translate("{file}에 썼어요.").format(file=args.out))
        if args.email:
            mailed = workbench.email_digest(args.email, found.insights.day, dry_run=args.dry_run)
            document["sent"] = mailed.sent
            told.append(mailed.insight())
        return Outcome(document, "\n\n".join(told))


def doctor(args: argparse.Namespace, bar: Bar) -> Outcome:
    """Says what is there, what is missing and which screens that empties; and answers what shops ask most."""
    with open_shop(args, bar) as workbench:
        found, answers = workbench.doctor(), workbench.help()
        document = {
            "now": workbench.now,
            "healthy": found.healthy,
            "tables": found.frame(),
            "screens": found.screens(),
            "text": found.insight(),
            "questions": answers.frame(),
        }
        closed = [f"- {screen}: {reason}" for screen, reason in found.screens().items()]
        state = "\n".join((_as_of(workbench), found.insight(), *closed))
        return Outcome(document, f"{state}\n\n{answers.insight()}")


# --- segments ------------------------------------------------------------------------------------


def read_segment_file(name: str) -> Segment:
    """A segment from a JSON or YAML file, '-' for standard input. YAML reads JSON as well, but words faults worse."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(
            "no_file",
            "세그먼트 파일을 읽을 수 없어요: {file} ({detail}).",
            "파일 이름을 확인해 주세요.",
            file=name,
            detail=error.strerror or type(error).__name__,
        ) from error
    except UnicodeDecodeError as error:
        raise DataError("not_utf8", "{file}: UTF-8로 쓴 글이 아니에요.", "UTF-8로 저장해 주세요.", file=name) from error
    return Segment.from_json(text) if text.lstrip().startswith("{") else Segment.from_yaml(text)


def preview(args: argparse.Namespace, bar: Bar) -> Outcome:
    """The 모수 of a segment file, each condition alone and the segment without it."""
    segment = read_segment_file(args.file)
    with open_shop(args, bar) as workbench:
        now = _moment(args.now, workbench) if args.now else None
        found = workbench.preview(segment, now=now)
        document: dict[str, Any] = {
            "name": segment.name,
            "sentence": sentence(workbench.resolve(segment), current_language()),
            "now": found.now,
            **{name: getattr(found, name) for name in COUNTS},
            "reason": None if found.reason is None else {"code": found.reason.code, "text": found.reason.text()},
            "conditions": found.conditions,
            "daily": found.daily,
            "sql": found.sql,
        }
        parts = [
            *([segment.name] if segment.name else []),
            document["sentence"],
            _as_of(workbench, found.now),
            table(found.frame()),
            found.insight(),
            table(found.conditions.drop(columns=["path"])),
            *([found.sql] if args.sql else []),
        ]
        return Outcome(document, "\n\n".join(part for part in parts if part))


COUNTS = (
    "visits_24h", "visits_7d", "visitors_24h", "visitors_7d", "members_24h", "members_7d", "members_now",
    "share_7d", "total_visits_24h", "total_visits_7d",
)  # fmt: skip


def export(args: argparse.Namespace, bar: Bar) -> Outcome:
    """The list behind a segment's number as a CSV or Excel file; times are the shop's. Logged like every export."""
    from ifdo_core.lists.export import Actor

    segment = read_segment_file(args.file)
    with (
        open_shop(args, bar) as workbench,
        tempfile.TemporaryDirectory(prefix="ifdo-export-") as folder,
    ):
        path = Path(args.out) if args.out else Path(folder) / "list.csv"
        done = workbench.export(
            segment,
            path,
            args.what,
            window=args.window,
            headers=args.headers,
            actor=Actor(current_person(), current_role(), "cli"),
            destination=str(path.resolve()) if args.out else "stdout",
            progress=bar,
            columns=tuple(args.columns.split(",")) if args.columns else (),
            search=args.search,
            sort=args.sort,
            descending=args.descending,
            masked=not args.unmasked,
        )
        if args.out:
            return Outcome({"rows": done.rows, "file": args.out, "log": done.record.id}, done.insight())
        text = path.read_text(encoding="utf-8") if not args.json else ""
        listed = pd.read_csv(path, dtype="str", keep_default_na=False) if args.json else None
    return Outcome({"rows": done.rows, "list": listed, "log": done.record.id}, text.rstrip("\r\n"))


# --- reports, speed, docs ------------------------------------------------------------------------


def report(args: argparse.Namespace, bar: Bar) -> Outcome:
    """A report by its id: the finding and the table."""
    with Workbench.open(args.shop, progress=bar) as workbench:
        result = workbench.report(args.id, start=args.start, end=args.end)
        frame = result.frame()
        document = {
            "report": result.report.id, "now": result.now, "start": result.start, "insight": result.insight(),
            "missing": list(result.missing), "rows": frame,
        }  # fmt: skip
        lines = [result.report.label(current_language()), result.insight()]
        if len(frame):
            lines += ["", table(frame.rename(columns=result.labels()))]
        return Outcome(document, "\n".join(lines), done=not result.missing)


def bench(args: argparse.Namespace, bar: Bar) -> Outcome:
    """Measures ratios on this machine."""
    from ifdo_core.bench import run

    given = {name: getattr(args, name) for name in ("visits", "folder", "browser")}
    result = run(args.name, progress=bar, **{name: value for name, value in given.items() if value is not None})
    document = {"name": result.name, "ratios": result.frame(), "figures": result.figures, "left_out": result.left_out}
    return Outcome(document, result.insight())


# --- words ---------------------------------------------------------------------------------------


def _moment(text: str, workbench: Workbench) -> datetime:
    """A time as a person gives it (the shop's zone unless it names one), naive and in UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise DataError(
            "time", "‘{text}’은(는) 읽을 수 없는 시각이에요.", "2026-11-24T09:00처럼 적어 주세요.", text=text
        ) from error
    local = moment if moment.tzinfo else moment.replace(tzinfo=workbench.settings.zone)
    return local.astimezone(UTC).replace(tzinfo=None)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DataError(
            "day", "‘{text}’은(는) 읽을 수 없는 날짜예요.", "2026-11-24처럼 적어 주세요.", text=text
        ) from error


def _as_of(workbench: Workbench, now: datetime | None = None) -> str:
    moment = time_text(now or workbench.now, workbench.settings.zone)
    return translate("기준 시각 {moment} ({zone})").format(moment=moment, zone=workbench.settings.timezone)
