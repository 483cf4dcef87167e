"""The same store on PostgreSQL, where the disk of the app is lost at restart."""

from __future__ import annotations

import pytest

from ifdo_core.segments.model import Leaf, Segment
from ifdo_core.store import open_store
from tests.parity.conftest import postgresql_url

__all__ = ["postgresql_url"]  # a fixture of the parity tests: one throw-away cluster

OFTEN = Segment(Leaf("traffic.visit_count", "gte", 5), "자주 오는 손님")


@pytest.mark.postgres
def test_saved_segments_on_postgresql(postgresql_url: str) -> None:
    with open_store(postgresql_url) as store:
        first = store.save(OFTEN)
        second = store.copy(first.id)
        store.delete(first.id)
        assert [item.name for item in store.list()] == ["자주 오는 손님 (2)"]
        store.rename(second.id, "단골")
        assert store.undelete(first.id).name == OFTEN.name
    with open_store(postgresql_url) as again:
        assert {item.name: item.segment for item in again.list("단골")} == {"단골": Segment(OFTEN.where, "단골")}
        assert again.get(first.id).readable() == OFTEN
