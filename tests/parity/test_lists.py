"""Lists and files are the same on all three engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from ifdo_core.catalogue.lists import COLUMNS
from ifdo_core.engines import Engine
from ifdo_core.roles import ROLES
from ifdo_core.segments.model import AllOf, Leaf, Not, Segment
from tests.unit.lists.conftest import fill

ADMIN = ROLES["admin"]
SEGMENT = Segment(AllOf((Leaf("traffic.visit_count", "gte", 1), Not(Leaf("member.grade", "in", ("일반",))))))


def test_lists(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IFDO_STATE_URL", f"sqlite:///{tmp_path}/state.db")
    workbench = fill(engine, 12)
    assert workbench.preview(SEGMENT).visits_7d == 6
    for what, columns in COLUMNS.items():
        every = tuple(column.name for column in columns)
        page = workbench.listing(SEGMENT, what, columns=every, masked=False, role=ADMIN)
        assert page.total == len(page.frame()) == 6
        assert page.frame().isna().sum().sum() > 0, "nulls are null"
    order = {
        sort: list(workbench.listing(None, "members", sort=sort, masked=False, role=ADMIN).frame().member_id)
        for sort in ("phone", "email", "birthday", "marketing_consent", "last_visit_at")
    }
    assert order["phone"][:3] == ["m2", "m7", "haneul0@shop.example"], "by bytes, nulls last"
    assert order["email"][:3] == ["m1", "m11", "m6"]
    assert order["birthday"][:3] == ["haneul5@shop.example", "m1", "m11"]
    assert order["marketing_consent"][:4] == ["haneul10@shop.example", "m1", "m4", "m7"], "no before yes, unknown last"
    assert order["last_visit_at"][0] == "m11"
    assert workbench.listing(None, "members", search="1234").total == 0
    assert workbench.listing(None, "members", search="haneul10@SHOP.example").total == 1
    assert workbench.listing(None, "members", search="1234-56", masked=False, role=ADMIN).total == 3
    assert workbench.listing(None, "visits", search="=1+1").total == 3
    done = workbench.export(SEGMENT, tmp_path / "list.csv", "visits", columns=("visitor_id", "source", "phone"))
    lines = (tmp_path / "list.csv").read_text(encoding="utf-8-sig").splitlines()
    assert done.rows == 6
    assert len(lines) == 7
    assert lines[:4] == [
        "방문자,유입 소스,전화번호",
        "v0,'=1+1,010-****-5678",
        "v2,010-****-3333,010-****-0000",
        "v4,(not set),",
    ]
