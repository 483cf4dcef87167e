"""Where a visit came from, read off its first event (semantics.md, 'Visits'; rules in data/lookups/channels.yaml)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import yaml

from tests.oracle.shop import Row

LOOKUPS = Path(__file__).resolve().parents[2] / "data" / "lookups"
KINDS = {
    "search_engine": "search_engines",
    "sns": "sns",
    "shopping_portal": "shopping_portals",
    "blog_cafe": "blogs_cafes",
    "messenger": "messengers",
    "ai_assistant": "ai_assistants",
    "mail": "mail_hosts",
    "affiliate": "affiliates",
}
#: Kinds of place that are columns of a visit.
PLACE_COLUMNS = ("search_engine", "sns", "shopping_portal", "blog_cafe", "messenger", "ai_assistant")


@cache
def lookup(name: str) -> Any:
    return yaml.safe_load((LOOKUPS / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def all_places() -> tuple[Row, ...]:
    return tuple({**row, "kind": kind} for kind, name in KINDS.items() for row in lookup(name))


def said(text: object) -> str | None:
    """The text, or None where it says nothing."""
    if not isinstance(text, str):
        return None
    stripped = text.strip()
    return stripped if stripped and stripped.lower() not in lookup("channels")["missing"] else None


def spelling(text: str) -> str:
    """'Paid-Social', 'paid social' and 'paid_social' are one."""
    return re.sub(r"[ -]", "_", text.strip().lower())


def without_prefix(host: str) -> str:
    for prefix in ("www.", "m."):
        if host.startswith(prefix) and host.count(".") > 1:
            return host[len(prefix) :]
    return host


def at_or_below(host: str, parent: str) -> bool:
    return host == parent or host.endswith("." + parent)


def place_of_host(host: str | None) -> Row | None:
    """A host that counts alone goes before the longest one it lies below."""
    if host is None:
        return None
    found: list[tuple[int, Row]] = []
    for place in all_places():
        if without_prefix(host) in place.get("only_hosts", ()):
            return place
        found += [(len(one), place) for one in place.get("hosts", ()) if at_or_below(host, one)]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def place_of_source(source: str | None) -> Row | None:
    if source is None:
        return None
    for place in all_places():
        if spelling(source) in [spelling(text) for text in place.get("sources", ())]:
            return place
    return place_of_host(source.lower()) if "." in source else None


def place_of_app(inapp: str | None) -> Row | None:
    for place in all_places():
        if inapp is not None and inapp in place.get("inapps", ()):
            return place
    return None


def listed(value: str | None, lists: dict[str, list[str]]) -> str | None:
    """The name of the list that holds ``value``."""
    for name, texts in lists.items():
        if value is not None and spelling(value) in [spelling(text) for text in texts]:
            return name
    return None


def referrer_of(event: Row, own_hosts: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Host and URL of an outside referrer."""
    url = said(event.get("referrer"))
    host = said(event.get("referrer_host"))
    if host is None and url is not None:
        host = urlsplit(url if "//" in url else "//" + url).hostname
    if host is None:
        return None, None
    host = host.lower()
    if any(at_or_below(host, without_prefix(own.lower())) for own in own_hosts):
        return None, None
    return host, url


def attribution(event: Row, own_hosts: tuple[str, ...]) -> Row:
    """Source, medium, channel and place of a visit that begins with ``event``."""
    rules = lookup("channels")
    utm = {name: said(event.get(f"utm_{name}")) for name in ("source", "medium", "campaign", "id", "term", "content")}
    tagged = any(utm.values())
    host, url = referrer_of(event, own_hosts)
    clicks = {row["id"].lower(): row for row in lookup("click_ids")}
    click_name = said(event.get("click_id"))
    click = clicks.get(click_name.lower()) if click_name else None

    named = place_of_source(utm["source"])
    seen = place_of_host(host)
    app = place_of_app(said(event.get("inapp")))
    platform = None
    for row in lookup("ad_platforms"):
        if named is None and utm["source"] and spelling(utm["source"]) in [spelling(text) for text in row["sources"]]:
            platform = row
    ad_click = click if click is not None and click["advertising"] else None
    if ad_click is not None and seen is not None and seen["kind"] == ad_click.get("not_from"):
        ad_click = None

    paid_lists = {name: texts for name, texts in rules["paid"].items() if name != "pattern"}
    paid = listed(utm["medium"], paid_lists)
    by_medium = listed(utm["medium"], rules["mediums"])
    looks_paid = utm["medium"] is not None and re.match(rules["paid"]["pattern"], spelling(utm["medium"]))
    if paid is None and by_medium is None and looks_paid:
        paid = "by_place"
    is_ad = paid is not None or ad_click is not None or platform is not None
    sent = by_medium in ("message", "email", "affiliate")

    # where the link was clicked
    place: Row | None
    if named is not None:
        place = named
    elif utm["source"] and sent and platform is None:
        place = app if app is not None and app["kind"] == "messenger" else None
    elif platform is not None or click is not None:
        own_places = platform.get("places", []) if platform is not None else click["places"]  # type: ignore[index]
        place = None
        for candidate in (app, seen):
            if candidate is not None and candidate["id"] in own_places:
                place = candidate
        if place is None and click is not None and click.get("certain") and click["places"][0] in own_places:
            place = next(one for one in all_places() if one["id"] == click["places"][0])
    else:
        place = seen if host is not None else app

    # source: UTM, else click id, else referrer, else direct
    if utm["source"]:
        source = named["id"] if named is not None else utm["source"].lower()
    elif click is not None and (ad_click is not None or seen is None):
        source = place["id"] if place is not None and click.get("certain") else click["source"]
    elif seen is not None:
        source = seen["id"]
    elif host is not None:
        source = without_prefix(host)
    else:
        source = "(not set)" if tagged else "(direct)"

    # channel, by the order of the rules in channels.yaml
    kind = place["kind"] if place is not None else None
    if is_ad:
        if paid in ("paid_search", "paid_social"):
            channel = paid
        elif kind == "sns":
            channel = "paid_social"
        elif paid == "display":
            channel = "display"
        elif platform is not None:
            channel = platform["channel"]
        elif ad_click is not None and kind != "search_engine":
            channel = next(row["channel"] for row in lookup("ad_platforms") if row["id"] == ad_click["platform"])
        elif kind in ("messenger", "blog_cafe", "affiliate", "mail"):
            channel = "display"
        else:
            channel = "paid_search"
    elif sent:
        channel = by_medium
    elif kind is not None and (tagged or click_name or host):
        channel = rules["places"][kind]["channel"]
    elif by_medium is not None:
        channel = by_medium
    elif host is not None and not tagged:
        channel = "referral"
    elif tagged or click_name:
        channel = "other"
    else:
        channel = "direct"

    if utm["medium"]:
        medium = utm["medium"].lower()
    elif ad_click is not None:
        medium = ad_click["medium"]
    elif is_ad:
        medium = "cpc"
    elif channel == "direct":
        medium = "(none)"
    elif kind is not None:
        medium = rules["places"][kind]["medium"]
    elif click is not None:
        medium = click["medium"]
    else:
        medium = "referral" if host is not None and not tagged else "(not set)"

    ad_platform = None
    if is_ad and platform is not None:
        ad_platform = platform["id"]
    elif is_ad and ad_click is not None:
        ad_platform = ad_click["platform"]
    elif is_ad and place is not None:
        ad_platform = place.get("ad_platform")

    return {
        "source": source,
        "medium": medium,
        "campaign": utm["campaign"],
        "campaign_id": utm["id"],
        "term": utm["term"],
        "content": utm["content"],
        "channel": channel,
        "ad_platform": ad_platform,
        "click_id": click["id"] if click is not None else click_name,
        "referrer_host": host,
        "referrer_url": url,
        "search_keyword": keyword(seen, url),
        **{column: place["id"] if place is not None and kind == column else None for column in PLACE_COLUMNS},
    }


def keyword(engine: Row | None, url: str | None) -> str | None:
    """The words searched for, where the engine still sends them."""
    if engine is None or url is None or "?" not in url:
        return None
    for part in url.split("?", 1)[1].split("#")[0].split("&"):
        name, _, value = part.partition("=")
        if name in engine.get("keyword", ()) and value:
            return unquote_plus(value).strip() or None
    return None
