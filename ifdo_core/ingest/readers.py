"""Files and frames as a stream of small chunks of named columns, whatever they are made of.

``expand`` turns what a caller gives (a frame, a path, a glob, a list of these) into single sources; ``open_source``
finds out what a source is (by its content, not by its suffix) and how it is written (encoding, delimiter, header row)
and answers an ``Opened``, whose ``chunks`` hold some sixteen megabytes of text each. So a file far larger
than the memory is read on a small machine.

Rows are counted from 1, the first one below the header; empty rows are skipped but counted.
"""

from __future__ import annotations

import codecs
import csv
import glob
import gzip
import io
import itertools
import json
import os
import re
import zipfile
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, TypeVar, cast

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa_untyped
import pyarrow.csv as csv_untyped
import pyarrow.parquet as parquet_untyped
import python_calamine

from ifdo_core.errors import DataError
from ifdo_core.ingest.values import Array, Ints, as_text, from_arrow, known_of, type_error

# pyarrow has no type information of its own.
pa: Any = pa_untyped
pa_csv: Any = csv_untyped
pa_parquet: Any = parquet_untyped

#: What a caller may give for a table.
Source: TypeAlias = "pd.DataFrame | str | Path | Sequence[pd.DataFrame | str | Path]"

_T = TypeVar("_T")

#: Bytes cut into rows at a time. Arrow reads up to 32 of them ahead, so they are small and put together again below.
BLOCK_BYTES = 2 << 20
CHUNK_BYTES = 16 << 20
FRAME_ROWS = 100_000
CELL_ROWS = 20_000  # rows of Excel and JSON, which pass through Python
#: Above this size a spreadsheet is streamed, which is slower but needs no memory for the whole of it.
EXCEL_IN_MEMORY_BYTES = 20 << 20
_HEAD_BYTES = 256 << 10
_HEADER_ROWS = 10


@dataclass(frozen=True)
class Reading:
    """How a file is written, where that is known beforehand; what is left out is found by looking.

    ``delimiter`` may be 'whitespace' for columns set apart by any number of blanks; ``widths`` cuts lines at fixed
    places (in characters). ``columns`` names the columns of a file without a header row. ``header_holds``: the header
    is the first row that holds one of these names, on whichever sheet. ``explode``: a list column, one row an entry.
    """

    encoding: str | None = None
    delimiter: str | None = None
    widths: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    header_holds: tuple[str, ...] = ()
    sheet: str | None = None
    explode: str | None = None


@dataclass(frozen=True)
class Chunk:
    """Some rows: their numbers, their columns by name, and rows that could not be cut into columns."""

    rows: Ints
    columns: Mapping[str, Array]
    broken: tuple[tuple[int, str], ...] = ()


class Opened(ABC):
    """A source whose header is known. ``details`` says how it is written, for people."""

    def __init__(self, label: str, columns: Sequence[str], **details: str) -> None:
        self.label = label
        self.columns = _unique(columns, label)
        self.details = details

    @abstractmethod
    def chunks(self, wanted: Collection[str]) -> Iterator[Chunk]:
        """The rows in order, with those of the ``wanted`` columns that are there. May be asked again, from the top."""

    @abstractmethod
    def fraction(self) -> float:
        """How much of it has been read, 0 to 1."""


def _unique(columns: Sequence[str], label: str) -> tuple[str, ...]:
    """The header names, trimmed; DataError where one occurs twice, for then nobody knows which is meant."""
    names = tuple(re.sub(r"\s+", " ", name.strip("\ufeff\u200b \t\r\n")) for name in columns)
    twice = sorted(name for name, times in Counter(names).items() if name and times > 1)
    if twice:
        raise DataError(
            "duplicate_columns",
            "{file}: 같은 이름의 열이 두 번 이상 있어요: {columns}.",
            "열 이름을 서로 다르게 바꾸거나 하나를 지우고 다시 올려 주세요.",
            file=label,
            columns=", ".join(twice),
        )
    return names


# --- what a caller gives ------------------------------------------------------------------------


def expand(source: Source) -> list[pd.DataFrame | Path]:
    """Single frames and files, those of a glob in the order of their names.

    Raises DataError where a file is not there or a glob finds none.
    """
    if isinstance(source, pd.DataFrame):
        return [source]
    if isinstance(source, (str, Path)):
        return list(_files(str(source)))
    found = [one for part in source for one in expand(part)]
    if not found:
        raise DataError("no_file", "읽을 파일이 없어요.", "파일을 하나 이상 골라 주세요.")
    return found


def _files(text: str) -> Iterable[Path]:
    path = Path(text).expanduser()
    if path.is_file():
        return [path]
    found = sorted(Path(name) for name in glob.glob(str(path), recursive=True) if os.path.isfile(name))
    if not found:
        raise DataError(
            "no_file", "{file}: 파일을 찾을 수 없어요.", "경로와 파일 이름을 확인해 주세요.", file=path.name or text
        )
    return found


def label_of(source: pd.DataFrame | Path) -> str:
    return "DataFrame" if isinstance(source, pd.DataFrame) else source.name


def open_source(source: pd.DataFrame | Path, reading: Reading | None = None) -> Opened:
    """The source with its header read. Raises DataError where it cannot be read at all."""
    reading = reading or Reading()
    if isinstance(source, pd.DataFrame):
        return _Frame(source, reading)
    label = source.name
    with _readable(label):
        if source.stat().st_size == 0:
            raise _empty(label)
        with source.open("rb") as file:
            magic = file.read(8)
        if magic.startswith(b"PAR1"):
            return _Parquet(source, reading)
        if magic.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            return _open_workbook(source, reading)
        start = _first_bytes(source)
        if re.match(rb"\s*<(!doctype|html|table|\?xml|meta|style)", start[:200].lstrip(b"\xef\xbb\xbf"), re.IGNORECASE):
            raise DataError(
                "html_file",
                "{file}: 엑셀 파일처럼 보이지만 웹 페이지로 저장된 파일이에요.",
                "엑셀에서 열어 '다른 이름으로 저장 › Excel 통합 문서(.xlsx)'로 저장한 뒤 올려 주세요.",
                file=label,
            )
        if re.match(rb"(\xef\xbb\xbf)?\s*[{\[]\s*[\"{}\]]", start[:200]):
            return _Json(source, reading)
        return _open_text(source, reading)


def _empty(label: str) -> DataError:
    return DataError(
        "empty_file",
        "{file}: 빈 파일이에요.",
        "내용이 있는 파일인지 열어 보고, 다시 내려받아 올려 주세요.",
        file=label,
    )


def only_header(label: str) -> DataError:
    return DataError(
        "only_header",
        "{file}: 제목 줄만 있고 데이터가 없어요.",
        "기간이나 검색 조건을 넓혀서 다시 내려받아 주세요.",
        file=label,
    )


def _broken(label: str, detail: object) -> DataError:
    return DataError(
        "unreadable_file",
        "{file}: 파일을 읽을 수 없어요 ({detail}).",
        "파일이 끝까지 내려받아졌는지 확인하고 다시 올려 주세요.",
        file=label,
        detail=str(detail).splitlines()[0] if str(detail) else type(detail).__name__,
    )


@contextmanager
def _readable(label: str) -> Generator[None]:
    """Turns what libraries say about broken files into DataError."""
    try:
        yield
    except python_calamine.PasswordError as error:
        raise _locked(label) from error
    except UnicodeDecodeError as error:
        raise _encoding(label, error.encoding) from error
    except (
        *type_error,
        OSError,
        EOFError,
        KeyError,
        csv.Error,
        json.JSONDecodeError,
        zipfile.BadZipFile,
        python_calamine.CalamineError,
    ) as error:
        raise _broken(label, error) from error


def _locked(label: str) -> DataError:
    return DataError(
        "password",
        "{file}: 암호가 걸린 파일이에요.",
        "엑셀에서 암호를 풀어 저장한 뒤 올려 주세요. 암호는 보관하지 않아요.",
        file=label,
    )


def _encoding(label: str, tried: str) -> DataError:
    return DataError(
        "encoding",
        "{file}: 글자를 읽을 수 없어요. UTF-8도 CP949도 아닌 것 같아요 ({encoding}).",
        "엑셀에서 열어 'CSV UTF-8(쉼표로 분리)' 형식으로 저장한 뒤 올려 주세요.",
        file=label,
        encoding=tried,
    )


# --- frames and Parquet -------------------------------------------------------------------------


class _Frame(Opened):
    def __init__(self, frame: pd.DataFrame, reading: Reading) -> None:
        super().__init__("DataFrame", [str(name) for name in frame.columns])
        self._frame, self._reading, self._done = frame, reading, 0

    def chunks(self, wanted: Collection[str]) -> Iterator[Chunk]:
        places = {name: place for place, name in enumerate(self.columns)}
        for start in range(0, len(self._frame), FRAME_ROWS):
            part = self._frame.iloc[start : start + FRAME_ROWS]
            columns = {name: from_arrow(cast(Any, part.iloc[:, places[name]])) for name in _tops(wanted, places)}
            rows = np.arange(start + 1, start + 1 + len(part), dtype=np.int64)
            yield _nested(Chunk(rows, columns), wanted, self._reading.explode)
            self._done = start + len(part)

    def fraction(self) -> float:
        return self._done / max(1, len(self._frame))


class _Parquet(Opened):
    def __init__(self, path: Path, reading: Reading) -> None:
        self._path, self._reading, self._done = path, reading, 0
        with pa_parquet.ParquetFile(path) as file:
            self._rows = int(file.metadata.num_rows)
            super().__init__(path.name, [str(name) for name in file.schema_arrow.names], format="Parquet")

    def chunks(self, wanted: Collection[str]) -> Iterator[Chunk]:
        self._done = 0
        if self._rows == 0:
            raise only_header(self.label)
        with _readable(self.label), pa_parquet.ParquetFile(self._path) as file:
            tops = _tops(wanted, self.columns)
            for batch in file.iter_batches(batch_size=FRAME_ROWS, columns=tops):
                size = int(batch.num_rows)
                columns = {name: batch.column(place) for place, name in enumerate(batch.schema.names)}
                rows = np.arange(self._done + 1, self._done + 1 + size, dtype=np.int64)
                yield _nested(Chunk(rows, columns), wanted, self._reading.explode)
                self._done += size

    def fraction(self) -> float:
        return self._done / max(1, self._rows)


def _tops(wanted: Collection[str], columns: Collection[str]) -> list[str]:
    """The columns to read for the wanted names, of which some may lie inside nested columns ('geo.region')."""
    return [name for name in columns if any(one in (name, f"{name}#") or one.startswith(f"{name}.") for one in wanted)]


def column_of(name: str, columns: Collection[str]) -> str | None:
    """The name under which ``chunks`` gives ``name``: itself, a place inside a nested column ('geo.region'), or the
    position in an exploded one ('items#')."""
    if name in columns:
        return name
    top = name[:-1] if name.endswith("#") else name.split(".")[0]
    return name if top != name and top in columns else None


# --- nested columns -----------------------------------------------------------------------------


def _nested(chunk: Chunk, wanted: Collection[str], explode: str | None) -> Chunk:
    """``chunk`` with each wanted place inside a struct, a key/value list or the exploded list as a column."""
    dotted = [name for name in wanted if name not in chunk.columns and "." in name]
    if not dotted and explode is None:
        return chunk
    columns = {name: _unwrapped(_from_json(array)) for name, array in chunk.columns.items()}
    out = dict(columns)
    parents: Array | None = None
    if explode is not None and explode in columns and pa.types.is_list(columns[explode].type):
        parents, entries, position = _exploded(columns[explode])
        out = {name: array.take(parents) for name, array in columns.items() if name != explode}
        out[f"{explode}#"] = position
        out[explode] = entries
    for name in dotted:
        top, _, rest = name.partition(".")
        if top in out:
            found = _place(out[top], rest)
            if found is not None:
                out[name] = found
    rows = chunk.rows if parents is None else chunk.rows[parents.to_numpy(zero_copy_only=False)]
    kept = {name: array for name, array in out.items() if name in wanted or name == f"{explode}#"}
    return Chunk(rows, kept, chunk.broken)


def _from_json(array: Array) -> Array:
    """A text column that holds JSON objects or lists as the nested column it stands for."""
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return array
    texts = cast("list[str | None]", array.to_pylist())
    first = next((text for text in texts if text), "")
    if first[:1] not in "[{" or not first:
        return array
    try:
        return from_arrow([json.loads(text) if text else None for text in texts])
    except json.JSONDecodeError:
        return array


def _exploded(lists: Array) -> tuple[Array, Array, Array]:
    """For a list column: the row of each entry, the entries, and their position; an empty list gives one null."""
    import pyarrow.compute as pc_untyped

    pc: Any = pc_untyped
    lengths = np.asarray(pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False), dtype=np.int64)
    times = np.maximum(lengths, 1)
    parents = np.repeat(np.arange(len(lengths)), times)
    starts = np.concatenate(([0], np.cumsum(times)[:-1])) if len(times) else np.zeros(0, dtype=np.int64)
    position = np.arange(len(parents)) - np.repeat(starts, times)
    firsts = np.concatenate(([0], np.cumsum(lengths)[:-1])) if len(lengths) else np.zeros(0, dtype=np.int64)
    source = np.repeat(firsts, times) + position
    empty = np.repeat(lengths == 0, times)
    flat = pc.list_flatten(lists)
    entries = flat.take(pa.array(source, mask=empty))
    return pa.array(parents), entries, pa.array(position)


def _unwrapped(array: Array) -> Array:
    """A list that a Parquet writer wrapped as {list: [{element: …}]}, as the plain list it stands for."""
    kind = array.type
    if not (pa.types.is_struct(kind) and kind.num_fields == 1 and kind[0].name == "list"):
        return array
    inner = array.field(0)
    entry = inner.type.value_type
    if pa.types.is_struct(entry) and entry.num_fields == 1 and entry[0].name in ("element", "item"):
        return pa.ListArray.from_arrays(inner.offsets, inner.values.field(0))
    return inner


def _place(array: Array, path: str) -> Array | None:
    """What lies at ``path`` inside a struct column, or under that key in a key/value list."""
    if pa.types.is_list(array.type):
        return _by_key(array, path)
    if not pa.types.is_struct(array.type):
        return None
    name, _, rest = path.partition(".")
    if array.type.get_field_index(name) < 0:
        return None
    import pyarrow.compute as pc_untyped

    pc: Any = pc_untyped
    inner = pc.struct_field(array, name)
    return _place(inner, rest) if rest else inner


def _by_key(lists: Array, key: str) -> Array | None:
    """The value under ``key`` in a list of {key, value} entries, as text; the value may be one of several types."""
    import pyarrow.compute as pc_untyped

    pc: Any = pc_untyped
    flat = pc.list_flatten(lists)
    kind = flat.type
    if not pa.types.is_struct(kind) or kind.get_field_index("key") < 0 or kind.get_field_index("value") < 0:
        return None
    hit = pc.fill_null(pc.equal(pc.struct_field(flat, "key"), key), False)
    values = pc.struct_field(flat, "value").filter(hit)
    parents = pc.list_parent_indices(lists).filter(hit).to_numpy(zero_copy_only=False)
    if pa.types.is_struct(values.type):
        texts = pa.nulls(len(values), pa.string())
        for place in range(values.type.num_fields):
            texts = pc.coalesce(texts, as_text(pc.struct_field(values, place)))
    else:
        texts = as_text(values)
    places = np.full(len(lists), -1, dtype=np.int64)
    places[parents[::-1]] = np.arange(len(parents))[::-1]  # the first where a key occurs twice
    return texts.take(pa.array(places, mask=places < 0))


# --- rows that pass through Python: spreadsheets and JSON ------------------------------------------


def _cells_chunk(rows: Sequence[int], cells: Sequence[Sequence[Any]], places: Mapping[str, int]) -> Chunk:
    columns = {
        name: from_arrow([None if row[place] == "" else row[place] for row in cells]) for name, place in places.items()
    }
    return Chunk(np.array(rows, dtype=np.int64), columns)


def _batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def _header_row(rows: Sequence[Sequence[str]], holds: Collection[str]) -> int:
    """Which of the first rows is the header: the one that holds a name, else the first that is as full as the rest.

    Exports like to put a notice above the header; it has a cell or two, where the header has as many as the data.
    """
    if holds:
        wanted = {simplified(name) for name in holds}
        for place, row in enumerate(rows):
            if wanted & {simplified(cell) for cell in row}:
                return place
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    most = max(filled, default=0)
    return next((place for place, count in enumerate(filled) if count and 2 * count >= most), 0)


def simplified(name: str) -> str:
    """A header for comparison: without blanks, case, full-width forms and a trailing '(KRW)'."""
    import unicodedata

    text = unicodedata.normalize("NFKC", name).strip("\ufeff\u200b").lower()
    text = re.sub(r"\s+|\((krw|원)\)$", "", re.sub(r"\s+", "", text))
    return text.replace("_", "").replace("-", "") if text.isascii() else text


class _Workbook(Opened):
    """One sheet. ``stream``: row by row with openpyxl, else in memory with calamine, which is much faster."""

    def __init__(self, path: Path, sheet: str, header: int, columns: Sequence[str], stream: bool) -> None:
        super().__init__(path.name, columns, format="Excel", sheet=sheet)
        self._path, self._sheet, self._header, self._stream = path, sheet, header, stream
        self._done, self._total = 0, 1

    def chunks(self, wanted: Collection[str]) -> Iterator[Chunk]:
        places = {name: place for place, name in enumerate(self.columns) if name in wanted}
        width = len(self.columns)
        found = False
        with _readable(self.label), _sheet_rows(self._path, self._sheet, self._stream) as (rows, total):
            self._total = max(1, total)
            below = itertools.islice(rows, self._header + 1, None)
            numbered = ((number, row) for number, row in enumerate(below, 1) if any(c not in ("", None) for c in row))
            for batch in _batches(numbered, CELL_ROWS):
                found = True
                cells = [[*row, *[""] * (width - len(row))] for _, row in batch]
                yield _cells_chunk([number for number, _ in batch], cells, places)
                self._done = batch[-1][0]
        if not found:
            raise only_header(self.label)

    def fraction(self) -> float:
        return min(1.0, self._done / self._total)


@contextmanager
def _sheet_rows(path: Path, sheet: str, stream: bool) -> Generator[tuple[Iterator[Sequence[Any]], int]]:
    if stream:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            page: Any = book[sheet]
            yield page.iter_rows(values_only=True), int(page.max_row or 0)
        finally:
            book.close()
    else:
        page = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet)
        yield iter(page.iter_rows()), int(page.total_height)


def _open_workbook(path: Path, reading: Reading) -> Opened:
    """The sheet that is asked for, else the first one with the header that is looked for, else the first with cells."""
    stream = path.stat().st_size > EXCEL_IN_MEMORY_BYTES and path.suffix.lower() != ".xls"
    try:
        names = python_calamine.CalamineWorkbook.from_path(str(path)).sheet_names if not stream else _names(path)
    except python_calamine.CalamineError as error:
        if isinstance(error, python_calamine.PasswordError) or "password" in str(error).lower():
            raise _locked(path.name) from error
        raise _broken(path.name, error) from error
    wanted = [reading.sheet] if reading.sheet is not None and reading.sheet in names else names
    best: tuple[str, int, list[str]] | None = None
    for sheet in wanted:
        with _sheet_rows(path, sheet, stream) as (rows, _):
            head = [["" if c is None else str(c) for c in row] for row in itertools.islice(rows, _HEADER_ROWS)]
        if not any(any(cell.strip() for cell in row) for row in head):
            continue
        header = _header_row(head, reading.header_holds)
        row = _trimmed(head[header])
        holds = {simplified(name) for name in reading.header_holds} & {simplified(cell) for cell in row}
        if holds or best is None:
            best = (sheet, header, row)
        if holds or not reading.header_holds:
            break
    if best is None:
        raise _empty(path.name)
    sheet, header, columns = best
    if reading.columns:
        return _Workbook(path, sheet, -1, reading.columns, stream)
    return _Workbook(path, sheet, header, columns, stream)


def _names(path: Path) -> list[str]:
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return list(book.sheetnames)
    finally:
        book.close()


def _trimmed(cells: Sequence[str]) -> list[str]:
    out = list(cells)
    while out and not out[-1].strip():
        out.pop()
    return out


class _Json(Opened):
    """An object a line, or one list of objects."""

    def __init__(self, path: Path, reading: Reading) -> None:
        self._path, self._reading = path, reading
        self._size = max(1, path.stat().st_size)
        self._raw: BinaryIO | None = None
        names: dict[str, None] = {}
        for record in itertools.islice(self._records(), 200):
            names.update(dict.fromkeys(record))
        super().__init__(path.name, list(names), format="JSON")

    def _records(self) -> Iterator[dict[str, Any]]:
        with self._path.open("rb") as raw, io.TextIOWrapper(_unzipped(raw), encoding="utf-8-sig") as text:
            self._raw = raw
            start = text.read(1)
            while start.isspace():
                start = text.read(1)
            if start == "[":
                records: Iterable[Any] = json.loads(start + text.read())
            else:
                lines = itertools.chain([start + text.readline()], text)
                records = (json.loads(line) for line in lines if line.strip())
            for record in records:
                if not isinstance(record, dict):
                    raise _broken(self._path.name, "JSON: {…}")
                yield cast("dict[str, Any]", record)

    def chunks(self, wanted: Collection[str]) -> Iterator[Chunk]:
        done = 0
        with _readable(self.label):
            for batch in _batches(self._records(), CELL_ROWS):
                tops = _tops(wanted, self.columns)
                columns = {name: from_arrow([record.get(name) for record in batch]) for name in tops}
                rows = np.arange(done + 1, done + 1 + len(batch), dtype=np.int64)
                yield _nested(Chunk(rows, columns), wanted, self._reading.explode)
                done += len(batch)
        if not done:
            raise _empty(self.label)

    def fraction(self) -> float:
        return 1.0 if self._raw is None or self._raw.closed else self._raw.tell() / self._size


# --- delimited text -----------------------------------------------------------------------------


def _unzipped(raw: BinaryIO) -> BinaryIO:
    start = raw.read(2)
    raw.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if start == b"\x1f\x8b" else raw


def _first_bytes(path: Path, size: int = _HEAD_BYTES) -> bytes:
    with path.open("rb") as raw:
        return _unzipped(raw).read(size)


_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def detect_encoding(path: Path) -> str:
    """UTF-8 (with or without BOM), UTF-16 or CP949, told by the first bytes that are not ASCII.

    Raises DataError where it is none of these.
    """
    head = _first_bytes(path, 4096)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if head[0::2].count(0) > len(head) // 3:
        return "utf-16-be"
    with path.open("rb") as raw:
        file = _unzipped(raw)
        rest = b""
        while block := file.read(1 << 20):
            block = rest + block
            rest = b""
            if block.isascii():
                continue
            # A character may be cut at the end of the block: what follows it decides with it.
            block += file.read(4)
            if _decodes(block, "utf-8"):
                return "utf-8"
            if _decodes(block, "cp949"):
                return "cp949"
            raise _encoding(path.name, "?")
    return "utf-8"


def _decodes(block: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(block)
    except UnicodeDecodeError:
        return False
    return True


class _Bytes(io.RawIOBase):
    """A text file as UTF-8 bytes for Arrow: decoded, its lines cut where columns are set apart by blanks or widths.

    Counts quotation marks as they pass: an odd number with a last value over several lines is an unclosed quote.
    """

    def __init__(self, path: Path, encoding: str, reading: Reading) -> None:
        super().__init__()
        self.raw = path.open("rb")
        self._file = _unzipped(self.raw)
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._plain = encoding == "utf-8"
        self._shape = _shaper(reading)
        self._line = ""
        self._ready = b""
        self._ended = False
        self.quotes = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = BLOCK_BYTES if size < 0 else size
        while len(self._ready) < wanted and not self._ended:
            self._fill(max(wanted, 1 << 16))
        out, self._ready = self._ready[:wanted], self._ready[wanted:]
        return out

    def _fill(self, size: int) -> None:
        block = self._file.read(size)
        self._ended = not block
        text = self._decoder.decode(block, final=self._ended)
        if self._shape is None:
            data = block if self._plain else text.encode("utf-8")
        else:
            lines = (self._line + text).split("\n")
            self._line = "" if self._ended else lines.pop()
            data = "".join(f"{self._shape(line)}\n" for line in lines if line.strip()).encode("utf-8")
        self.quotes += data.count(b'"')
        self._ready += data

    def close(self) -> None:
        self.raw.close()
        super().close()


_UNIT = "\x1f"  # separates the columns of lines that we cut ourselves


def _shaper(reading: Reading) -> Callable[[str], str] | None:
    """How a line is cut, where Arrow cannot; None where it can."""
    if reading.widths:
        ends = list(itertools.accumulate(reading.widths))
        spans = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]

        def by_width(line: str) -> str:
            return _UNIT.join(line.rstrip("\r")[span].strip() for span in spans)

        return by_width
    if reading.delimiter == "whitespace":
        return lambda line: _UNIT.join(line.split())
    return None


class _Text(Opened):
    def __init__(
        self, path: Path, reading: Reading, encoding: str, delimiter: str, skip: int, columns: Sequence[str]
    ) -> None:
        super().__init__(path.name, columns, format="CSV", encoding=encoding, delimiter=delimiter)
        self._path, self._reading, self._encoding, self._delimiter = path, reading, encoding, delimiter
        self._skip = skip  # lines above the data
        self._size = max(1, path.stat().st_size)
        self._stream: _Bytes | None = None

    def chunks(self, wanted: Collection[str]) -> Iterator[Chunk]:
        shaped = self._delimiter == _UNIT
        internal = [f"c{place}" for place in range(len(self.columns))]
        names = {f"c{place}": name for place, name in enumerate(self.columns) if name in wanted}
        bad: dict[int, str] = {}
        width = len(internal)

        def ragged(row: Any) -> str:
            bad[int(row.number) - self._skip] = str(row.text)
            return "skip"

        next_row, found = 1, False
        last: Any = None
        with _readable(self.label):
            self._stream = _Bytes(self._path, self._encoding, self._reading)
            reader = pa_csv.open_csv(
                pa.PythonFile(self._stream, mode="r"),
                read_options=pa_csv.ReadOptions(
                    use_threads=False, column_names=internal, skip_rows=self._skip, block_size=BLOCK_BYTES
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=self._delimiter,
                    quote_char=False if shaped else '"',
                    newlines_in_values=not shaped,
                    ignore_empty_lines=False,
                    invalid_row_handler=ragged,
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(internal, pa.string()),
                    strings_can_be_null=False,
                    include_columns=list(names),
                    check_utf8=False,  # the stream has decoded it
                ),
            )
            for batch in _gathered(reader):
                size = int(batch.num_rows)
                rows, next_row = _numbers(next_row, size, bad)
                columns = {names[name]: batch.column(name).combine_chunks() for name in batch.column_names}
                mended, broken = self._mended(bad, width, next_row, names)
                bad = {row: text for row, text in bad.items() if row >= next_row}
                chunk = _without_empty(_joined(Chunk(rows, columns, broken), mended))
                if len(chunk.rows) or chunk.broken:
                    found = True
                    last = chunk.columns
                    yield chunk
            mended, broken = self._mended(bad, width, None, names)
            if broken or len(mended.rows):
                found = True
                yield _joined(Chunk(mended.rows[:0], {}, broken), mended)
        if self._stream.quotes % 2 and last is not None and _ends_over_lines(last):
            raise DataError(
                "unclosed_quote",
                '{file}: 닫히지 않은 따옴표(")가 있어 줄을 나눌 수 없어요.',
                "따옴표를 고치거나 엑셀 파일(.xlsx)로 저장해서 올려 주세요.",
                file=self.label,
            )
        self._stream.close()
        if not found:
            raise only_header(self.label)

    def _mended(
        self, bad: Mapping[int, str], width: int, before: int | None, names: Mapping[str, str]
    ) -> tuple[Chunk, tuple[tuple[int, str], ...]]:
        """Rows with too many columns of which the last are empty are good; the others are broken."""
        good: list[tuple[int, list[str]]] = []
        broken: list[tuple[int, str]] = []
        for row, text in sorted(bad.items()):
            if before is not None and row >= before:
                continue
            cells = next(iter(csv.reader(io.StringIO(text), delimiter=self._delimiter)), list[str]())
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                good.append((row, cells))
            else:
                broken.append((row, text))
        columns = {
            name: pa.array([cells[int(internal[1:])] for _, cells in good], pa.string())
            for internal, name in names.items()
        }
        return Chunk(np.array([row for row, _ in good], dtype=np.int64), columns), tuple(broken)

    def fraction(self) -> float:
        if self._stream is None:
            return 0.0
        raw = self._stream.raw
        return 1.0 if raw.closed else min(1.0, raw.tell() / self._size)


def _gathered(reader: Iterable[Any]) -> Iterator[Any]:
    """Batches put together to tables of about ``CHUNK_BYTES``."""
    held: list[Any] = []
    size = 0
    for batch in reader:
        held.append(batch)
        size += int(batch.nbytes)
        if size >= CHUNK_BYTES:
            yield pa.Table.from_batches(held)
            held, size = [], 0
    if held:
        yield pa.Table.from_batches(held)


def _numbers(start: int, size: int, skipped: Mapping[int, str]) -> tuple[Ints, int]:
    """The numbers of the next ``size`` rows that were not skipped, and the number after the last."""
    if not skipped:
        return np.arange(start, start + size, dtype=np.int64), start + size
    candidates = np.arange(start, start + size + len(skipped), dtype=np.int64)
    rows = np.setdiff1d(candidates, np.fromiter(skipped, dtype=np.int64), assume_unique=True)[:size]
    end = int(rows[-1]) + 1 if size else start
    while end in skipped:
        end += 1
    return rows, end


def _joined(chunk: Chunk, more: Chunk) -> Chunk:
    """Both together, in the order of the file."""
    if not len(more.rows):
        return chunk
    rows = np.concatenate([chunk.rows, more.rows])
    order = np.argsort(rows, kind="stable")
    columns = {
        name: pa.concat_arrays([*([chunk.columns[name]] if name in chunk.columns else []), array]).take(pa.array(order))
        for name, array in more.columns.items()
    }
    return Chunk(rows[order], columns, chunk.broken)


def _without_empty(chunk: Chunk) -> Chunk:
    """Without the rows in which nothing of what is read is written: blank lines and the blank end of a sheet."""
    import pyarrow.compute as pc_untyped

    pc: Any = pc_untyped
    if not chunk.columns or not len(chunk.rows):
        return chunk
    filled = np.zeros(len(chunk.rows), dtype=np.bool_)
    for array in chunk.columns.values():
        lengths = pc.fill_null(pc.utf8_length(array), 0).to_numpy(zero_copy_only=False)
        filled |= np.asarray(lengths > 0, dtype=np.bool_)
        if filled.all():
            return chunk
    mask = pa.array(filled)
    return Chunk(chunk.rows[filled], {name: array.filter(mask) for name, array in chunk.columns.items()}, chunk.broken)


def _ends_over_lines(columns: Mapping[str, Array]) -> bool:
    return any(len(array) and "\n" in str(array[len(array) - 1]) for array in columns.values())


def _open_text(path: Path, reading: Reading) -> Opened:
    encoding = reading.encoding or detect_encoding(path)
    stream = _Bytes(path, encoding, reading)
    head = stream.read(_HEAD_BYTES).decode("utf-8", "ignore")
    stream.close()
    if not head.strip():
        raise _empty(path.name)
    if _shaper(reading) is not None:
        if reading.columns:
            return _Text(path, reading, encoding, _UNIT, 0, reading.columns)
        first = head.split("\n", 1)[0].split(_UNIT)
        return _Text(path, reading, encoding, _UNIT, 1, first)
    delimiter = reading.delimiter or detect_delimiter(head, path.suffix)
    if reading.columns:
        return _Text(path, reading, encoding, delimiter, 0, reading.columns)
    rows, ends = _records(head, delimiter)
    header = _header_row(rows[:_HEADER_ROWS], reading.header_holds)
    columns = _fitted(rows[header], rows[header + 1 :])
    return _Text(path, reading, encoding, delimiter, ends[header], columns)


def _records(head: str, delimiter: str, limit: int = 60) -> tuple[list[list[str]], list[int]]:
    """The first records, and after how many lines each one ends. A last record that may be cut off is left out."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in itertools.islice(reader, limit):
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        pass  # a field larger than the head: what came before is enough
    if len(head) >= _HEAD_BYTES and len(rows) > 1 and len(rows) < limit:
        rows.pop()
        ends.pop()
    return rows, ends


def _fitted(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The header as wide as its rows: programs put a delimiter too many behind one or the other."""
    widths = {len(row) for row in rows if any(cell.strip() for cell in row)}
    columns = list(header)
    if len(widths) == 1:
        (width,) = widths
        while len(columns) > width and not columns[-1].strip():
            columns.pop()
        columns += (
            [""] * (width - len(columns)) if all(not row[-1].strip() for row in rows if len(row) == width) else []
        )
    return columns


def detect_delimiter(head: str, suffix: str = "") -> str:
    """The sign that cuts the first lines into the most columns, equally many in nearly all of them."""
    best, best_score = "\t" if suffix.lower() == ".tsv" else ",", (False, 0, 0.0)
    for sign in (",", "\t", ";", "|"):
        rows, _ = _records(head, sign)
        widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
        if not widths:
            continue
        width, times = widths.most_common(1)[0]
        share = times / sum(widths.values())
        if width > 1 and (share >= 0.8, width, share) > best_score:
            best, best_score = sign, (share >= 0.8, width, share)
    return best


# --- a first look -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preview:
    """The first rows of a source as they are written, and how it is written."""

    label: str
    columns: tuple[str, ...]
    rows: pd.DataFrame
    details: Mapping[str, str] = field(default_factory=dict[str, str])

    def frame(self) -> pd.DataFrame:
        return self.rows


def read_preview(source: Source, rows: int = 20, reading: Reading | None = None) -> Preview:
    """The first ``rows`` rows of the first file of ``source``, as text."""
    opened = open_source(expand(source)[0], reading)
    return preview_of(opened, rows)


def preview_of(opened: Opened, rows: int = 20) -> Preview:
    wanted = [name for name in opened.columns if name]
    chunk = next(iter(opened.chunks(wanted)), None)
    columns: dict[str, Any] = {}
    for name in wanted:
        array = chunk.columns.get(name) if chunk is not None else None
        columns[name] = as_text(array.slice(0, rows)).to_pylist() if array is not None else []
    return Preview(opened.label, tuple(wanted), pd.DataFrame(columns, columns=pd.Index(wanted)), opened.details)


def is_known(array: Array) -> bool:
    return bool(known_of(array).any())
