"""``c``: conditions as Python values give the trees a segment file gives."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.examples import parse_example
from ifdo_core.catalogue.operators import OPERATORS
from ifdo_core.docs.stub import notebook_stub
from ifdo_core.errors import SegmentError
from ifdo_core.segments import AllOf, AnyOf, Leaf, Not, Segment
from ifdo_core.segments.check import read_leaf
from ifdo_core.segments.notebook import c
from ifdo_core.segments.terms import TERM_OF_TYPE, TERMS, Expression

OFTEN = c.traffic.visit_count >= 5
SNS = c.acquisition.sns.isin(["instagram", "facebook"])
EVENT = c.behaviour.page_viewed(pattern="/event/*", days=30) >= 3
OFTEN_LEAF = Leaf("traffic.visit_count", "gte", 5)
SNS_LEAF = Leaf("acquisition.sns", "in", ("instagram", "facebook"))
EVENT_LEAF = Leaf("behaviour.page_viewed", "gte", 3, (("days", 30), ("url", "/event/*")))

#: Operator → how it is written with a term ``t`` and the example's value ``v``.
WRITTEN = {
    "eq": lambda t, v: t == v,
    "ne": lambda t, v: t != v,
    "gt": lambda t, v: t > v,
    "gte": lambda t, v: t >= v,
    "lt": lambda t, v: t < v,
    "lte": lambda t, v: t <= v,
    "between": lambda t, v: t.between(*v),
    "in": lambda t, v: t.isin(v),
    "not_in": lambda t, v: t.not_in(v),
    **{
        op: (lambda name: lambda t, v: getattr(t, name)(*([] if v is None else [v])))(op)
        for op in OPERATORS
        if op not in ("eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in")
    },
}


def of(condition_id: str):
    prefix, name = condition_id.split(".")
    return getattr(getattr(c, prefix), name)


def some_value(condition_id: str, op: str) -> object:
    """A value for any operator of the condition, from its example."""
    entry = CONDITIONS[condition_id]
    _, value, _ = parse_example(entry.example, entry)
    one = value[0] if isinstance(value, tuple) else value
    if one is None or (entry.type == "date" and not isinstance(one, str)):
        one = {"date": "2026-11-11", "boolean": None}.get(entry.type, 1)
    arity = OPERATORS[op].arity
    return {"none": None, "one": one, "many": (one,), "pair": (one, one), "days": 7}[arity]


@pytest.mark.parametrize("condition_id", list(CONDITIONS))
def test_every_operator_of_every_condition_can_be_written(condition_id: str):
    entry = CONDITIONS[condition_id]
    _, _, params = parse_example(entry.example, entry)
    term = of(condition_id)(**params) if params else of(condition_id)
    for op in entry.operators:
        value = some_value(condition_id, op)
        data: dict[str, object] = {"condition": condition_id, "op": op, "params": params}
        if value is not None:
            data["value"] = value
        assert WRITTEN[op](term, value).where == read_leaf(data)


@pytest.mark.parametrize(("type_", "name"), TERM_OF_TYPE.items())
def test_a_term_has_no_more_operators_than_its_type(type_: str, name: str):
    methods = {op for op in OPERATORS if hasattr(TERMS[name], {"in": "isin"}.get(op, op))}
    entry = next((entry for entry in CONDITIONS.values() if entry.type == type_), None)
    if entry is not None:
        assert methods <= set(entry.operators)


def test_joining():
    assert (OFTEN & SNS & EVENT).where == AllOf((OFTEN_LEAF, SNS_LEAF, EVENT_LEAF))
    assert (OFTEN | SNS | EVENT).where == AnyOf((OFTEN_LEAF, SNS_LEAF, EVENT_LEAF))
    assert (OFTEN & (SNS | ~EVENT)).where == AllOf((OFTEN_LEAF, AnyOf((SNS_LEAF, Not(EVENT_LEAF)))))
    assert (~~OFTEN).where == OFTEN_LEAF


def test_the_example_of_the_file_format():
    written = (
        (c.traffic.visit_count >= 5)
        & (c.purchase.order_count <= 0)
        & (SNS | ~(c.behaviour.page_viewed(pattern="/event/*", days=30) >= 3))
    ).to_segment("자주 오지만 사지 않은 사람")
    read = Segment.from_dict(
        {
            "format": 1,
            "name": "자주 오지만 사지 않은 사람",
            "where": {
                "all": [
                    {"condition": "traffic.visit_count", "op": "gte", "value": 5},
                    {"condition": "purchase.order_count", "op": "lte", "value": 0},
                    {
                        "any": [
                            {"condition": "acquisition.sns", "op": "in", "value": ["instagram", "facebook"]},
                            {
                                "not": {
                                    "condition": "behaviour.page_viewed",
                                    "op": "gte",
                                    "value": 3,
                                    "params": {"pattern": "/event/*", "days": 30},
                                }
                            },
                        ]
                    },
                ]
            },
        }
    )
    assert written == read
    assert type(written) is Segment


def test_a_saved_segment_joins_in_either_place():
    saved = Segment(OFTEN_LEAF, "자주 온 사람")
    assert (SNS & saved).where == AllOf((SNS_LEAF, OFTEN_LEAF))
    assert (saved & SNS).where == AllOf((OFTEN_LEAF, SNS_LEAF))
    assert (saved | SNS).where == AnyOf((OFTEN_LEAF, SNS_LEAF))


def test_an_expression_is_a_segment():
    assert isinstance(OFTEN, Segment)
    assert OFTEN.to_dict()["where"] == {"condition": "traffic.visit_count", "op": "gte", "value": 5}
    assert (OFTEN & SNS).conditions() == (OFTEN_LEAF, SNS_LEAF)


def test_python_and_numpy_values():
    assert (c.traffic.visit_count >= np.int64(5)).where == OFTEN_LEAF
    assert (c.traffic.visit_count.between(np.float64(2.0), 3)).where == Leaf("traffic.visit_count", "between", (2, 3))
    assert c.traffic.date.on(date(2026, 11, 11)).where == Leaf("traffic.date", "on", "2026-11-11")
    assert c.acquisition.sns.isin("instagram").where == Leaf("acquisition.sns", "in", ("instagram",))
    assert (c.acquisition.sns == "instagram").where == Leaf("acquisition.sns", "in", ("instagram",))
    assert (c.acquisition.sns != "instagram").where == Leaf("acquisition.sns", "not_in", ("instagram",))


def test_and_or_not_and_chains_are_refused():
    for wrong in (
        lambda: OFTEN and SNS,
        lambda: OFTEN or SNS,
        lambda: not OFTEN,
        lambda: 3 <= c.traffic.visit_count <= 5,
    ):
        with pytest.raises(SegmentError) as caught:
            wrong()
        assert caught.value.code == "no_truth_value"


def test_faults_name_the_condition():
    with pytest.raises(SegmentError, match=r"^c\.traffic\.visit_count\.value: "):
        assert c.traffic.visit_count >= "many"  # type: ignore[operator]
    with pytest.raises(SegmentError) as caught:
        assert c.behaviour.page_viewed(days=3) >= 1
    assert caught.value.code == "param_missing"
    with pytest.raises(SegmentError) as caught:
        assert c.traffic.visits_in_period(weeks=3) >= 1  # type: ignore[call-arg]
    assert caught.value.code == "param_unknown"


def test_a_tree_beyond_the_bounds_is_refused_when_it_gets_its_name():
    many: Expression = OFTEN
    for _ in range(600):
        many = many & SNS
    with pytest.raises(SegmentError) as caught:
        many.to_segment("너무 많음")
    assert caught.value.code == "too_many_conditions"


def test_names_are_offered_and_unknown_ones_refused():
    assert "visit_count" in dir(c.traffic)
    assert dir(c) == sorted({entry.category for entry in CONDITIONS.values()})
    for prefix in dir(c):
        assert {f"{prefix}.{name}" for name in dir(getattr(c, prefix))} <= set(CONDITIONS)
    with pytest.raises(AttributeError):
        c.traffic.visitcount  # noqa: B018
    with pytest.raises(AttributeError):
        c.trafic  # noqa: B018


def test_a_term_says_what_it_is():
    assert repr(c.behaviour.page_viewed(url="/e*")) == "<c.behaviour.page_viewed(url='/e*'): 페이지 조회 횟수>"
    assert "방문 횟수 · Visit number" in (c.traffic.visit_count.__doc__ or "")


def test_the_stub_is_fresh_and_has_every_condition():
    path = Path(__file__).resolve().parents[3] / "ifdo_core/segments/notebook.pyi"
    text = path.read_text(encoding="utf-8")
    assert text == notebook_stub(), "run `python -m ifdo_core.docs`"
    classes = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}
    for entry in CONDITIONS.values():
        prefix, name = entry.id.split(".")
        listed = {node.target.id for node in classes[prefix.capitalize()].body if isinstance(node, ast.AnnAssign)}
        assert name in listed
