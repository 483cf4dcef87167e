"""Rows of a list as cells: masked, in the shop's time zone, and worded where people read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from ifdo_core.catalogue.lists import ListColumn
from ifdo_core.exports import in_zone
from ifdo_core.i18n import current_language, translate
from ifdo_core.lists.masks import MASKS
from ifdo_core.lookups import wording


def masked_frame(frame: pd.DataFrame, columns: Sequence[ListColumn]) -> pd.DataFrame:
    """A copy of ``frame`` (columns in the order of ``columns``) without readable personal data."""
    out = frame.copy()
    for place, column in enumerate(columns):
        if column.mask or column.kind in ("text", "choice"):
            out.isetitem(place, _each(out.iloc[:, place], MASKS[column.mask or "text"]))
    return out


def worded_frame(frame: pd.DataFrame, columns: Sequence[ListColumn], zone: ZoneInfo) -> pd.DataFrame:
    """A copy as people read it in the current language: values by their names, times of the shop's clock."""
    out = in_zone(frame, zone)
    for place, column in enumerate(columns):
        if column.kind == "choice":
            names = _names(column.words)
            out.isetitem(place, _each(out.iloc[:, place], lambda value, names=names: names.get(value, value)))
        elif column.kind == "flag":
            yes, no = translate("예"), translate("아니요")
            out.isetitem(place, _each(out.iloc[:, place], lambda value, yes=yes, no=no: yes if value else no))
    return out


def _names(words: str) -> dict[str, str]:
    place = 0 if current_language() == "ko" else 1
    return {value: both[place] for value, both in wording(words).items()}


def _each(series: pd.Series[Any], change: Callable[[Any], Any]) -> Any:
    """``change`` of each value that is there, asked once a distinct value; null stays null."""
    told = {value: change(value) for value in series.dropna().unique()}
    # as a list: a column of Arrow's texts takes as long to give each of them as the rest takes
    values = zip(series.tolist(), series.notna().tolist(), strict=True)
    return pd.Series([told.get(value) if there else None for value, there in values], series.index, "object")
