"""The people behind a rule: who bought the one and not yet the other, as a segment."""

from __future__ import annotations

from typing import Any

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.i18n import translate
from ifdo_core.recommend.baskets import Level
from ifdo_core.segments import Segment

DAYS = 365
#: The parameter of 'purchase.<level>' that names the item is the level itself.
_A_NOT_B = "purchase.a_not_b"


def bought_without(first: str, second: str, *, level: Level = "product", names: tuple[str, str]) -> Segment:
    """Who bought ``first`` within a year and not ``second``; ``names``: what people call the two."""
    title = translate("‘{a}’ 샀고 ‘{b}’ 아직").format(a=names[0], b=names[1])
    where: list[dict[str, Any]]
    entry = CONDITIONS.get(_A_NOT_B)
    if entry is not None and {"did", "not"} <= {param.name for param in entry.params}:
        params = {"did": f"{level}:{first}", "not": f"{level}:{second}", "days": DAYS}
        where = [{"condition": _A_NOT_B, "op": "gte", "value": 1, "params": params}]
    else:
        where = [_bought(level, first), {"not": _bought(level, second)}]
    return Segment.all_of(title, *where)


def _bought(level: Level, item: str) -> dict[str, Any]:
    params = {level: item, "days": DAYS}
    return {"condition": f"purchase.{level}", "op": "gte", "value": 1, "params": params}
