"""Segments as a YAML file, one or many, and back (api.md, 'A segment as text').

One segment is the tree of api.md. Many are ``{format: 1, segments: [{id, name, where}, …]}``; the id is what other
segments of the file call it by. A fault in one does not keep the others out: each is read on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import yaml

from ifdo_core.errors import SegmentError
from ifdo_core.segments.check import read_segment
from ifdo_core.segments.model import FORMAT, AllOf, AnyOf, Node, Not, Segment, leaves
from ifdo_core.segments.nested import named_ids, names_segments

#: A file with more is no list of segments that people made.
MAX_SEGMENTS = 1_000
MAX_BYTES = 5_000_000


@dataclass(frozen=True)
class Read:
    """One segment of a file, or why it cannot be taken; ``path`` is where it stands: '$' or 'segments[3]'."""

    path: str
    name: str
    id: str = ""
    segment: Segment | None = None
    fault: SegmentError | None = None


def write_segments(segments: Mapping[str, Segment]) -> str:
    """Segments by id as one YAML file; a single one is written as api.md has it."""
    if len(segments) == 1:
        return next(iter(segments.values())).to_yaml()
    rows = [
        {"id": segment_id, "name": segment.name, "where": segment.to_dict()["where"]}
        for segment_id, segment in segments.items()
    ]
    return yaml.safe_dump({"format": FORMAT, "segments": rows}, allow_unicode=True, sort_keys=False)


def read_segments(text: str) -> list[Read]:
    """The segments of a file: one, many, or several YAML documents. Raises SegmentError where it is no such file."""
    documents = _documents(text)
    found: list[Read] = []
    for place, document in enumerate(documents):
        at = "$" if len(documents) == 1 else f"$[{place}]"
        found += _of_document(document, at)
    if not found:
        raise SegmentError("no_segments", "파일에 세그먼트가 없어요.", "내보낸 YAML 파일인지 확인해 주세요.", path="$")
    return found


def in_order(rows: Iterable[Read]) -> list[Read]:
    """Those that are named by others of the file first."""
    by_id = {row.id: row for row in rows if row.id}
    ordered: list[Read] = []
    seen: set[int] = set()

    def visit(row: Read) -> None:
        if id(row) in seen:
            return
        seen.add(id(row))
        for name in named_ids(row.segment.where) if row.segment else ():
            if name in by_id:
                visit(by_id[name])
        ordered.append(row)

    for row in list(rows):
        visit(row)
    return ordered


def with_ids(segment: Segment, known: Mapping[str, str]) -> Segment:
    """The segment with the saved segments that it names called by their ids in ``known``."""
    return replace(segment, where=_renamed(segment.where, known))


def _renamed(node: Node, known: Mapping[str, str]) -> Node:
    if isinstance(node, Not):
        return Not(_renamed(node.part, known))
    if isinstance(node, AllOf | AnyOf):
        return type(node)(tuple(_renamed(part, known) for part in node.parts))
    if not names_segments(node) or node.value is None:
        return node
    return replace(node, value=tuple(known.get(str(value), value) for value in cast(tuple[str, ...], node.value)))


def _documents(text: str) -> list[Any]:
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise SegmentError(
            "file_too_large", "파일이 너무 커요.", "{limit}MB보다 작은 파일로 나눠 주세요.", path="$", limit=5
        )
    try:
        return [document for document in yaml.safe_load_all(text) if document is not None]
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise SegmentError(
            "not_yaml", "세그먼트 YAML을 읽을 수 없습니다: {detail}", path="$", detail=str(error)[:200]
        ) from error


def _of_document(document: object, at: str) -> list[Read]:
    told = _mapping(document)
    if "segments" not in told:
        return [_one(document, at, "")]
    rows, form = told["segments"], told.get("format")
    if form != FORMAT or not isinstance(rows, list) or set(told) - {"format", "segments"}:
        # as a single segment it is refused with what is wrong
        plain: dict[str, object] = {key: value for key, value in told.items() if key != "segments"}
        return [_one({**plain, "where": cast(object, rows)}, at, "")]
    listed = cast(list[object], rows)
    if len(listed) > MAX_SEGMENTS:
        raise SegmentError(
            "too_many_segments",
            "파일에 세그먼트가 {limit}개보다 많아요.",
            "파일을 나눠 주세요.",
            path=f"{at}.segments",
            limit=f"{MAX_SEGMENTS:,}",
        )
    return [
        _row(row, f"segments[{place}]" if at == "$" else f"{at}.segments[{place}]") for place, row in enumerate(listed)
    ]


def _row(row: object, path: str) -> Read:
    told = _mapping(row)
    if not told:
        return _one(row, path, "")
    own = told.get("id")
    rest = {key: value for key, value in told.items() if key != "id"}
    return _one({"format": FORMAT, **rest}, path, own if isinstance(own, str) else "")


def _one(data: object, path: str, segment_id: str) -> Read:
    name = str(_mapping(data).get("name") or "")[:200]
    try:
        segment = read_segment(data)
    except SegmentError as error:
        return Read(path, name, segment_id, fault=error)
    if not segment.name.strip():
        first = next(leaves(segment.where))
        return Read(path, first.condition, segment_id, replace(segment, name=first.condition))
    return Read(path, segment.name, segment_id, segment)


def _mapping(data: object) -> dict[str, object]:
    """``data`` where it is a mapping, else an empty one."""
    return cast(dict[str, object], data) if isinstance(data, dict) else {}
