"""How the columns of somebody's file become the columns of our tables, as data.

A ``Mapping`` is a name and one or more ``FileMapping``, each for one kind of file. It is written and read as YAML
(``data/mappings/*.yaml`` are the ready ones) and says, for each of our columns, from which of theirs it comes: a name,
a list of names of which the first with a value counts, or a small expression::

    {plus: [a, b]}  {minus: [a, b]}  {times: [a, b]}   numbers; {optional: x} among them may be absent from the file
    {join: [a, b], with: '.'}  {lower: a}              text
    {match: 'regex', in: a}                            the first group of what is found in the text
    {hash: [a, b], counted: true}                      an id
    {value: x}                                         a constant: always, or
    {value: x, when: a}  {value: x, unless: a}         where a has a value, where it has none
    {only: a, where: b, is: [x, y]}                    a where b is one of these words
    {any: [a, b]}                                      yes where one says yes
    {sum: a}  {once: a, per: b}  {last: a}             of the lines of an order

Names are compared without blanks, case and full-width forms, so '주문 번호' and '주문번호' are one.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias, cast

import yaml
from sqlalchemy import Table

from ifdo_core import tables
from ifdo_core.errors import DataError
from ifdo_core.ingest.readers import Reading
from ifdo_core.ingest.values import DateOrder

MAPPING_DIR = Path(__file__).resolve().parents[2] / "data" / "mappings"
FORMAT = 1

#: The tables that can be loaded.
TABLES: Dict[str, Table] = MappingProxyType({name: tables.canonical.tables[name] for name in tables.KEYS})

#: Columns that ``enrich`` fills from others and no file gives.
DERIVED = frozenset([
    "page_host", "page_path", "page_type", "page_query", "referrer_host", "click_id", "inapp", "os_version",
    "browser_version", "device_brand", "device_model", "platform", "screen_width", "is_internal",
])  # fmt: skip

#: Columns that a row must have (api.md, 'Canonical input columns').
REQUIRED: Dict[str, tuple[str, ...]] = MappingProxyType(
    {
        "events": ("ts", "visitor_id", "name"),
        "orders": ("order_id", "ts", "amount"),
        "order_items": ("order_id", "product_id", "quantity", "price"),
        "products": ("product_id", "name"),
        "members": ("member_id",),
        "messages": ("message_id", "ts", "channel", "status"),
    }
)

#: Columns of a line beside those of order_items: what was paid for it, and what became of it.
LINE_COLUMNS = ("paid", "status")


# --- expressions ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Name:
    """A column of the file."""

    name: str


@dataclass(frozen=True)
class First:
    """The first of several with a value in the row; those that are absent from the file are passed over."""

    of: tuple[Expr, ...]


@dataclass(frozen=True)
class Arithmetic:
    """``op``: plus, minus or times, of numbers. Optional operands may be absent, an empty one of them counts as 0."""

    op: str
    of: tuple[Expr, ...]
    optional: tuple[bool, ...]


@dataclass(frozen=True)
class Join:
    """Texts one behind the other; nothing where one of them is missing."""

    of: tuple[Expr, ...]
    between: str


@dataclass(frozen=True)
class HashOf:
    """An id made of several texts; those absent from the file are left out.

    ``counted``: the second of two rows that are equal in all of them gets an id of its own, for files in which equal
    rows are different things.
    """

    of: tuple[Expr, ...]
    counted: bool = False


@dataclass(frozen=True)
class Lower:
    of: Expr


@dataclass(frozen=True)
class Match:
    """The first group of a regular expression found in the text."""

    pattern: str
    of: Expr


@dataclass(frozen=True)
class Value:
    """A constant: in every row, or where ``when`` has a value, or where the column ``unless`` is there but empty."""

    value: str
    when: Expr | None = None
    unless: Expr | None = None


@dataclass(frozen=True)
class Only:
    """``of`` where ``where`` is one of the words ``among``; everywhere when the file has no such column."""

    of: Expr
    where: Expr
    among: tuple[str, ...]


@dataclass(frozen=True)
class AnyOf:
    """Yes where one says yes, no where one says no and none yes."""

    of: tuple[Expr, ...]


@dataclass(frozen=True)
class OfLines:
    """Over the lines of an order. ``how``: sum; once (a sum that takes each ``per`` once); last (the greatest)."""

    how: str
    of: Expr
    per: Expr | None = None


Expr: TypeAlias = "Name | First | Arithmetic | Join | HashOf | Lower | Match | Value | Only | AnyOf | OfLines"


def names_in(expr: Expr) -> Iterator[str]:
    """Every column of the file the expression looks at."""
    if isinstance(expr, Name):
        yield expr.name
    elif isinstance(expr, (First, Arithmetic, Join, HashOf, AnyOf)):
        for part in expr.of:
            yield from names_in(part)
    elif isinstance(expr, (Lower, Match)):
        yield from names_in(expr.of)
    elif isinstance(expr, Value):
        for part in (expr.when, expr.unless):
            if part is not None:
                yield from names_in(part)
    elif isinstance(expr, Only):
        yield from names_in(expr.of)
        yield from names_in(expr.where)
    else:
        yield from names_in(expr.of)
        if expr.per is not None:
            yield from names_in(expr.per)


def read_expr(data: object) -> Expr:
    """An expression as it stands in YAML; DataError where it is none."""
    if isinstance(data, str):
        return Name(data)
    if isinstance(data, list):
        parts = tuple(read_expr(part) for part in cast("list[object]", data))
        if parts:
            return parts[0] if len(parts) == 1 else First(parts)
    if isinstance(data, dict):
        found = _operation(cast("dict[str, Any]", data))
        if found is not None:
            return found
    raise _bad_mapping(f"{data!r}")


def _operation(data: dict[str, Any]) -> Expr | None:
    keys = set(data)
    for op in ("plus", "minus", "times"):
        if keys == {op}:
            optional = tuple(isinstance(part, dict) and set(cast(Any, part)) == {"optional"} for part in data[op])
            parts = [part["optional"] if free else part for part, free in zip(data[op], optional, strict=True)]
            return Arithmetic(op, tuple(read_expr(part) for part in parts), optional)
    if keys in ({"join"}, {"join", "with"}):
        return Join(tuple(read_expr(part) for part in data["join"]), str(data.get("with", "")))
    if keys in ({"hash"}, {"hash", "counted"}):
        return HashOf(tuple(read_expr(part) for part in data["hash"]), bool(data.get("counted", False)))
    if keys == {"lower"}:
        return Lower(read_expr(data["lower"]))
    if keys == {"match", "in"}:
        return Match(str(data["match"]), read_expr(data["in"]))
    if "value" in keys and keys <= {"value", "when", "unless"}:
        when, unless = (read_expr(data[key]) if key in data else None for key in ("when", "unless"))
        value = data["value"]
        return Value(str(value).lower() if isinstance(value, bool) else str(value), when, unless)
    if keys == {"only", "where", "is"}:
        return Only(read_expr(data["only"]), read_expr(data["where"]), tuple(str(word) for word in data["is"]))
    if keys == {"any"}:
        return AnyOf(tuple(read_expr(part) for part in data["any"]))
    if keys == {"once", "per"}:
        return OfLines("once", read_expr(data["once"]), read_expr(data["per"]))
    for how in ("sum", "last"):
        if keys == {how}:
            return OfLines(how, read_expr(data[how]))
    return None


def write_expr(expr: Expr) -> Any:
    """The YAML form of an expression; ``read_expr`` of it gives the same expression."""
    if isinstance(expr, Name):
        return expr.name
    if isinstance(expr, First):
        return [write_expr(part) for part in expr.of]
    if isinstance(expr, Arithmetic):
        parts = [write_expr(part) for part in expr.of]
        return {expr.op: [{"optional": p} if free else p for p, free in zip(parts, expr.optional, strict=True)]}
    if isinstance(expr, Join):
        return {"join": [write_expr(part) for part in expr.of], "with": expr.between}
    if isinstance(expr, HashOf):
        counted = {"counted": True} if expr.counted else {}
        return {"hash": [write_expr(part) for part in expr.of], **counted}
    if isinstance(expr, Lower):
        return {"lower": write_expr(expr.of)}
    if isinstance(expr, Match):
        return {"match": expr.pattern, "in": write_expr(expr.of)}
    if isinstance(expr, Value):
        parts = {"when": expr.when, "unless": expr.unless}
        return {"value": expr.value, **{key: write_expr(part) for key, part in parts.items() if part is not None}}
    if isinstance(expr, Only):
        return {"only": write_expr(expr.of), "where": write_expr(expr.where), "is": list(expr.among)}
    if isinstance(expr, AnyOf):
        return {"any": [write_expr(part) for part in expr.of]}
    if expr.per is not None:
        return {"once": write_expr(expr.of), "per": write_expr(expr.per)}
    return {expr.how: write_expr(expr.of)}


# --- mappings -------------------------------------------------------------------------------------

#: Our column → where it comes from.
Columns: TypeAlias = "Dict[str, Expr]"
#: Status of ours → how the shop's words for it begin. 'noted': counts as paid, and is named in the report.
StatusWords: TypeAlias = "Dict[str, tuple[str, ...]]"


@dataclass(frozen=True)
class FileMapping:
    """One kind of file.

    ``table`` is the table a caller loads it as; ``tables`` are those it fills. ``lines``: a row is one line of an
    order, whose other columns repeat on each line or stand on the first alone; the file fills orders and order_items.
    ``told_by``: the header of such a file holds all names of one of these sets. ``ignored``: columns known to be left
    out on purpose (names or beginnings with ``*``).
    """

    table: str
    tables: Dict[str, Columns]
    lines: bool = False
    told_by: tuple[tuple[str, ...], ...] = ()
    ignored: tuple[str, ...] = ()
    status_words: StatusWords = field(default_factory=dict[str, "tuple[str, ...]"])
    reading: Reading = field(default_factory=Reading)
    dates: DateOrder = "ymd"
    timezone: str | None = None  # of naive times; else the shop's
    currency: str | None = None  # of the amounts; else the shop's
    decimal: str = "."
    keep: Dict[str, tuple[str, ...]] = field(
        default_factory=dict[str, "tuple[str, ...]"]
    )  # column → words of rows to take
    carry: tuple[str, ...] = ()  # columns written once for rows that follow each other and agree in the first of these
    notes: tuple[tuple[str, str], ...] = ()  # what this file cannot tell, in Korean and English

    def names(self) -> set[str]:
        """Every column of the file that is looked at."""
        found = {name for columns in self.tables.values() for expr in columns.values() for name in names_in(expr)}
        return found | set(self.keep) | set(self.carry)


@dataclass(frozen=True)
class Mapping:
    """A named set of file mappings: a shop system's exports, or one file of somebody's own."""

    name: str
    files: tuple[FileMapping, ...]
    ko: str = ""
    en: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As plain data, ready for YAML or JSON."""
        return {
            "format": FORMAT,
            "name": self.name,
            **({"ko": self.ko} if self.ko else {}),
            **({"en": self.en} if self.en else {}),
            "files": [_write_file(one) for one in self.files],
        }

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.to_dict(), allow_unicode=True, sort_keys=False, width=120)

    def save(self, path: str | Path) -> None:
        """Write it as YAML, so that ``load(mapping=path)`` finds it."""
        Path(path).write_text(self.to_yaml(), encoding="utf-8")

    @classmethod
    def from_dict(cls, data: object) -> Mapping:
        """Raises DataError where it is no mapping."""
        if not isinstance(data, dict):
            raise _bad_mapping("files")
        given = cast("dict[str, Any]", data)
        if given.get("format") != FORMAT:
            raise _bad_mapping(f"format: {given.get('format')!r}")
        files = given.get("files")
        if not isinstance(files, list) or not files:
            raise _bad_mapping("files")
        return cls(
            name=str(given.get("name", "")),
            files=tuple(_read_file(one) for one in cast("list[object]", files)),
            ko=str(given.get("ko", "")),
            en=str(given.get("en", "")),
        )

    @classmethod
    def from_yaml(cls, text: str) -> Mapping:
        try:
            return cls.from_dict(yaml.safe_load(text))
        except yaml.YAMLError as error:
            raise _bad_mapping(str(error).splitlines()[0]) from error

    @classmethod
    def read(cls, path: str | Path) -> Mapping:
        """The mapping kept in a YAML file; DataError where there is none."""
        try:
            return cls.from_yaml(Path(path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(
                "no_mapping",
                "매핑 '{name}'을(를) 찾을 수 없어요.",
                "준비된 매핑({known}) 가운데 하나나 YAML 파일의 경로를 적어 주세요.",
                name=str(path),
                known=", ".join(sorted(ready())),
            ) from error

    def for_table(self, table: str) -> tuple[FileMapping, ...]:
        return tuple(one for one in self.files if one.table == table)


_READING_KEYS = ("encoding", "delimiter", "widths", "columns", "header_holds", "sheet", "explode")
_FILE_KEYS = {
    *("table", "tables", "lines", "told_by", "ignored", "status_words", "read", "keep", "carry", "notes"),
    *("dates", "timezone", "currency", "decimal"),
}


def _read_file(data: object) -> FileMapping:
    if not isinstance(data, dict):
        raise _bad_mapping(f"{data!r}")
    given = cast("dict[str, Any]", data)
    unknown = sorted(set(given) - _FILE_KEYS)
    table, filled = str(given.get("table")), given.get("tables")
    if unknown or table not in TABLES or not isinstance(filled, dict):
        raise _bad_mapping(", ".join(unknown) or f"table: {table!r}")
    lines = bool(given.get("lines", False))
    columns = {
        name: {column: read_expr(expr) for column, expr in cast("dict[str, object]", exprs).items()}
        for name, exprs in cast("dict[str, Any]", filled).items()
    }
    for name, exprs in columns.items():
        _check_columns(name, exprs, lines)
    reading = cast("dict[str, Any]", given.get("read", {}))
    if set(reading) - set(_READING_KEYS):
        raise _bad_mapping(f"read: {sorted(set(reading) - set(_READING_KEYS))}")
    if given.get("dates", "ymd") not in ("ymd", "mdy", "dmy") or given.get("decimal", ".") not in (".", ","):
        raise _bad_mapping("dates: ymd | mdy | dmy, decimal: '.' | ','")
    return FileMapping(
        table=table,
        tables=columns,
        lines=lines,
        told_by=tuple(tuple(names) for names in given.get("told_by", ())),
        ignored=tuple(given.get("ignored", ())),
        status_words={status: tuple(words) for status, words in given.get("status_words", {}).items()},
        reading=Reading(**{key: _frozen(value) for key, value in reading.items()}),
        dates=given.get("dates", "ymd"),
        timezone=given.get("timezone"),
        currency=given.get("currency"),
        decimal=given.get("decimal", "."),
        keep={column: tuple(words) for column, words in given.get("keep", {}).items()},
        carry=tuple(given.get("carry", ())),
        notes=tuple((note["ko"], note["en"]) for note in given.get("notes", ())),
    )


def _frozen(value: Any) -> Any:
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    return list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value


def _check_columns(table: str, columns: Columns, lines: bool) -> None:
    """Names of ours that do not exist are refused at once: a typing error would drop a column in silence."""
    if table not in TABLES:
        raise _bad_mapping(f"tables: {table}")
    known = {column.name for column in TABLES[table].columns} - DERIVED
    if lines and table == "order_items":
        known |= set(LINE_COLUMNS)
    unknown = sorted(set(columns) - known)
    if unknown:
        raise _bad_mapping(f"{table}: {', '.join(unknown)}")


def _write_file(one: FileMapping) -> dict[str, Any]:
    reading = {key: _thawed(value) for key in _READING_KEYS if (value := getattr(one.reading, key))}
    optional: dict[str, Any] = {
        "lines": one.lines,
        "told_by": [list(names) for names in one.told_by],
        "ignored": list(one.ignored),
        "status_words": {status: list(words) for status, words in one.status_words.items()},
        "read": reading,
        "dates": one.dates if one.dates != "ymd" else "",
        "timezone": one.timezone,
        "currency": one.currency,
        "decimal": one.decimal if one.decimal != "." else "",
        "keep": {column: list(words) for column, words in one.keep.items()},
        "carry": list(one.carry),
        "notes": [{"ko": ko, "en": en} for ko, en in one.notes],
    }
    return {
        "table": one.table,
        **{key: value for key, value in optional.items() if value},
        "tables": {
            name: {column: write_expr(expr) for column, expr in exprs.items()} for name, exprs in one.tables.items()
        },
    }


def _bad_mapping(detail: str) -> DataError:
    return DataError(
        "bad_mapping",
        "매핑을 이해할 수 없어요: {detail}",
        "저장된 매핑 파일을 확인하거나 매핑을 새로 만들어 주세요.",
        detail=detail,
    )


# --- the ready ones -------------------------------------------------------------------------------


@cache
def ready() -> Dict[str, Mapping]:
    """The mappings of ``data/mappings`` by name."""
    found = [Mapping.read(path) for path in sorted(MAPPING_DIR.glob("*.yaml"))]
    return MappingProxyType({one.name: one for one in found})


def canonical(table: str) -> FileMapping:
    """The mapping of a file that uses our own column names."""
    names = [str(column.name) for column in TABLES[table].columns if column.name not in DERIVED]
    columns = {name: Name(name) for name in names}
    return FileMapping(table, {table: columns})


def find(mapping: Mapping | str | Path) -> Mapping:
    """A mapping by name, by the path of its YAML, or itself. Raises DataError where there is none."""
    if isinstance(mapping, Mapping):
        return mapping
    known = ready().get(str(mapping))
    return known if known is not None else Mapping.read(mapping)
