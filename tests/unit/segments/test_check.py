"""Reading segments: what is taken, how it is normalised, and that no input does anything but be read or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.entry import Condition, ParamSpec
from ifdo_core.catalogue.operators import OPERATORS, TYPE_OPERATORS
from ifdo_core.errors import SegmentError
from ifdo_core.i18n import using
from ifdo_core.segments.check import (
    FAULTS,
    MAX_ID_LIST,
    MAX_LIST,
    MAX_VALUES,
    condition_of,
    effective_params,
    read_leaf,
    read_segment,
)
from ifdo_core.segments.edit import default_leaf
from ifdo_core.segments.model import MAX_CONDITIONS, MAX_DEPTH, AllOf, AnyOf, Leaf, Not, Segment, leaves

VISITS = {"condition": "traffic.visit_count", "op": "gte", "value": 5}


def segment(where: object, **more: object) -> dict[str, object]:
    return {"format": 1, "where": where, **more}


def fault(data: Any) -> SegmentError:
    with pytest.raises(SegmentError) as caught:
        read_segment(data)
    return caught.value


def test_the_example_of_the_interface_is_read() -> None:
    data = {
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
    found = Segment.from_json(json.dumps(data))
    assert found == Segment(
        name="자주 오지만 사지 않은 사람",
        where=AllOf(
            (
                Leaf("traffic.visit_count", "gte", 5),
                Leaf("purchase.order_count", "lte", 0),
                AnyOf(
                    (
                        Leaf("acquisition.sns", "in", ("instagram", "facebook")),
                        Not(Leaf("behaviour.page_viewed", "gte", 3, (("days", 30), ("url", "/event/*")))),
                    )
                ),
            )
        ),
    )


def test_a_bare_condition_is_a_segment() -> None:
    assert read_segment(segment(VISITS)) == Segment(where=Leaf("traffic.visit_count", "gte", 5))


@pytest.mark.parametrize("condition_id", CONDITIONS)
def test_every_condition_starts_from_a_complete_leaf_that_round_trips(condition_id: str) -> None:
    leaf = default_leaf(condition_id)
    whole = Segment(where=AllOf((leaf, Not(leaf))), name="이름: ‘예’ #1")
    assert Segment.from_dict(whole.to_dict()) == whole
    assert Segment.from_json(whole.to_json()) == whole
    assert Segment.from_yaml(whole.to_yaml()) == whole


# --- what is normalised -----------------------------------------------------------------------


def test_a_whole_float_becomes_an_integer_where_whole_numbers_are_asked_for() -> None:
    for condition in ("traffic.visit_count", "cart.recent_amount"):
        value = read_leaf({"condition": condition, "op": "gte", "value": 5.0}).value
        assert value == 5
        assert isinstance(value, int)
    pair = read_leaf({"condition": "member.age", "op": "between", "value": [25.0, 34]})
    assert pair.value == (25, 34)
    assert isinstance(read_leaf({"condition": "cart.age_hours", "op": "gte", "value": 1.5}).value, float)


def test_dates_and_the_operator_on_may_be_bare_in_yaml() -> None:
    text = "format: 1\nwhere: {condition: traffic.date, op: on, value: 2026-11-11}\n"
    assert Segment.from_yaml(text).where == Leaf("traffic.date", "on", "2026-11-11")
    text = "format: 1\nwhere: {condition: traffic.date, op: between, value: [2026-11-01, 2026-11-11]}\n"
    assert Segment.from_yaml(text).where == Leaf("traffic.date", "between", ("2026-11-01", "2026-11-11"))


def test_true_is_an_operator_nowhere_else() -> None:
    assert fault(segment({**VISITS, "op": True})).code == "op_unknown"


def test_values_that_the_catalogue_does_not_know_are_taken_for_categories() -> None:
    leaf = read_leaf({"condition": "acquisition.sns", "op": "in", "value": ["kakao_new_thing"]})
    assert leaf.value == ("kakao_new_thing",)


def test_a_null_value_is_no_value() -> None:
    assert read_leaf({"condition": "acquisition.sns", "op": "is_known", "value": None}).value is None
    assert fault(segment({"condition": "acquisition.sns", "op": "in", "value": None})).code == "value_missing"


def test_parameters_are_sorted_and_keep_only_what_was_given() -> None:
    leaf = read_leaf({"condition": "behaviour.page_viewed", "op": "gte", "value": 3, "params": {"url": "/a"}})
    assert leaf.params == (("url", "/a"),)
    assert effective_params(leaf, condition_of(leaf)) == {"url": "/a", "days": 30}
    other = {"url": "/a", "days": 7}
    leaf = read_leaf({"condition": "behaviour.page_viewed", "op": "gte", "value": 3, "params": other})
    assert leaf.params == (("days", 7), ("url", "/a"))
    assert effective_params(leaf, condition_of(leaf)) == other


def test_an_optional_parameter_without_default_stays_out() -> None:
    leaf = default_leaf("cart.added")
    bare = Leaf(leaf.condition, leaf.op, leaf.value)
    assert set(effective_params(bare, condition_of(bare))) == {"days"}


def test_an_older_id_is_read_and_written_under_its_present_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import ifdo_core.segments.check as check

    entry = CONDITIONS["traffic.visit_count"]
    monkeypatch.setattr(check, "find", lambda text: entry if text == "visits.number" else None)
    leaf = read_leaf({**VISITS, "condition": "visits.number"})
    assert leaf.condition == "traffic.visit_count"


@pytest.mark.parametrize("value", ["!!set {a, b}", "!!binary aGk=", "2026-11-24 10:00:00", "!!omap [a: 1]", ".nan"])
def test_what_only_yaml_knows_is_refused(value: str) -> None:
    for condition, op in (("traffic.date", "on"), ("acquisition.source", "eq"), ("traffic.visit_count", "gte")):
        with pytest.raises(SegmentError) as caught:
            Segment.from_yaml(f"format: 1\nwhere: {{condition: {condition}, op: '{op}', value: {value}}}\n")
        assert caught.value.path == "where.value"


def test_each_parameter_type(monkeypatch: pytest.MonkeyPatch) -> None:
    specs = (
        ParamSpec("days", "days", "", ""),
        ParamSpec("hours", "hours", "", ""),
        ParamSpec("number", "number", "", ""),
        ParamSpec("price", "price_range", "", ""),
        ParamSpec("choice", "choice", "", "", choices=("a", "b")),
        ParamSpec("text", "text", "", ""),
    )
    _with_params(monkeypatch, *specs)
    taken = {
        "days": [0, 30, 36500, 7.0],
        "hours": [0, 1.5, 876000],
        "number": [-3, 0.25],
        "price": ["1..2", "5..", "..5", "7..7"],
        "choice": ["a"],
        "text": ["x", " ", "한글"],
    }
    refused = {
        "days": ([-1, 36501, 1.5, True, "7", None, float("nan")], "value_not_days"),
        "hours": ([-1, 876001, True, "1", None, float("inf")], "value_not_hours"),
        "number": (["1", None, False], "value_not_number"),
        "price": (["..", "2..1", "a..b", "5", "-1..2", "1.5..2", "1...2"], "param_not_range"),
        "choice": (["c", "A"], "param_not_choice"),
        "text": ([1, True, None, ["a"]], "value_not_text"),
    }
    for name, values in taken.items():
        for value in values:
            assert read_leaf({**VISITS, "params": {name: value}}).params == ((name, value),)
    for name, (values, code) in refused.items():
        for value in values:
            error = fault(segment({**VISITS, "params": {name: value}}))
            assert (error.code, error.path) == (code, f"where.params.{name}"), (name, value)


def _with_params(monkeypatch: pytest.MonkeyPatch, *specs: ParamSpec) -> None:
    """Lets 'traffic.visit_count' take these parameters."""
    import ifdo_core.segments.check as check

    entry = CONDITIONS["traffic.visit_count"]
    changed = Condition(**{**entry.__dict__, "params": specs})
    monkeypatch.setattr(check, "find", lambda _text: changed)


# --- limits -----------------------------------------------------------------------------------


def nested(depth: int) -> dict[str, object]:
    node: dict[str, object] = VISITS
    for level in range(depth):
        node = {"not": node} if level % 3 == 2 else {("all", "any")[level % 2]: [node]}
    return node


def test_twenty_groups_deep_is_taken_and_twenty_one_refused() -> None:
    assert read_segment(segment(nested(MAX_DEPTH)))
    assert fault(segment(nested(MAX_DEPTH + 1))).code == "too_deep"


@pytest.mark.parametrize("depth", [100_000])
def test_endless_depth_is_refused_without_overflow(depth: int) -> None:
    assert fault(segment(nested(depth))).code == "too_deep"
    opening = '{"format": 1, "where": ' + '{"not": ' * depth + "1" + "}" * depth + "}"
    with pytest.raises(SegmentError) as caught:
        Segment.from_json(opening)
    assert caught.value.code in ("not_json", "too_deep")


def test_a_tree_that_holds_itself_is_refused() -> None:
    loop: dict[str, object] = {}
    loop["not"] = loop
    assert fault(segment(loop)).code == "too_deep"
    text = "format: 1\nwhere: &a\n  all: [*a]\n"
    with pytest.raises(SegmentError) as caught:
        Segment.from_yaml(text)
    assert caught.value.code == "too_deep"


def test_yaml_that_multiplies_itself_is_refused_quickly() -> None:
    leaf = "{condition: traffic.is_bounce, op: is_true}"
    lines = ["format: 1", "x0: &x0 {any: [" + ", ".join([leaf] * 10) + "]}"]
    lines += [f"x{n}: &x{n} {{any: [{', '.join([f'*x{n - 1}'] * 10)}]}}" for n in range(1, 15)]
    data = "\n".join(lines) + "\nwhere: *x14\n"
    with pytest.raises(SegmentError) as caught:
        Segment.from_yaml(data)
    assert caught.value.code == "unknown_key"
    where: Any = VISITS
    for _ in range(15):
        where = {"any": [where] * 10}
    assert fault(segment(where)).code == "too_many_conditions"


def test_five_hundred_conditions_are_taken_and_one_more_refused() -> None:
    assert len(list(leaves(read_segment(segment({"any": [VISITS] * MAX_CONDITIONS})).where))) == MAX_CONDITIONS
    error = fault(segment({"all": [VISITS, {"any": [VISITS] * MAX_CONDITIONS}]}))
    assert (error.code, error.path) == ("too_many_conditions", "where.all[1].any[499]")


def test_long_lists_are_for_ids() -> None:
    ids = [f"P{n}" for n in range(MAX_ID_LIST)]
    leaf = read_leaf({"condition": "acquisition.landing_product", "op": "in", "value": ids})
    assert leaf.value == tuple(ids)
    for condition, count in (("acquisition.landing_product", MAX_ID_LIST + 1), ("acquisition.sns", MAX_LIST + 1)):
        error = fault(segment({"condition": condition, "op": "in", "value": ["x"] * count}))
        assert error.code == "value_list_too_long"


def test_all_lists_together_have_a_bound() -> None:
    long = {"condition": "acquisition.landing_product", "op": "in", "value": ["x"] * MAX_ID_LIST}
    count = MAX_VALUES // MAX_ID_LIST
    assert read_segment(segment({"any": [long] * count}))
    error = fault(segment({"any": [long] * (count + 1)}))
    assert (error.code, error.path) == ("too_many_values", f"where.any[{count}].value")


def test_numbers_have_a_bound_so_that_no_engine_overflows() -> None:
    assert read_leaf({**VISITS, "value": 10**15 - 1}).value == 10**15 - 1
    for number in (10**15, -(10**15), 10**400, 1e300):
        assert fault(segment({**VISITS, "value": number})).code == "value_too_large"


# --- the sentences ----------------------------------------------------------------------------


def test_errors_say_what_to_do_in_both_languages() -> None:
    error = fault(segment({"all": [VISITS, {**VISITS, "condition": "trafic.visit_count"}]}))
    assert error.path == "where.all[1].condition"
    assert "traffic.visit_count" in error.text("ko")
    assert error.facts["suggestion"] == "traffic.visit_count"
    for language in ("ko", "en"):
        with using(language):
            assert str(error).startswith("where.all[1].condition: ")


def test_operators_that_are_allowed_are_listed() -> None:
    error = fault(segment({**VISITS, "op": "contains"}))
    assert error.facts["allowed"] == ", ".join(TYPE_OPERATORS["integer"])


def test_every_fault_has_a_hint_and_fills_in() -> None:
    facts = dict.fromkeys(
        ("shown", "key", "allowed", "known", "limit", "keys", "suggestion", "low", "high", "detail", "name"), "x"
    )
    facts |= {"first": "x", "last": "x"}
    for code, (message, hint) in FAULTS.items():
        assert message, code
        assert hint, code
        text = SegmentError(code, message, hint, path="where", **facts).text("ko")
        assert "{" not in text.replace("{ }", "").replace('{"days": 30}', "")


def test_what_is_shown_of_the_input_is_short_and_printable() -> None:
    error = fault(segment({**VISITS, "condition": "\x00\ud800" + "긴" * 10_000}))
    assert len(error.text("ko")) < 200
    assert error.text("ko").isprintable()
    error.text("ko").encode()


# --- anything at all --------------------------------------------------------------------------

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-11-24", "1..2", "(", "a|b", "gte", "in", "instagram"])
)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
operators = st.sampled_from([*OPERATORS, "is", ""])
condition_ids = st.sampled_from([*CONDITIONS, "traffic.visits", "x"])
parameters = st.dictionaries(st.sampled_from(["days", "url", "pattern", "product", "price", "x"]), scalars, max_size=3)
values = scalars | st.lists(scalars, max_size=3) | trees
leaf_like = st.fixed_dictionaries(
    {"condition": condition_ids, "op": operators},
    optional={"value": values, "params": parameters | trees, "extra": trees},
)
near_good = condition_ids.filter(CONDITIONS.__contains__).flatmap(
    lambda key: st.fixed_dictionaries(
        {"condition": st.just(key), "op": st.sampled_from(CONDITIONS[key].operators)},
        optional={"value": values, "params": parameters},
    )
)
node_like = st.recursive(
    leaf_like | near_good | trees,
    lambda inner: (
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"any": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"not": inner})
        | st.dictionaries(st.sampled_from(["all", "any", "not", "condition", "op"]), inner, max_size=2)
    ),
    max_leaves=8,
)
anything = trees | st.fixed_dictionaries(
    {"format": st.just(1) | scalars, "where": node_like}, optional={"name": scalars, "x": scalars}
)


def outcome(data: Any) -> Segment | SegmentError:
    try:
        return read_segment(data)
    except SegmentError as error:
        return error


@settings(max_examples=2500, deadline=None)
@given(anything)
def test_any_tree_is_read_or_refused_with_a_path(data: Any) -> None:
    found = outcome(data)
    if isinstance(found, SegmentError):
        assert found.code in FAULTS
        assert found.path
        assert found.text("ko").startswith(found.path)
        found.text("en").encode()
    else:
        assert Segment.from_dict(found.to_dict()) == found
        assert Segment.from_json(found.to_json()) == found
        assert Segment.from_yaml(found.to_yaml()) == found


@settings(max_examples=500, deadline=None)
@given(near_good)
def test_a_leaf_that_is_taken_holds_only_plain_values(data: dict[str, Any]) -> None:
    try:
        leaf = read_leaf(data)
    except SegmentError:
        return
    held = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    assert all(value is None or type(value) in (str, int, float) for value in held)
    assert read_leaf(Segment(where=leaf).to_dict()["where"]) == leaf


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (Segment.from_json, Segment.from_yaml):
        with pytest.raises(SegmentError):
            read(text)
