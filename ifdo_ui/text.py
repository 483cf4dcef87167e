"""Words on screen: ``_`` turns a Korean msgid into the language of the session."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import UTC, date, datetime
from html import escape
from typing import TypeVar
from zoneinfo import ZoneInfo

from ifdo_core.i18n import current_language, translate

K = TypeVar("K", bound=Hashable)
#: Characters that Streamlit's Markdown would read as signs of its own.
_MARKDOWN = str.maketrans({char: "\\" + char for char in "\\`*_{}[]()<>#+!|~$:"})


def _(msgid: str, **facts: object) -> str:
    """``msgid`` in the current language, its ``{placeholders}`` filled from ``facts``."""
    text = translate(msgid)
    return text.format(**facts) if facts else text


def is_korean() -> bool:
    return current_language() == "ko"


def plain(text: str) -> str:
    """Text of people or of a shop, safe inside Markdown (labels of widgets are Markdown too)."""
    return text.translate(_MARKDOWN)


def distinct(names: Mapping[K, str]) -> dict[K, str]:
    """Each name once: the second of a kind becomes '… (2)'. A choice goes by what is read, so of two alike the
    first would be taken whichever was meant."""
    told: dict[K, str] = {}
    taken: set[str] = set()
    for key, name in names.items():
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name} ({number})"
        taken.add(free)
        told[key] = free
    return told


def local_date(ts: datetime, zone: ZoneInfo) -> date:
    """The shop's day of a naive UTC time."""
    return ts.replace(tzinfo=UTC).astimezone(zone).date()


def tag(name: str, text: str, css: str = "", **attributes: str) -> str:
    """An HTML element with escaped text: ``tag('b', '<3')`` is ``<b>&lt;3</b>``."""
    return element(name, escape(text), css, **attributes)


def element(name: str, inner: str, css: str = "", **attributes: str) -> str:
    """An HTML element around HTML that is already safe."""
    if css:
        attributes = {"class": css, **attributes}
    written = "".join(f' {key.replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{inner}</{name}>"
