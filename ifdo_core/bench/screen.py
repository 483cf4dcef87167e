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
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ifdo_core.bench.app import ROOT, START_S, served
from ifdo_core.bench.measure import Row
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.progress import Progress

EDITS = 15
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

    ``start``: the beginning of the 7 days, for the bare query.
    """
    chromium = os.environ.get("IFDO_CHROMIUM") or shutil.which("chromium")
    if find_spec("playwright") is None or chromium is None or not (ROOT / "app.py").exists():
        return "edit to number: left out (needs the repository, playwright and chromium)"
    progress(0.1, "builder")
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(_BARE.format(path=str(shop), start=start), encoding="utf-8")
        with served(ROOT / "app.py", Path(folder), IFDO_URL=str(shop), IFDO_REFRESH="off") as app:
            ours = _timed_edits(
                chromium, f"{app.url}/segments?segment={link(_SEGMENT)}", CONDITIONS["cart.recent_amount"].ko
            )
        progress(0.6, "bare fragment")
        with served(bare, Path(folder)) as app:
            theirs = _timed_edits(chromium, app.url, "amount")
    return Row("edit to number in Chromium", "bare Streamlit fragment", ours, theirs, "times", AIM)


def link(tree: str) -> str:
    """The segment as the builder's link holds it."""
    return "tree." + base64.urlsafe_b64encode(zlib.compress(tree.encode(), 9)).decode().rstrip("=")


def _timed_edits(chromium: str, url: str, label: str) -> float:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page: Any = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url)
        number = page.locator(".ifdo-numbers .week b").first
        number.wait_for(timeout=START_S * 1000)
        field = page.get_by_label(label, exact=True)
        field.wait_for(timeout=START_S * 1000)
        page.wait_for_timeout(2000)
        taken = [_one_edit(page, number, field, 20_000 + 5_000 * turn) for turn in range(EDITS)]
        browser.close()
    return statistics.median(taken[2:])


def _one_edit(page: Any, number: Any, field: Any, amount: int) -> float:
    before = number.inner_text()
    field.fill(f"{amount}")
    start = time.perf_counter()
    field.press("Enter")
    page.wait_for_function(_CHANGED, arg=before, polling="raf")
    spent = time.perf_counter() - start
    page.wait_for_timeout(400)
    return spent
