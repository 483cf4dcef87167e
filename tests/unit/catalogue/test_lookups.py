"""The lookup files: every row is whole, every list is worded in both languages."""

from __future__ import annotations

import re

import pytest

from ifdo_core.catalogue import CONDITIONS, DIMENSIONS
from ifdo_core.lookups import LOOKUP_DIR, PLACE_FILES, places, read, wording

HANGUL = re.compile("[가-힣]")
LISTS = [*PLACE_FILES, "channel", "ad_platform", "click_id", *read("values")]
KEYS = {"id", "ko", "en", "hosts", "only_hosts", "sources", "inapps", "keyword", "ad_platform"}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_worded(name: str):
    values = wording(name)
    assert values
    for value, (ko, en) in values.items():
        assert isinstance(value, str)
        assert ko.count("(") == ko.count(")")
        assert en.count("(") == en.count(")")
        assert not HANGUL.search(en)
    assert len({ko for ko, _ in values.values()}) == len(values)
    assert len({en for _, en in values.values()}) == len(values)


def test_rows_have_the_keys_that_are_read_and_no_others():
    """A comma in an unquoted text of a flow mapping makes a key of the rest: this finds it."""
    for name in PLACE_FILES.values():
        for row in read(name):
            assert {"id", "ko", "en"} <= set(row) <= KEYS
    for rows in read("values").values():
        assert all(set(row) == {"id", "ko", "en"} for row in rows)
    assert all(set(row) <= {"id", "ko", "en", "channel", "sources", "places"} for row in read("ad_platforms"))


def test_every_file_says_where_its_rows_come_from():
    for path in LOOKUP_DIR.glob("*.yaml"):
        head = path.read_text(encoding="utf-8").split("\n- ")[0]
        assert head.startswith("#"), path.name


def test_unknown_lists_are_refused():
    with pytest.raises(KeyError):
        wording("planets")


def test_ids_of_places_are_values_of_their_conditions():
    for place in places():
        entry = CONDITIONS.get(f"acquisition.{place.kind}")
        if entry is not None:
            assert place.id in entry.values
    assert "instagram" in CONDITIONS["acquisition.sns"].values
    assert CONDITIONS["acquisition.search_engine"].values["naver"] == ("네이버", "Naver")


def test_lists_are_all_in_use():
    used = [entry.values for entry in CONDITIONS.values()]
    used += [spec.values for entry in CONDITIONS.values() for spec in entry.params]
    used += [wording(dimension.words) for dimension in DIMENSIONS.values() if dimension.words]
    inner = {"mail", "affiliate"}  # they decide a channel and have no condition of their own
    unused = {name for name in LISTS if dict(wording(name)) not in used}
    assert unused == inner
