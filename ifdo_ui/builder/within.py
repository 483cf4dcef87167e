"""Saved segments to choose from inside a segment."""

from __future__ import annotations

from ifdo_core.errors import SegmentError
from ifdo_core.segments.model import Segment
from ifdo_ui import cache
from ifdo_ui.widgets.slot import Suggestion


def saved_choices(opened: cache.Shop, own_id: str | None) -> list[Suggestion]:
    """Saved segments by name, without the open one and those that hold it; uncounted."""
    found = [item for item in cache.store().list() if item.segment is not None and item.id != own_id]
    return [Suggestion(item.id, item.name, 0) for item in found if item.segment and _free(opened, item.segment, own_id)]


def _free(opened: cache.Shop, segment: Segment, own_id: str | None) -> bool:
    try:
        opened.workbench.resolve(segment, own_id)
    except SegmentError:
        return False
    return True
