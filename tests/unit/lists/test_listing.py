"""A page of a list: search, order, columns, pages; what is masked stays so."""

from __future__ import annotations

import pytest

from ifdo_core import Workbench
from ifdo_core.catalogue.lists import COLUMNS, KEY, SEARCHED
from ifdo_core.errors import DataError, NotAllowed, SegmentError
from ifdo_core.lookups import wording
from ifdo_core.roles import ROLES, current_role
from ifdo_core.segments.model import Leaf, Segment

ADMIN = ROLES["admin"]


def test_pages_follow_each_other(workbench: Workbench):
    whole = workbench.listing(None, "visits", limit=50)
    parts = [workbench.listing(None, "visits", limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [part.total for part in parts] == [5, 5, 5]
    assert parts[0].pages == 3
    assert [list(part.frame().visitor_id) for part in parts] == [["v0", "v1"], ["v2", "v3"], ["v4"]]
    assert list(whole.frame().visitor_id) == ["v0", "v1", "v2", "v3", "v4"]


@pytest.mark.parametrize("what", COLUMNS)
def test_every_column_can_be_shown_and_sorted_by(workbench: Workbench, what: str):
    every = tuple(column.name for column in COLUMNS[what])
    page = workbench.listing(None, what, columns=every, masked=False, role=ADMIN)
    assert list(page.frame().columns) == list(every) == list(page.worded().columns)
    for place, name in enumerate(every):
        asked = {"columns": (name,), "sort": name, "descending": bool(place % 2), "masked": False, "role": ADMIN}
        values = list(workbench.listing(None, what, **asked).frame()[name].dropna())
        assert values == sorted(values, reverse=bool(place % 2))


def test_columns_are_real(workbench: Workbench):
    for what, columns in COLUMNS.items():
        names = [column.name for column in columns]
        assert len(names) == len(set(names))
        assert KEY[what] in names
        assert set(SEARCHED[what]) <= set(names)
        for column in columns:
            assert column.words == "" or wording(column.words)


def test_search_finds_in_any_case(workbench: Workbench):
    assert list(workbench.listing(None, "members", search="M3").frame().member_id) == ["m3"]
    assert workbench.listing(None, "members", search="vip").total == 3
    assert workbench.listing(None, "visits", search="100%_\\'\"").total == 0


def test_masked_data_cannot_be_spelt_out_by_search_or_order(workbench: Workbench):
    for part in ("1234", "5678", "haneul.kim", "haneul", "shop.example", "4444"):
        assert workbench.listing(None, "members", search=part).total == 0, part
        assert workbench.listing(None, "visits", search=part).total == 0, part
    # as a whole, who knows it finds it
    assert workbench.listing(None, "members", search="haneul0@shop.example").total == 1
    with pytest.raises(DataError) as refused:
        workbench.listing(None, "members", sort="birthday")
    assert refused.value.code == "sort_masked"


def test_an_admin_finds_by_telephone_however_it_is_written(workbench: Workbench):
    for asked in ("1234-5678", "12345678", "010 1234"):
        found = workbench.listing(None, "members", search=asked, masked=False, role=ADMIN)
        assert list(found.frame().phone) == ["010-1234-5678"]


def test_masked_is_the_default_and_the_role_decides(workbench: Workbench, monkeypatch: pytest.MonkeyPatch):
    page = workbench.listing(None, "members")
    assert list(page.frame().phone.dropna()) == ["010-****-5678", "010-****-5432", "010-****-0000", "02-****-8888"]
    assert "가렸어요" in page.insight()
    with pytest.raises(NotAllowed) as refused:
        workbench.listing(None, "members", masked=False)
    assert "마케터" in str(refused.value)
    monkeypatch.setenv("IFDO_ROLE", "admin")
    assert "010-1234-5678" in set(workbench.listing(None, "members", masked=False).frame().phone)
    monkeypatch.setenv("IFDO_ROLE", "king")
    with pytest.raises(NotAllowed):
        current_role()


def test_words_for_people(workbench: Workbench):
    page = workbench.listing(None, "members").worded()
    assert set(page.gender.dropna()) == {"여성", "남성"}
    assert set(page.marketing_consent.dropna()) == {"예", "아니요"}
    assert str(page.last_visit_at[0]) == "2026-11-24 12:00:00", "the shop's clock"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"what": "orders"}, "unknown_list"),
        ({"columns": ("secret",)}, "unknown_list_column"),
        ({"sort": "1; drop table members"}, "unknown_list_column"),
        ({"what": "visits", "window": "now"}, "window"),
        ({"search": "가" * 201}, "long_search"),
    ],
)
def test_what_cannot_be_asked_is_said(workbench: Workbench, asked: dict[str, object], code: str):
    with pytest.raises(DataError) as refused:
        workbench.listing(None, **asked)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_live_segment_has_no_list(workbench: Workbench):
    with pytest.raises(SegmentError):
        workbench.listing(Segment(Leaf("live.current_page", "contains", "/")), "visits")
