"""The lookup files of ``data/lookups``: knowledge about the world that is data, not code.

Each file says in its header where its rows come from. Nothing here depends on a shop or a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

LOOKUP_DIR = Path(__file__).resolve().parent.parent / "data" / "lookups"

# PyYAML's own parser takes seven times as long; where it was built without libyaml there is no other.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: Values with their wording: id → (Korean, English), in the order screens show them.
Values = Mapping[str, tuple[str, str]]

#: Kind of place → file. The kinds are also the names of the columns they fill in ``visits``.
PLACE_FILES: Mapping[str, str] = MappingProxyType(
    {
        "search_engine": "search_engines",
        "sns": "sns",
        "shopping_portal": "shopping_portals",
        "blog_cafe": "blogs_cafes",
        "messenger": "messengers",
        "ai_assistant": "ai_assistants",
        "mail": "mail_hosts",
        "affiliate": "affiliates",
    }
)


@cache
def read(name: str) -> Any:
    """The content of ``data/lookups/<name>.yaml``, read once. Callers must not change it."""
    return yaml.load((LOOKUP_DIR / f"{name}.yaml").read_text(encoding="utf-8"), Loader=_Loader)


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere on the web that visits come from: a search engine, a network, a portal, a chat."""

    id: str
    kind: str
    hosts: tuple[str, ...]  # these and everything below them
    only_hosts: tuple[str, ...]  # these alone
    sources: tuple[str, ...]  # spellings in utm_source
    inapps: tuple[str, ...]
    keyword: tuple[str, ...]  # query parameters with the search words
    ad_platform: str | None


@cache
def places() -> tuple[Place, ...]:
    """Every known place, kind by kind."""
    return tuple(
        Place(
            id=row["id"],
            kind=kind,
            hosts=tuple(row.get("hosts", ())),
            only_hosts=tuple(row.get("only_hosts", ())),
            sources=tuple(row.get("sources", ())),
            inapps=tuple(row.get("inapps", ())),
            keyword=tuple(row.get("keyword", ())),
            ad_platform=row.get("ad_platform"),
        )
        for kind, name in PLACE_FILES.items()
        for row in read(name)
    )


def _wording(rows: list[dict[str, str]]) -> Values:
    return MappingProxyType({row["id"]: (row["ko"], row["en"]) for row in rows})


@cache
def wording(name: str) -> Values:
    """The values of a list with their wording.

    ``name`` is a kind of place ('sns'), 'channel', 'ad_platform', 'click_id', or a list of
    ``values.yaml`` ('device', 'page_type' …). Raises KeyError where there is no such list.
    """
    if name in PLACE_FILES:
        return _wording(read(PLACE_FILES[name]))
    if name == "channel":
        return _wording(read("channels")["channels"])
    if name in ("ad_platform", "click_id"):
        return _wording(read(f"{name}s"))
    if name == "rfm_grade":  # a grade is known by its Korean name
        return MappingProxyType({row["ko"]: (row["ko"], row["en"]) for row in read("rfm_grades")["buyers"]})
    return _wording(read("values")[name])
