"""``Message`` to and from plain dicts: every name and type is checked, and what is empty is not written."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from ifdo_core.errors import MessageError
from ifdo_core.i18n import translate
from ifdo_core.messages import model
from ifdo_core.messages.limits import limits
from ifdo_core.messages.model import FORMAT, Message

_PLAIN: dict[type, str] = {str: "글", int: "정수", bool: "예/아니오"}
MAX_PARTS = 50
MAX_TEXT = 20_000


def read_message(data: object) -> Message:
    """A message from a dict. Raises MessageError."""
    if not isinstance(data, Mapping):
        raise _refused("not_a_message", "메시지는 이름과 값의 묶음이어야 해요.", "$")
    found: Message = _read(Message, cast("object", data), "")
    if found.format != FORMAT:
        raise _refused("unknown_format", "모르는 형식 번호예요: {value}.", "format", value=found.format)
    if found.type not in limits().types:
        raise _refused("unknown_type", "모르는 메시지 종류예요: {value}.", "type", value=found.type)
    return found


def _refused(code: str, text: str, path: str, **facts: object) -> MessageError:
    return MessageError(code, text, "예제 메시지의 모양을 참고해 주세요.", path=path, **facts)


@cache
def _shape(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, dict(vars(model)))


def _read(kind: Any, value: object, path: str) -> Any:
    """``value`` as ``kind``: a dataclass, a tuple of them, an optional of either, or a plain value."""
    if get_origin(kind) in (Union, types.UnionType):
        if value is None:
            return None
        return _read(next(one for one in get_args(kind) if one is not type(None)), value, path)
    if get_origin(kind) is tuple:
        return _read_tuple(kind, value, path)
    if is_dataclass(kind):
        return _read_object(kind, value, path)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _refused("wrong_type", "{word}이(가) 올 자리예요.", path, word=translate(_PLAIN[kind]))
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise _refused("text_is_huge", "글이 너무 길어요({length}자).", path, length=len(value))
    return value


def _mapping(value: object, path: str) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise _refused("wrong_type", "{word}이(가) 올 자리예요.", path, word=translate("묶음"))
    return cast("Mapping[Any, Any]", value)


def _read_object(kind: Any, value: object, path: str) -> Any:
    shape = _shape(kind)
    given = _mapping(value, path)
    for name in given:
        if name not in shape:
            raise _refused("unknown_name", "모르는 이름이에요: {name}.", _at(path, str(name)), name=name)
    return kind(**{name: _read(shape[name], one, _at(path, name)) for name, one in given.items()})


def _read_tuple(kind: Any, value: object, path: str) -> Any:
    inner = get_args(kind)[0]
    if get_origin(inner) is tuple:  # variable → fallback, written as a mapping
        given = _mapping(value, path)
        pairs = {str(name): _read(str, one, _at(path, str(name))) for name, one in given.items()}
        return tuple(sorted(pairs.items()))
    if not isinstance(value, (list, tuple)):
        raise _refused("wrong_type", "{word}이(가) 올 자리예요.", path, word=translate("목록"))
    parts = cast("Sequence[object]", value)
    if len(parts) > MAX_PARTS:
        raise _refused("too_many_parts", "항목이 너무 많아요({count}개).", path, count=len(parts))
    return tuple(_read(inner, one, f"{path}[{place}]") for place, one in enumerate(parts))


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def written(value: Any) -> dict[str, Any]:
    """A dataclass of the tree as a dict; fields that are as they are by default are left out, ``type`` never is."""
    out: dict[str, Any] = {}
    for field in fields(value):
        one = getattr(value, field.name)
        if field.name in ("format", "type") or field.default is MISSING or one != field.default:
            out[field.name] = _plain(field.name, one)
    return {"format": out.pop("format"), **out} if "format" in out else out


def _plain(name: str, value: Any) -> Any:
    if name == "fallbacks":
        return dict(value)
    if isinstance(value, tuple):
        return [_plain("", one) for one in cast("tuple[Any, ...]", value)]
    return written(value) if is_dataclass(value) else value
