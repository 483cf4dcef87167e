"""From an edit to the new number on the screen, in Chromium: the segment builder against a bare Streamlit fragment.

Both show the same shop's count of visits with a cart of at least so many won; the bare page asks one query and draws
one number. Needs playwright and Debian's chromium, which only the tests and benchmarks install.
"""

from __future__ import annotations

import base64
import os
import shutil
import statistics
import tempfile
import time
import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ifdo_core.bench.app import ROOT, START_S, served
from ifdo_core.bench.measure import Row
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.progress import Progress

#: What is typed, in won: 30 edits of each, the first of which warm both up.
AMOUNTS = range(20_000, 170_000, 5_000)
WARM_UP = 4
#: Between two edits, so that what an edit draws behind its number is drawn.
SETTLING_MS = 1500
AIM = 1.5

#: The peer: what one writes in Streamlit to show one number that follows one input.
_BARE = """
import duckdb
import streamlit as st

@st.cache_resource
def shop():
    return duckdb.connect({path!r}, read_only=True)

@st.fragment
def panel():
    amount = int(st.text_input("amount", "50000", key="amount").replace(",", ""))
    found = shop().cursor().execute(
        "SELECT count(*) FROM visits WHERE started_at > TIMESTAMP '{start}' AND recent_cart_amount >= ?", [amount]
    ).fetchone()[0]
    st.html(f'<div class="ifdo-numbers"><div class="week"><b>{{found:,}}</b></div></div>')

panel()
"""

_CHANGED = """before => {
    const shown = document.querySelector('.ifdo-numbers .week b');
    return shown !== null && shown.innerText !== before;
}"""

_SEGMENT = (
    '{"format": 1, "name": "bench", "where": {"all": '
    '[{"condition": "cart.recent_amount", "op": "gte", "value": 50000}]}}'
)


def edit_to_number(shop: Path, start: str, progress: Progress) -> Row | str:
    """Median seconds from Enter in the amount to the changed number; a sentence where it cannot be measured.

    The two take turns, each in a browser of its own. ``start``: the beginning of the 7 days, for the bare query.
    """
    chromium = os.environ.get("IFDO_CHROMIUM") or shutil.which("chromium")
    if find_spec("playwright") is None or chromium is None or not (ROOT / "app.py").exists():
        return "edit to number: left out (needs the repository, playwright and chromium)"
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        # one process may have a DuckDB file open for writing, and then no other may
        own_copy = shutil.copy(shop, Path(folder) / "bare.duckdb")
        bare = Path(folder) / "bare.py"
        bare.write_text(_BARE.format(path=str(own_copy), start=start), encoding="utf-8")
        progress(0.1, "builder and bare fragment")
        with (
            served(ROOT / "app.py", Path(folder), IFDO_URL=str(shop), IFDO_REFRESH="off") as app,
            served(bare, Path(folder)) as peer,
        ):
            builder = f"{app.url}/segments?segment={link(_SEGMENT)}"
            ours = _Editor.opened(play, chromium, builder, CONDITIONS["cart.recent_amount"].ko)
            theirs = _Editor.opened(play, chromium, peer.url, "amount")
            taken = [(ours.edit(amount), theirs.edit(amount)) for amount in AMOUNTS]
    own, bare_s = (statistics.median(times) for times in zip(*taken[WARM_UP:], strict=True))
    return Row("edit to number in Chromium", "bare Streamlit fragment", own, bare_s, "times", AIM)


def link(tree: str) -> str:
    """The segment as the builder's link holds it."""
    return "tree." + base64.urlsafe_b64encode(zlib.compress(tree.encode(), 9)).decode().rstrip("=")


@dataclass(frozen=True)
class _Editor:
    """A page in a browser of its own: the input of the amount, and the number that follows it."""

    page: Any
    field: Any
    number: Any

    @classmethod
    def opened(cls, play: Any, chromium: str, url: str, label: str) -> _Editor:
        page = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"]).new_page(
            viewport={"width": 1440, "height": 900}
        )
        page.goto(url)
        editor = cls(page, page.get_by_label(label, exact=True), page.locator(".ifdo-numbers .week b").first)
        for part in (editor.number, editor.field):
            part.wait_for(timeout=START_S * 1000)
        page.wait_for_timeout(2000)
        return editor

    def edit(self, amount: int) -> float:
        """Seconds from Enter to another number."""
        before = self.number.inner_text()
        self.field.fill(f"{amount}")
        start = time.perf_counter()
        self.field.press("Enter")
        self.page.wait_for_function(_CHANGED, arg=before, polling="raf")
        spent = time.perf_counter() - start
        self.page.wait_for_timeout(SETTLING_MS)
        return spent
