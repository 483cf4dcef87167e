"""From a number of the analysis to its people."""

from __future__ import annotations

from typing import Any

from ifdo_core import Segment
from ifdo_ui import cache
from ifdo_ui.widgets.whom import whom


def make_segment(opened: cache.Shop, name: str, *leaves: dict[str, Any], named: bool = True) -> None:
    """Those for whom all of these conditions hold: how many, as a segment, as a message to them."""
    whom(opened, Segment.all_of(name, *leaves), named=named)
