"""The page of reports: one report by the address, else the gallery."""

from __future__ import annotations

from ifdo_core.catalogue import REPORTS
from ifdo_ui import cache
from ifdo_ui.reports import gallery, view
from ifdo_ui.state import chosen

#: What the address may name; the first stands for the gallery.
ADDRESSES = ("", *REPORTS)


def draw(opened: cache.Shop) -> None:
    asked = chosen("report", ADDRESSES)
    if asked:
        view.draw(opened, REPORTS[asked])
    else:
        gallery.draw(opened)
