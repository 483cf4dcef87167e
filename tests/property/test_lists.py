"""Laws of lists: a count and its list agree whatever the segment; masked data never shows."""

from __future__ import annotations

from datetime import date
from random import Random
from zoneinfo import ZoneInfo

import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from ifdo_core import Segment, Workbench
from ifdo_core.catalogue.lists import COLUMNS
from ifdo_core.lists.cells import masked_frame, worded_frame
from tests.oracle import Oracle
from tests.property.depth import examples
from tests.property.loading import opened
from tests.property.segments import Drawer
from tests.property.shops import Case, cases

dices = st.randoms(use_true_random=False)


@examples(6)
@given(case=cases(people=6, events=16), dice=dices)
def test_the_total_of_a_list_is_the_number(case: Case, dice: Random):
    with opened(case.shop) as workbench:
        oracle = Oracle(case.shop, workbench.now)
        assume(oracle.visits)
        segment = Segment(Drawer(dice, oracle).tree())
        preview = workbench.preview(segment)
        for what in COLUMNS:
            for window in ("24h", "7d")[dice.random() < 0.5 :]:
                page = workbench.listing(segment, what, window=window, limit=1_000)
                assert page.total == len(page.frame()) == getattr(preview, f"{what}_{window}")
                assert page.total == sum(pages(workbench, segment, what, window, size=3))


def pages(workbench: Workbench, segment: Segment, what: str, window: str, size: int) -> list[int]:
    """Rows of each page; together they have every row once."""
    found: list[pd.DataFrame] = []
    while not found or len(found[-1]) == size:
        found.append(workbench.listing(segment, what, window=window, limit=size, offset=size * len(found)).frame())
    key = {"visits": "started_at"}.get(what, f"{what.removesuffix('s')}_id")
    if what != "visits":
        keys = pd.concat(found)[key]
        assert keys.is_unique
    return [len(part) for part in found]


PHONE = st.builds(
    lambda head, middle, last, sign: (f"{head}{sign}{middle}{sign}{last}", middle),
    st.sampled_from(["010", "+82-10", "011", "+82 10"]),
    st.from_regex(r"[1-9][0-9]{3}", fullmatch=True),
    st.from_regex(r"[0-9]{4}", fullmatch=True),
    st.sampled_from(["-", "", " ", "."]),
)
NAME = st.from_regex(r"[a-z][a-z0-9._-]{3,12}[a-z0-9]", fullmatch=True)
TEXT = st.sampled_from(["{}", "검색 {} 결과", "/path?q={}&x=1", "{} / {}"])


@examples(60)
@given(
    phone=PHONE,
    name=NAME,
    born=st.dates(date(1930, 1, 1), date(2015, 12, 31)),
    text=TEXT,
    kind=st.sampled_from(list(COLUMNS)),
)
def test_masked_never_shows(phone: tuple[str, str], name: str, born: date, text: str, kind: str):
    """Whatever column personal data stands in, and however it is shown."""
    assume(f"{born:%m-%d}" not in phone[0])
    email = f"{name}@shop.example"
    columns = COLUMNS[kind]
    values = {"phone": phone[0], "email": email, "birthday": born}
    for hidden in (phone[0], email):
        frame = pd.DataFrame(
            {
                column.name: [values.get(column.name, text.replace("{}", hidden))]
                for column in columns
                if column.kind in ("text", "choice", "date")
            }
        )
        kept = [column for column in columns if column.name in frame.columns]
        masked = masked_frame(frame, kept)
        shown = masked.to_csv() + worded_frame(masked, kept, ZoneInfo("Asia/Seoul")).to_csv()
        assert phone[0] not in shown
        assert phone[1] not in shown.replace(phone[0][-4:], "")
        assert name not in shown
        assert f"{born:%m-%d}" not in shown
