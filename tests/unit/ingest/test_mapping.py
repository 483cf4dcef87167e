"""Mappings as data: read, written, refused, and worked out."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.errors import DataError
from ifdo_core.ingest import MAPPINGS, Mapping
from ifdo_core.ingest.evaluate import Rows, available, resolve
from ifdo_core.ingest.ids import nth_equal, row_ids
from ifdo_core.ingest.kinds import status_reader, target, word_reader
from ifdo_core.ingest.mapping import TABLES, names_in, read_expr, write_expr
from ifdo_core.ingest.readers import Chunk, simplified
from ifdo_core.ingest.values import SCALE

names = st.sampled_from(["a", "b", "c"])
expressions = st.recursive(
    names,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3),
        st.fixed_dictionaries({"plus": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"minus": st.tuples(inner, st.fixed_dictionaries({"optional": inner})).map(list)}),
        st.fixed_dictionaries({"join": st.lists(inner, min_size=1, max_size=3), "with": st.just("-")}),
        st.fixed_dictionaries({"lower": inner}),
        st.fixed_dictionaries({"match": st.just("(.)"), "in": inner}),
        st.fixed_dictionaries({"value": st.just("x"), "when": inner}),
        st.fixed_dictionaries({"value": st.just("x"), "unless": inner}),
        st.fixed_dictionaries({"only": inner, "where": inner, "is": st.just(["y"])}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"hash": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"once": inner, "per": inner}),
        st.fixed_dictionaries({"sum": inner}),
        st.fixed_dictionaries({"last": inner}),
    ),
    max_leaves=6,
)


@given(expressions)
def test_expressions_are_written_as_they_are_read(data):
    expr = read_expr(data)
    assert read_expr(write_expr(expr)) == expr
    assert set(names_in(expr)) <= {"a", "b", "c"}


def file(**changes):
    plain = {"table": "orders", "tables": {"orders": {"order_id": "a", "ts": "b", "amount": "c"}}}
    return {"format": 1, "name": "x", "files": [{**plain, **changes}]}


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"format": 2, "name": "x", "files": file()["files"]},
        {"format": 1, "name": "x", "files": []},
        file(table="visits"),
        file(tables={"orders": {"amuont": "c"}}),
        file(tables={"visits": {"a": "b"}}),
        file(tables={"events": {"page_type": "c"}}),
        file(tables={"orders": {"amount": {"plus": ["a"], "minus": ["b"]}}}),
        file(tables={"orders": {"amount": {"sqrt": "a"}}}),
        file(tables={"orders": {"amount": []}}),
        file(tables={"orders": {"amount": 5}}),
        file(dates="whenever"),
        file(decimal=";"),
        file(read={"colour": "blue"}),
        file(colour="blue"),
    ],
)
def test_what_is_no_mapping_is_refused(data):
    with pytest.raises(DataError) as caught:
        Mapping.from_dict(data)
    assert caught.value.code == "bad_mapping"


def test_broken_yaml_is_refused_in_words():
    with pytest.raises(DataError):
        Mapping.from_yaml("files: [")


def test_columns_of_ready_mappings_exist_in_their_tables():
    for mapping in MAPPINGS.values():
        for one in mapping.files:
            for table, columns in one.tables.items():
                assert table in TABLES
                assert all(target(table, name) for name in columns)


# --- expressions at work --------------------------------------------------------------------------


def rows(**columns):
    arrays = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    size = len(next(iter(columns.values())))
    return Rows(Chunk(np.arange(1, size + 1), arrays), {name: name for name in columns}, ".")


def test_the_first_with_a_value_counts():
    found = rows(a=["1", None, ""], b=["x", "y", None])
    assert found.text(read_expr(["a", "c", "b"])).to_pylist() == ["1", "y", None]


def test_sums_and_differences():
    found = rows(a=["1,000", "5", None, "x"], b=["1.5", None, "7", "1"])
    total = found.numbers(read_expr({"plus": ["a", {"optional": "b"}, {"optional": "c"}]}))
    assert (total.data[total.known] / SCALE).tolist() == [1001.5, 5.0, 7.0]
    assert total.bad.tolist() == [False, False, False, True]
    less = found.numbers(read_expr({"minus": ["a", {"optional": "b"}]}))
    assert less.known.tolist() == [True, True, False, False]
    product = found.numbers(read_expr({"times": ["a", "b"]}))
    assert (product.data[product.known] / SCALE).tolist() == [1500.0]


def test_what_is_not_optional_must_be_there():
    present = {"a"}
    assert available(read_expr({"minus": ["a", {"optional": "b"}]}), present)
    assert not available(read_expr({"minus": ["a", "b"]}), present)
    assert available(read_expr([{"minus": ["a", "b"]}, "a"]), present)
    assert not available(read_expr({"plus": [{"optional": "b"}, {"optional": "c"}]}), present)
    assert not available(read_expr({"value": "x", "unless": "b"}), present)


def test_constants_conditions_and_matches():
    found = rows(a=["20261007-1-01", None], flag=["T", "F"], paid=[None, "y"])
    assert found.text(read_expr({"match": r"^(.+)-\d+$", "in": "a"})).to_pylist() == ["20261007-1", None]
    assert found.text(read_expr({"value": "p", "unless": "paid"})).to_pylist() == ["p", None]
    assert found.text(read_expr({"value": "p", "when": "paid"})).to_pylist() == [None, "p"]
    assert found.text(read_expr({"only": "a", "where": "flag", "is": ["F"]})).to_pylist() == [None, None]
    assert found.text(read_expr({"only": "a", "where": "none", "is": ["F"]})).to_pylist() == ["20261007-1-01", None]
    assert found.text(read_expr({"join": ["a", "flag"], "with": "."})).to_pylist() == ["20261007-1-01.T", None]
    assert found.array(read_expr({"any": ["flag", "paid"]})).to_pylist() == [True, True]


def test_headers_are_compared_loosely():
    assert simplified("총 결제 금액 (KRW)") == simplified("총결제금액")
    assert simplified("Ｏｒｄｅｒ ID") == simplified("order_id")
    assert resolve(["주문 번호", "geo.region", "없음"], ["주문번호", "geo"]) == {
        "주문 번호": "주문번호",
        "geo.region": "geo.region",
    }


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("배송완료", ("paid", False)),
        ("취소완료 - 환불전", ("cancelled", False)),
        ("취소신청", ("paid", True)),
        ("partially_refunded", ("partially_refunded", False)),
        ("wc-completed", ("paid", False)),
        ("Cancelled", ("cancelled", False)),
        ("처음 보는 말", ("pending", True)),
        ("우리만의 말", ("refunded", False)),
    ],
)
def test_statuses(word, expected):
    assert status_reader({"refunded": ("우리만의",)})(word) == expected


@pytest.mark.parametrize(
    ("kind", "word", "expected"),
    [
        ("region", "서울특별시 어느 구", "서울"),
        ("region", "경기도 광주시", "경기"),
        ("region", "충청북도", "충북"),
        ("region", "Gyeongsangnam-do", "경남"),
        ("region", "Berlin", "Berlin"),
        ("gender", "여자", "female"),
        ("gender", "M", "male"),
        ("gender", "선택안함", None),
        ("language", "ko-KR", "ko"),
        ("os", "Macintosh", "macos"),
        ("payment_method", "신용카드(간편결제)", "card"),
        ("payment_method", "네이버페이 카드", "naverpay"),
        ("device", "PC", "desktop"),
    ],
)
def test_words_of_ours(kind, word, expected):
    assert word_reader(kind)(word) == expected


# --- ids ------------------------------------------------------------------------------------------


def test_ids_depend_on_what_a_row_says_and_on_nothing_else():
    columns = {"a": pa.array(["x", "y", "x", None]), "b": pa.array([1, 2, 1, 3])}
    ids = row_ids(columns).to_pylist()
    assert ids[0] == ids[2]
    assert len(set(ids)) == 3
    assert row_ids({"b": columns["b"], "a": columns["a"]}).to_pylist() == ids
    assert row_ids({**columns, "c": pa.nulls(4, pa.string())}).to_pylist() == ids
    swapped = row_ids({"a": pa.array(["1"]), "b": pa.array(["2"])}).to_pylist()
    assert swapped != row_ids({"a": pa.array(["2"]), "b": pa.array(["1"])}).to_pylist()
    assert all(len(one) == 24 for one in ids)


def test_ids_stay_as_they_are_for_ever():
    # Ids are kept in databases: another hash would load every event of every shop a second time.
    columns = {"ts": pa.array([1795500300000000]), "name": pa.array(["page_view"]), "visitor_id": pa.array(["v1"])}
    assert row_ids(columns).to_pylist() == ["c5a9b51dadfe7599ff809ac9"]


def test_equal_rows_are_numbered():
    assert nth_equal({"a": pa.array(["x", "x", None, "x", None])}).to_pylist() == [0, 1, 0, 2, 1]
