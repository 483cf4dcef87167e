"""No session sees another's numbers: four browsers edit different segments of one app at once.

Every number that a screen ever shows is written down; each must be one that the core gives for a segment that this
session had, and after each edit the number must become that of the edit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

from playwright.sync_api import expect

from ifdo_core import Segment
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.formats import count_text
from ifdo_core.segments.model import AllOf, Leaf
from ifdo_ui.state import pack
from tests.browser.conftest import App
from tests.browser.test_segments import settled

Visit = Callable[..., Any]
ROUNDS = 8

#: What each session edits, with values whose numbers no other session has.
EDITED = {
    "cart.recent_amount": (10_000, 15_000, 25_000, 30_000, 35_000, 40_000),
    "traffic.visit_count": (2, 3, 4, 5, 6),
    "behaviour.page_viewed": (2, 3, 4, 5, 6, 7),
    "traffic.pages_in_visit": (2, 3, 4, 5),
}

#: Every text that the large numbers ever had.
_WATCH = """
window.ifdoSeen = [];
const note = () => {
  for (const shown of document.querySelectorAll(".ifdo-numbers .week b")) {
    const seen = window.ifdoSeen, text = shown.textContent;
    if (seen[seen.length - 1] !== text) seen.push(text);
  }
};
new MutationObserver(note).observe(document, {childList: true, characterData: true, subtree: true});
"""


@dataclass
class Editor:
    """One browser with one segment."""

    page: Any
    condition: str
    counts: dict[int, int]
    value: int

    def type(self, value: int) -> None:
        self.value = value
        box = self.page.get_by_label(CONDITIONS[self.condition].ko, exact=True)
        box.fill(str(value))
        box.press("Enter")

    def settles(self) -> None:
        expect(self.page.locator(".ifdo-numbers .week b")).to_have_text(self.text(self.value), timeout=30_000)

    def text(self, value: int) -> str:
        return count_text(self.counts[value], "건", "ko")

    def seen(self) -> list[str]:
        return self.page.evaluate("window.ifdoSeen")


def tree(condition: str, value: int) -> Segment:
    params = {"pattern": "/*", "days": 30} if condition == "behaviour.page_viewed" else {}
    return Segment(AllOf((Leaf(condition, "gte", value, tuple(params.items())),)), "")


def test_no_session_sees_anothers_numbers(demo: App, twin: Any, visit: Visit) -> None:
    dice = Random(4)
    editors: list[Editor] = []
    for condition, values in EDITED.items():
        counts = {value: twin.preview(tree(condition, value)).visits_7d for value in values}
        page = visit(demo.url)
        page.add_init_script(_WATCH)
        page.goto(f"{demo.url}/segments?segment={quote(pack(tree(condition, values[0])))}")
        editors.append(Editor(page, condition, counts, values[0]))
    every = [count for editor in editors for count in editor.counts.values()]
    assert len(set(every)) == len(every), "each number must tell whose it is"
    for editor in editors:
        editor.settles()
        settled(editor.page)
    for _ in range(ROUNDS):
        for editor in dice.sample(editors, len(editors)):
            for _ in range(dice.choice([1, 1, 2, 3])):  # an edit may overtake the one before
                editor.type(dice.choice([value for value in editor.counts if value != editor.value]))
        for editor in editors:
            editor.settles()
    for editor in editors:
        settled(editor.page)
        editor.settles()
        strangers = set(editor.seen()) - {editor.text(value) for value in editor.counts}
        assert not strangers, (editor.condition, strangers, editor.seen())
