"""The columns of events that follow from others: of the page's URL, the referrer and the User-Agent.

Each distinct URL, referrer and header is read once, so a million events cost as much as their variety. What an event
brings itself is never overwritten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote_to_bytes

import pyarrow as pa_untyped
import pyarrow.compute as pc_untyped

from ifdo_core.ingest import values
from ifdo_core.ingest.agents import read_agent
from ifdo_core.ingest.details import Facts, read_details, read_facts
from ifdo_core.ingest.values import Array
from ifdo_core.lookups import read

pa: Any = pa_untyped
pc: Any = pc_untyped

#: How much of a page's query is kept.
MOST_PARAMETERS, LONGEST_PARAMETER = 30, 200
#: Naver's ads write a dozen parameters beside n_media, other ones at every click.
_OF_ADS = "n_"
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")


class Page(NamedTuple):
    """What a page's URL tells. ``path`` is percent-decoded; without scheme and host the URL is a path."""

    host: str | None
    path: str | None
    type: str | None
    click_id: str | None
    utm: tuple[str | None, ...]  # in the order of UTM
    query: str | None  # the parameters as a JSON object


@cache
def _page_types() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(pattern, re.IGNORECASE), entry["type"])
        for entry in read("page_types")
        for pattern in entry["patterns"]
    )


@cache
def _click_ids() -> Mapping[str, tuple[int, str]]:
    return {name.lower(): (place, name) for place, name in enumerate(read("own_click_ids"))}


_types: dict[str, str] = {}
_REMEMBERED = 200_000


def page_type(path: str) -> str:
    """The type of a decoded path: the first entry of page_types.yaml with a pattern in it, else 'other'."""
    found = _types.get(path)
    if found is None:
        found = next((kind for pattern, kind in _page_types() if pattern.search(path)), "other")
        if len(_types) >= _REMEMBERED:
            _types.clear()
        _types[path] = found
    return found


def decoded(text: str) -> str:
    """Percent-decoded; older Korean pages write CP949."""
    if "%" not in text:
        return text
    raw = unquote_to_bytes(text)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp949", errors="replace")


def _cut(url: str) -> tuple[str | None, str, str]:
    """Host, path and query of a URL; (None, path, query) of one without a host."""
    rest, _, _ = url.partition("#")
    rest, _, query = rest.partition("?")
    _, slashes, after = rest.partition("//")
    if not slashes:
        return None, rest, query
    authority, _, path = after.partition("/")
    return host_in(authority), "/" + path, query


def host_in(authority: str) -> str | None:
    """The host of 'user@Shop.KR:443', in lower case; None for what cannot be one."""
    host = authority.rpartition("@")[2].partition(":")[0].strip().rstrip(".").lower()
    return host if host and " " not in host else None


def read_page(url: str) -> Page:
    """What the URL of a page tells."""
    host, path, query = _cut(url)
    path = decoded(path) or "/"
    if not query:
        return Page(host, path, page_type(path), None, (None,) * len(UTM), None)
    found: dict[str, str] = {}
    given: dict[str, str] = {}
    click: tuple[int, str] | None = None
    clicks = _click_ids()
    for part in query.split("&"):
        name, _, value = part.partition("=")
        lower = name.lower()
        if not value:
            continue
        if lower in clicks:
            click = clicks[lower] if click is None else min(click, clicks[lower])
            continue
        if lower.startswith(_OF_ADS):
            continue
        text = decoded(value.replace("+", " ")).strip()
        if lower in UTM:
            found.setdefault(lower, text)
        if len(given) < MOST_PARAMETERS:
            given.setdefault(decoded(name), text[:LONGEST_PARAMETER])
    utm = tuple(found.get(name) or None for name in UTM)
    written = json.dumps(given, ensure_ascii=False) if given else None
    return Page(host, path, page_type(path), click[1] if click else None, utm, written)


def referrer_host(referrer: str) -> str | None:
    """The host of a referrer; also of 'android-app://com.kakao.talk/' and of a bare 'naver.com/x'."""
    host = _cut(referrer if "//" in referrer[:16] else f"//{referrer}")[0]
    return host if host and "/" not in host else None


def enrich(columns: Mapping[str, Array]) -> dict[str, Array]:
    """``columns`` of events (Arrow text) with the derived ones beside them, and unknown UTM, device, system and
    browser filled in where URL and header tell them."""
    out = dict(columns)
    urls = columns.get("page_url")
    if urls is not None:
        pages = _by_value(urls, read_page)
        for place, name in enumerate(("page_host", "page_path", "page_type", "click_id")):
            part = ("host", "path", "type", "click_id")[place]
            out[name] = pages(lambda page, part=part: getattr(page, part))
        out["page_query"] = pages(lambda page: page.query)
        for place, name in enumerate(UTM):
            _fill(out, name, pages(lambda page, place=place: page.utm[place]))
    referrers = columns.get("referrer")
    if referrers is not None:
        out["referrer_host"] = values.mapped(referrers, referrer_host)
    headers = columns.get("user_agent")
    if headers is not None:
        agents = _by_value(headers, read_agent)
        for name in ("device", "os", "browser"):
            _fill(out, name, agents(lambda agent, name=name: getattr(agent, name)))
        out["inapp"] = agents(lambda agent: agent.inapp)
        details = _by_value(headers, lambda header: read_details(header, read_agent(header)))
        for name in ("os_version", "browser_version", "device_brand", "device_model"):
            out[name] = details(lambda told, name=name: getattr(told, name))
    return {**out, **_facts(columns)}


def _facts(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Platform, screen and staff by ``params``; a page with an address is the web unless they say otherwise."""
    urls, params = columns.get("page_url"), columns.get("params")
    web = None if urls is None else pc.if_else(pc.is_valid(urls), "web", pa.scalar(None, pa.string()))
    if params is None:
        return {} if web is None else {"platform": web}
    facts = _by_value(params, read_facts)
    platform = facts(_platform)
    return {
        "platform": platform if web is None else pc.coalesce(platform, web),
        "screen_width": facts(lambda told: told.screen_width, pa.int32()),
        "is_internal": facts(lambda told: told.is_internal, pa.bool_()),
    }


def _platform(told: Facts) -> str | None:
    return told.platform


class _Part(Protocol):
    def __call__(self, of: Callable[[Any], Any], kind: Any = None) -> Array: ...


def _by_value(array: Array, function: Callable[[str], Any]) -> _Part:
    """``function`` of each distinct text; the answer spreads one part of the results over the rows."""
    distinct, codes = values.distinct(array)
    results: Sequence[Any] = [None if value is None else function(value) for value in distinct]
    places = pa.array(codes)

    def part(of: Callable[[Any], Any], kind: Any = None) -> Array:
        return pa.array([None if one is None else of(one) for one in results], kind or pa.string()).take(places)

    return part


def _fill(out: dict[str, Array], name: str, found: Array) -> None:
    given = out.get(name)
    out[name] = found if given is None else pc.coalesce(given, found)
