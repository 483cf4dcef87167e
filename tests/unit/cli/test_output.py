"""What a command prints, for people and for programs."""

from __future__ import annotations

import json
from datetime import date, datetime

import numpy as np
import pandas as pd

from ifdo_core.cli.output import plain, table, to_json, width


def test_json_holds_only_what_json_knows():
    document = {
        "now": datetime(2026, 11, 24, 12, 30),
        "day": date(2026, 11, 24),
        "count": np.int64(3),
        "share": np.float64("nan"),
        "unknown": pd.NaT,
        "list": ("a", None),
        "rows": pd.DataFrame({"n": [1, 2], "name": ["가", None]}),
    }
    assert json.loads(to_json(document)) == {
        "now": "2026-11-24T12:30:00Z",
        "day": "2026-11-24",
        "count": 3,
        "share": None,
        "unknown": None,
        "list": ["a", None],
        "rows": [{"n": 1, "name": "가"}, {"n": 2, "name": None}],
    }


def test_a_missing_whole_number_is_null_and_not_zero():
    frame = pd.DataFrame({"visits": pd.array([5, None], dtype="Int64")})
    assert plain(frame) == [{"visits": 5}, {"visits": None}]


def test_hangul_takes_two_columns():
    assert width("방문 a") == 6


def test_a_table_lines_up_with_numbers_to_the_right():
    frame = pd.DataFrame({"조건": ["방문 횟수", "SNS"], "visits": [1204, 7]})
    assert table(frame).splitlines() == [
        "조건       visits",
        "---------  ------",
        "방문 횟수   1,204",
        "SNS             7",
    ]


def test_a_long_table_says_how_many_rows_it_left_out():
    assert table(pd.DataFrame({"n": range(5)}), limit=2).splitlines()[-1] == "… 3"


def test_a_table_without_rows_shows_its_head():
    assert table(pd.DataFrame({"n": []})).splitlines() == ["n", "-"]


def test_named_rows_have_their_names():
    frame = pd.DataFrame({"7d": [5, 3]}, index=["visits", "visitors"])
    assert table(frame).splitlines() == ["          7d", "--------  --", "visits     5", "visitors   3"]
