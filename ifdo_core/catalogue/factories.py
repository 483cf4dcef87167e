"""Short ways to write entries: what all conditions of a kind share is said here, so an entry holds its own facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ifdo_core.catalogue.entry import AsOf, Condition, Needs, ParamSpec
from ifdo_core.catalogue.operators import Kind, ValueType
from ifdo_core.catalogue.spec import (
    GRADES_BEFORE,
    After,
    Aggregate,
    Constant,
    Except,
    FirstTime,
    Followed,
    Function,
    LiveValue,
    MemberFact,
    Param,
    ScoreColumn,
    Source,
    Spec,
    StateColumn,
    Unanswered,
    VisitColumn,
    VisitFact,
    VisitFlag,
    Where,
    WhereOp,
)
from ifdo_core.lookups import wording

#: Quick choices beside an input (screens.md, 'The segment builder').
MONEY = (30_000, 50_000, 70_000, 100_000)
COUNTS = (1, 2, 3, 5)
DAYS = (7, 14, 30, 90)

Unit = tuple[str, str]
TIMES: Unit = ("회", "times")
ITEMS: Unit = ("개", "items")
ORDERS: Unit = ("건", "orders")
WON: Unit = ("원", "won")
DAY: Unit = ("일", "days")
SECOND: Unit = ("초", "seconds")
PAGES: Unit = ("페이지", "pages")
PERCENT: Unit = ("%", "%")
HOUR: Unit = ("시간", "hours")

_UNIT_OF_TYPE: Mapping[ValueType, Unit] = {"money": WON, "percent": PERCENT, "duration_s": SECOND}
_QUICK_OF_TYPE: Mapping[ValueType, tuple[int, ...]] = {"money": MONEY, "duration_s": (30, 60, 180, 600)}


def values_of(list_name: str) -> dict[str, tuple[str, str]]:
    """The values of a lookup list with their wording, for ``Condition.values``."""
    return dict(wording(list_name))


def condition(
    id: str,
    ko: str,
    en: str,
    type: ValueType,
    spec: Spec,
    example: str,
    note: tuple[str, str],
    *,
    needs: tuple[Needs, ...],
    as_of: AsOf,
    kind: Kind,
    values: str | None = None,
    unit: Unit | None = None,
    quick: tuple[int | float | str, ...] | None = None,
    params: tuple[ParamSpec, ...] = (),
    needs_visit: bool = True,
    was: tuple[str, ...] = (),
) -> Condition:
    """A ``Condition`` with unit and quick choices by its type unless given; ``values`` names a lookup list."""
    unit_ko, unit_en = unit or _UNIT_OF_TYPE.get(type, ("", ""))
    return Condition(
        id=id,
        ko=ko,
        en=en,
        kind=kind,
        type=type,
        spec=spec,
        needs=needs,
        as_of=as_of,
        example=example,
        note_ko=note[0],
        note_en=note[1],
        params=params,
        values=values_of(values) if values else {},
        quick=_QUICK_OF_TYPE.get(type, ()) if quick is None else quick,
        unit_ko=unit_ko,
        unit_en=unit_en,
        needs_visit=needs_visit,
        was=was,
    )


# --- attributes of a visit --------------------------------------------------------------------


def of_visit(
    id: str,
    ko: str,
    en: str,
    type: ValueType,
    column: str,
    example: str,
    note: tuple[str, str],
    *,
    needs: tuple[Needs, ...] = ("events",),
    as_of: AsOf = "visit",
    **more: Any,
) -> Condition:
    """An attribute that is a column of ``visits``, true for the visit itself."""
    spec = VisitColumn(column)
    return condition(id, ko, en, type, spec, example, note, needs=needs, as_of=as_of, kind="attribute", **more)


def at_visit_end(
    id: str, ko: str, en: str, type: ValueType, column: str, example: str, note: tuple[str, str], **more: Any
) -> Condition:
    """An attribute that looks back over the visitor's history, as of the visit's end."""
    return of_visit(id, ko, en, type, column, example, note, as_of="visit_end", **more)


def visit_flag(
    id: str,
    ko: str,
    en: str,
    column: str,
    values: tuple[str | int, ...],
    note: tuple[str, str],
    *,
    as_of: AsOf = "visit",
    example: str = "is_true",
) -> Condition:
    """True where a column of the visit has one of these values."""
    return condition(
        id, ko, en, "boolean", VisitFlag(column, values), example, note,
        needs=("events",), as_of=as_of, kind="attribute",
    )  # fmt: skip


def visit_fact(
    id: str, ko: str, en: str, type: ValueType, fact: str, example: str, note: tuple[str, str], **more: Any
) -> Condition:
    """An attribute worked out from columns of the visit; as of its end unless said otherwise."""
    return condition(
        id, ko, en, type, VisitFact(fact), example, note,
        needs=more.pop("needs", ("events",)), as_of=more.pop("as_of", "visit_end"), kind="attribute", **more,
    )  # fmt: skip


def in_visit(
    id: str,
    ko: str,
    en: str,
    spec: Aggregate,
    example: str,
    note: tuple[str, str],
    type: ValueType = "text_set",
    **more: Any,
) -> Condition:
    """What this visit's own events hold."""
    return condition(id, ko, en, type, spec, example, note, needs=("events",), as_of="visit", kind="attribute", **more)


def from_history(
    id: str, ko: str, en: str, type: ValueType, spec: Spec, example: str, note: tuple[str, str], **more: Any
) -> Condition:
    """An attribute worked out from the person's events up to the visit's end."""
    needs: tuple[Needs, ...] = more.pop("needs", ("events",))
    return condition(id, ko, en, type, spec, example, note, needs=needs, as_of="visit_end", kind="attribute", **more)


def newest(
    id: str,
    ko: str,
    en: str,
    type: ValueType,
    column: str,
    names: tuple[str, ...],
    example: str,
    note: tuple[str, str],
    *,
    needs: tuple[Needs, ...] = ("events",),
) -> Condition:
    """The newest known value of ``column`` among the person's events of these names, up to the visit's end."""
    spec = Aggregate("events", "latest", column, (named(*names), where(column, "is_known")))
    return condition(id, ko, en, type, spec, example, note, needs=needs, as_of="visit_end", kind="attribute")


# --- parameters -------------------------------------------------------------------------------


def days(default: int) -> ParamSpec:
    """The period that ends at 'as of'."""
    return ParamSpec("days", "days", "기간(일)", "Period (days)", default=default)


def hours(name: str, ko: str, en: str, default: int) -> ParamSpec:
    """So many hours after something."""
    return ParamSpec(name, "hours", ko, en, default=default)


def choice(name: str, ko: str, en: str, list_name: str, **more: Any) -> ParamSpec:
    """One of the values of a lookup list and no other."""
    values = values_of(list_name)
    return ParamSpec(name, "choice", ko, en, choices=tuple(values), values=values, **more)


def text(name: str, ko: str, en: str, **more: Any) -> ParamSpec:
    return ParamSpec(name, "text", ko, en, **more)


def pattern(name: str, ko: str, en: str, **more: Any) -> ParamSpec:
    """Text in which * stands for anything."""
    return ParamSpec(name, "glob", ko, en, **more)


_AGO = {str(days): (f"{days}일 전", f"{days} day{'s' * (days > 1)} before") for days in GRADES_BEFORE}
AGO = ParamSpec("ago", "choice", "언제", "When", default="30", choices=tuple(_AGO), values=_AGO)
SEGMENT = ParamSpec("segment", "segment", "세그먼트", "Segment", required=True)
WITHIN = hours("within_h", "이어지는 시간", "Within", 24)
PRODUCT = ParamSpec("product", "product", "상품", "Product")
PRICE = ParamSpec("price", "price_range", "가격대", "Price range", required=True)
CATEGORY = ParamSpec("category", "category", "카테고리", "Category")
BRAND = ParamSpec("brand", "brand", "브랜드", "Brand")
URL = pattern("url", "페이지 주소 패턴", "Page URL pattern", aliases=("pattern",))


def required(param: ParamSpec) -> ParamSpec:
    return replace(param, required=True)


def where(column: str, op: WhereOp, value: Constant | Param = None) -> Where:
    return Where(column, op, value)


OF_PRODUCT = where("product_id", "eq", Param("product"))
OF_CATEGORY = where("category", "category", Param("category"))
OF_BRAND = where("brand", "eq", Param("brand"))
ON_URL = where("page_url", "glob", Param("url"))


# --- behaviours -------------------------------------------------------------------------------


def named(*names: str) -> Where:
    """Events of these names."""
    return where("name", "eq", names[0]) if len(names) == 1 else where("name", "in", names)


def over_period(source: Source, function: Function, column: str | Param | None = None, *wheres: Where) -> Aggregate:
    """Over the rows in the ``days`` that end at 'as of'."""
    return Aggregate(source, function, column, wheres, Param("days"))


def behaviour(
    id: str,
    ko: str,
    en: str,
    spec: Aggregate | FirstTime | Except | Followed | Unanswered | After,
    example: str,
    note: tuple[str, str],
    *params: ParamSpec,
    type: ValueType = "count",
    needs: tuple[Needs, ...] = ("events",),
    unit: Unit = TIMES,
    quick: tuple[int | float | str, ...] = COUNTS,
    needs_visit: bool = True,
) -> Condition:
    """What the person did in a period that ends at the visit's end; 0 when nothing happened, never unknown."""
    return condition(
        id, ko, en, type, spec, example, note, needs=needs, as_of="visit_end", kind="behaviour",
        params=params, unit=unit, quick=quick, needs_visit=needs_visit,
    )  # fmt: skip


def did(
    id: str,
    ko: str,
    en: str,
    names: str | tuple[str, ...],
    example: str,
    note: tuple[str, str],
    *params: ParamSpec,
    only: tuple[Where, ...] = (),
    needs: tuple[Needs, ...] = ("events",),
    **more: Any,
) -> Condition:
    """How many events of these names; ``only`` are further filters, those of absent parameters fall away."""
    kept = named(*((names,) if isinstance(names, str) else names))
    spec = over_period("events", "count", None, kept, *only)
    return behaviour(id, ko, en, spec, example, note, *params, needs=needs, **more)


# --- purchases --------------------------------------------------------------------------------


def state(
    id: str, ko: str, en: str, type: ValueType, fact: str, example: str, note: tuple[str, str], **more: Any
) -> Condition:
    """A fact of the person's valid orders as of the visit's end, or at now for members without visits."""
    return condition(
        id, ko, en, type, StateColumn(fact), example, note,
        needs=more.pop("needs", ("orders",)), as_of="visit_end", kind="attribute", needs_visit=False, **more,
    )  # fmt: skip


def of_orders(
    id: str,
    ko: str,
    en: str,
    type: ValueType,
    spec: Spec,
    example: str,
    note: tuple[str, str],
    *,
    needs: tuple[Needs, ...] = ("orders",),
    **more: Any,
) -> Condition:
    """An attribute read from the person's valid orders or their lines."""
    return condition(
        id, ko, en, type, spec, example, note,
        needs=needs, as_of="visit_end", kind="attribute", needs_visit=False, **more,
    )  # fmt: skip


def bought(
    id: str,
    ko: str,
    en: str,
    spec: Aggregate | Except,
    example: str,
    note: tuple[str, str],
    *params: ParamSpec,
    needs: tuple[Needs, ...] = ("orders",),
    unit: Unit = ORDERS,
    **more: Any,
) -> Condition:
    """A behaviour on valid orders; members need no visit for it."""
    return behaviour(id, ko, en, spec, example, note, *params, needs=needs, unit=unit, needs_visit=False, **more)


def orders_with(*lines: Where) -> Aggregate:
    """How many orders of the period have a line like this; an order with two such lines counts once."""
    return over_period("items", "distinct", "order_id", *lines)


# --- standing and live ------------------------------------------------------------------------


def of_member(
    id: str, ko: str, en: str, type: ValueType, fact: str, example: str, note: tuple[str, str], **more: Any
) -> Condition:
    """A fact of the member at now, whenever the visit was."""
    return condition(
        id, ko, en, type, MemberFact(fact), example, note,
        needs=more.pop("needs", ("members",)), as_of="now", kind="standing",
        needs_visit=more.pop("needs_visit", False), **more,
    )  # fmt: skip


def scored(name: str, ko: str, en: str, type: ValueType, example: str, note: tuple[str, str], **more: Any) -> Condition:
    """What the daily refresh found of the person, as of that refresh."""
    return condition(
        f"analysis.{name}", ko, en, type, ScoreColumn(name), example, note,
        needs=more.pop("needs", ("orders",)), as_of="now", kind="standing",
        needs_visit=more.pop("needs_visit", False), **more,
    )  # fmt: skip


def live(id: str, ko: str, en: str, type: ValueType, example: str, note: tuple[str, str], **more: Any) -> Condition:
    """What the visitor is doing right now: it has no past, so no 모수."""
    return condition(
        id, ko, en, type, LiveValue(id.split(".")[1]), example, note,
        needs=more.pop("needs", ("events",)), as_of="live", kind="live", **more,
    )  # fmt: skip
