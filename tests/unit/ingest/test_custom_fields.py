"""Columns of a member file that have no place of their own are kept as custom fields, and can be asked for."""

from __future__ import annotations

import json

import pandas as pd
from sqlalchemy import select

from ifdo_core import Workbench, c, tables


def test_unknown_columns_of_members_are_kept():
    members = pd.DataFrame(
        {
            "member_id": ["M1", "M2", "M3"],
            "grade": ["VIP", None, None],
            "skin_type": ["지성", "", None],
            "size": [1, 2, 3],
        }
    )
    with Workbench.open("duckdb:///:memory:") as workbench:
        first = workbench.load(members=members)
        assert (first.rows_loaded, any(first.unknown_columns.values())) == (3, False)
        again = workbench.load(members=members)
        assert (again.rows_loaded, again.rows_duplicate) == (0, 3)
        kept = {row.member_id: row.extra for row in workbench.engine.execute(select(tables.members))}
        assert {name: json.loads(text) for name, text in kept.items()} == {
            "M1": {"skin_type": "지성", "size": "1"}, "M2": {"size": "2"}, "M3": {"size": "3"},
        }  # fmt: skip
        assert list(workbench.members(c.member.custom_field(field="skin_type") == "지성", "now").member_id) == ["M1"]


def test_unknown_columns_of_other_files_are_only_named():
    products = pd.DataFrame({"product_id": ["P1"], "name": ["코트"], "season": ["겨울"]})
    with Workbench.open("duckdb:///:memory:") as workbench:
        report = workbench.load(products=products)
        assert list(report.unknown_columns.values()) == [("season",)]
