"""Where a visit came from: its first event's UTM, click id, referrer and in-app browser, read with the lookups.

semantics.md, 'Visits': UTM parameters first; else click ids; else the referrer's host (never one of the shop's own);
else direct. The lists are ``data/lookups``; the order of the rules is that of ``channels.yaml``.

Two things are decided apart. *Source, medium and channel* follow the order above to the letter. The *place*
(search engine, SNS, portal, blog, messenger, assistant) is the best evidence of where the link was clicked, so an
Instagram in-app browser names the SNS even of a visit that is direct for want of a referrer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import Any, NamedTuple, cast
from urllib.parse import unquote_to_bytes, urlsplit

import pandas as pd

from ifdo_core.lookups import PLACE_FILES, Place, places, read

DIRECT, NONE, NOT_SET = "(direct)", "(none)", "(not set)"
_PAID = ("paid_search", "paid_social", "display")


@dataclass(frozen=True, slots=True)
class Origin:
    """What the first event of a visit says about where it came from. Empty text counts as unknown."""

    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_id: str | None = None
    utm_term: str | None = None
    utm_content: str | None = None
    click_id: str | None = None  # name of the parameter: 'gclid'
    referrer: str | None = None  # full URL
    referrer_host: str | None = None  # taken from the referrer where unknown
    inapp: str | None = None


class Attribution(NamedTuple):
    """The columns of ``visits`` that say where a visit came from."""

    source: str
    medium: str
    campaign: str | None
    campaign_id: str | None
    term: str | None
    content: str | None
    channel: str
    search_engine: str | None
    sns: str | None
    ad_platform: str | None
    shopping_portal: str | None
    blog_cafe: str | None
    messenger: str | None
    ai_assistant: str | None
    click_id: str | None
    referrer_host: str | None
    referrer_url: str | None
    search_keyword: str | None


# --- the lookups, turned round -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Platform:
    id: str
    channel: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _ClickId:
    id: str
    platform: str
    advertising: bool
    not_from: str | None
    source: str
    medium: str
    places: tuple[str, ...]
    certain: bool


class _Index:
    """The lookup files by what a visit carries: spelling of a source, host, in-app browser, click id, medium."""

    def __init__(self) -> None:
        self.place = {place.id: place for place in places()}
        self.by_source = {_key(text): place for place in places() for text in place.sources}
        self.by_host = {host: place for place in places() for host in place.hosts}
        self.by_only_host = {host: place for place in places() for host in place.only_hosts}
        self.by_inapp = {text: place for place in places() for text in place.inapps}
        self.platform: dict[str, _Platform] = {}
        self.platform_by_source: dict[str, _Platform] = {}
        for row in read("ad_platforms"):
            platform = _Platform(row["id"], row["channel"], tuple(row.get("places", ())))
            self.platform[platform.id] = platform
            self.platform_by_source.update({_key(text): platform for text in row["sources"]})
        self.click_id = {row["id"].lower(): _click_id(row) for row in read("click_ids")}
        rules = read("channels")
        self.missing = frozenset(rules["missing"])
        paid: dict[str, Any] = dict(rules["paid"])
        self.paid_pattern = re.compile(paid.pop("pattern"))
        self.paid_medium = {_key(text): channel for channel, texts in paid.items() for text in texts}
        self.medium = {_key(text): channel for channel, texts in rules["mediums"].items() for text in texts}
        self.kind_channel = {kind: rule["channel"] for kind, rule in rules["places"].items()}
        self.kind_medium = {kind: rule["medium"] for kind, rule in rules["places"].items()}


def _click_id(row: Mapping[str, Any]) -> _ClickId:
    return _ClickId(
        id=row["id"],
        platform=row["platform"],
        advertising=row["advertising"],
        not_from=row.get("not_from"),
        source=row["source"],
        medium=row["medium"],
        places=tuple(row["places"]),
        certain=row.get("certain", False),
    )


def _key(text: str) -> str:
    """Spelling for comparison: 'Paid Social', 'paid-social' and 'paid_social' are one."""
    return text.strip().lower().replace(" ", "_").replace("-", "_")


@cache
def _index() -> _Index:
    return _Index()


# --- hosts ------------------------------------------------------------------------------------


def _host_of(url: str) -> str | None:
    """The lower-case host of a URL; also of 'android-app://com.kakao.talk/' and of a bare 'naver.com/x'."""
    text = url if "//" in url[:16] else f"//{url}"
    try:
        return clean_host(urlsplit(text).hostname)
    except ValueError:  # a broken URL, such as '[' in the host, tells nothing
        return None


def clean_host(host: str | None) -> str | None:
    """Lower case, without port and trailing dot; None for nothing or for what cannot be a host."""
    if not host:
        return None
    text = host.strip().lower().split(":")[0].rstrip(".")
    return text if text and " " not in text and "/" not in text else None


def _bare(host: str) -> str:
    """Without a leading 'www.' or 'm.'."""
    for prefix in ("www.", "m."):
        if host.startswith(prefix) and host.count(".") > 1:
            return host[len(prefix) :]
    return host


@lru_cache(maxsize=200_000)
def _place_of_host(host: str) -> Place | None:
    index = _index()
    exact = index.by_only_host.get(_bare(host))
    if exact is not None:
        return exact
    rest = host
    while rest:
        found = index.by_host.get(rest)
        if found is not None:
            return found
        _, _, rest = rest.partition(".")
    return None


def is_own_host(host: str, own_hosts: Iterable[str]) -> bool:
    """Whether ``host`` is one of the shop's hosts or lies below one of them."""
    for own in own_hosts:
        bare = _bare(own.strip().lower())
        if host == bare or host.endswith(f".{bare}"):
            return True
    return False


# --- the decision -----------------------------------------------------------------------------


class _Decision(NamedTuple):
    source: str
    medium: str
    channel: str
    place: Place | None
    ad_platform: str | None
    click_id: str | None


@lru_cache(maxsize=200_000)
def _decide(
    utm_source: str | None,
    utm_medium: str | None,
    tagged: bool,
    click_id: str | None,
    host: str | None,
    inapp: str | None,
) -> _Decision:
    """The rules proper. ``tagged``: some UTM parameter is there; ``host``: of an outside referrer."""
    index = _index()
    click = index.click_id.get(click_id.lower()) if click_id else None
    referrer = _place_of_host(host) if host else None
    if click is not None and click.not_from is not None and referrer is not None and referrer.kind == click.not_from:
        advertising = None
    else:
        advertising = click if click is not None and click.advertising else None
    named = _place_of_source(utm_source)
    platform = index.platform_by_source.get(_key(utm_source)) if utm_source and named is None else None
    place = _place(named, utm_source, utm_medium, platform, click, referrer, bool(host), inapp)

    source = _source(utm_source, named, tagged, click, advertising, place, referrer, host)
    medium = utm_medium.strip().lower() if utm_medium else None
    paid = index.paid_medium.get(_key(medium)) if medium else None
    if paid is None and medium and _key(medium) not in index.medium and index.paid_pattern.match(_key(medium)):
        paid = "by_place"
    is_ad = paid is not None or advertising is not None or platform is not None
    if is_ad:
        channel = _paid_channel(paid, platform, advertising, place, index)
    else:
        channel = _free_channel(medium, place, named, tagged, click_id, host, index)
    if medium is None:
        medium = _derived_medium(is_ad, channel, tagged, click, advertising, place, host, index)
    ad_platform = _ad_platform(is_ad, advertising, platform, named or place)
    return _Decision(source, medium, channel, place, ad_platform, click.id if click else click_id)


@lru_cache(maxsize=100_000)
def _place_of_source(utm_source: str | None) -> Place | None:
    """The place a utm_source names, by its spellings or because it is written as a host."""
    if not utm_source:
        return None
    found = _index().by_source.get(_key(utm_source))
    if found is None and "." in utm_source:
        host = clean_host(utm_source)
        found = _place_of_host(host) if host else None
    return found


def _place(
    named: Place | None,
    utm_source: str | None,
    utm_medium: str | None,
    platform: _Platform | None,
    click: _ClickId | None,
    referrer: Place | None,
    has_referrer: bool,
    inapp: str | None,
) -> Place | None:
    """Where the link was clicked, by the best evidence.

    A source that names a place decides. An advertising platform or a click id narrows to its own places, among
    which the referrer or the in-app browser chooses. With neither, the referrer speaks, then the in-app browser.
    A campaign tagged as a message or an e-mail is not searched for in the referrer.
    """
    index = _index()
    if named is not None:
        return named
    app = index.by_inapp.get(inapp) if inapp else None
    sent = bool(utm_medium) and index.medium.get(_key(utm_medium or "")) in ("message", "email", "affiliate")
    if utm_source and sent and platform is None:
        return app if app is not None and app.kind == "messenger" else None
    if platform is not None or click is not None:
        allowed = platform.places if platform is not None else cast(_ClickId, click).places
        for candidate in (referrer, app):
            if candidate is not None and candidate.id in allowed:
                return candidate
        if click is not None and click.certain and click.places[0] in allowed:
            return index.place[click.places[0]]
        return None
    if has_referrer:
        return referrer
    return app


def _source(
    utm_source: str | None,
    named: Place | None,
    tagged: bool,
    click: _ClickId | None,
    advertising: _ClickId | None,
    place: Place | None,
    referrer: Place | None,
    host: str | None,
) -> str:
    if utm_source:
        return named.id if named is not None else utm_source.strip().lower()
    if click is not None and (advertising is not None or referrer is None):
        return place.id if place is not None and click.certain else click.source
    if referrer is not None:
        return referrer.id
    if host:
        return _bare(host)
    return NOT_SET if tagged else DIRECT


def _paid_channel(
    paid: str | None, platform: _Platform | None, click: _ClickId | None, place: Place | None, index: _Index
) -> str:
    """Which of the three paid channels: a telling medium first, then the place, then the platform."""
    if paid in ("paid_search", "paid_social"):
        return paid
    if place is not None and place.kind == "sns":
        return "paid_social"
    if paid == "display":
        return "display"
    if platform is not None:
        return platform.channel
    if click is not None and (place is None or place.kind != "search_engine"):
        return index.platform[click.platform].channel
    if place is not None and place.kind in ("messenger", "blog_cafe", "affiliate", "mail"):
        return "display"
    return "paid_search"


def _free_channel(
    medium: str | None,
    place: Place | None,
    named: Place | None,
    tagged: bool,
    click_id: str | None,
    host: str | None,
    index: _Index,
) -> str:
    by_medium = index.medium.get(_key(medium)) if medium else None
    if by_medium in ("message", "email", "affiliate"):
        return by_medium
    if place is not None and (tagged or click_id or host):
        return index.kind_channel[place.kind]
    if by_medium is not None:
        return by_medium
    if host and not tagged:
        return "referral"
    if tagged or click_id:
        return "other"
    return "direct"


def _derived_medium(
    is_ad: bool,
    channel: str,
    tagged: bool,
    click: _ClickId | None,
    advertising: _ClickId | None,
    place: Place | None,
    host: str | None,
    index: _Index,
) -> str:
    """The medium where the URL names none."""
    if advertising is not None:
        return advertising.medium
    if is_ad:
        return "cpc"
    if channel == "direct":
        return NONE
    if place is not None:
        return index.kind_medium[place.kind]
    if click is not None:
        return click.medium
    return "referral" if host and not tagged else NOT_SET


def _ad_platform(is_ad: bool, click: _ClickId | None, platform: _Platform | None, place: Place | None) -> str | None:
    if not is_ad:
        return None
    if platform is not None:
        return platform.id
    if click is not None:
        return click.platform
    return place.ad_platform if place is not None else None


# --- search words -----------------------------------------------------------------------------


def search_keyword(referrer: str | None, host: str | None) -> str | None:
    """The words searched for, where the engine still sends them in the referrer's query."""
    if not referrer or not host or "?" not in referrer:
        return None
    place = _place_of_host(host)
    if place is None or not place.keyword:
        return None
    query = referrer.split("?", 1)[1].split("#", 1)[0]
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name in place.keyword and value:
            return _decoded(value)
    return None


def _decoded(value: str) -> str | None:
    """Percent-decoded text; older Korean pages write it in CP949."""
    raw = unquote_to_bytes(value.replace("+", " "))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp949", errors="replace")
    return text.strip() or None


# --- the two doors ----------------------------------------------------------------------------


def _clean(text: object) -> str | None:
    """Stripped text; None for missing values and for texts that say nothing ('(not set)')."""
    if not isinstance(text, str):
        return None
    stripped = text.strip()
    return stripped if stripped and stripped.lower() not in _index().missing else None


def classify(origin: Origin, own_hosts: Sequence[str] = ()) -> Attribution:
    """Where a visit with this first event came from (semantics.md, 'Visits')."""
    utm = {
        name: _clean(getattr(origin, name))
        for name in ("utm_source", "utm_medium", "utm_campaign", "utm_id", "utm_term", "utm_content")
    }
    url = _clean(origin.referrer)
    host = clean_host(origin.referrer_host) or (_host_of(url) if url else None)
    if host is not None and is_own_host(host, own_hosts):
        url = host = None
    decision = _decide(
        utm["utm_source"],
        utm["utm_medium"],
        any(utm.values()),
        _clean(origin.click_id),
        host,
        _clean(origin.inapp),
    )
    kind = decision.place.kind if decision.place else ""
    found = {name: decision.place.id if decision.place and kind == name else None for name in _PLACE_COLUMNS}
    return Attribution(
        source=decision.source,
        medium=decision.medium,
        campaign=utm["utm_campaign"],
        campaign_id=utm["utm_id"],
        term=utm["utm_term"],
        content=utm["utm_content"],
        channel=decision.channel,
        ad_platform=decision.ad_platform,
        click_id=decision.click_id,
        referrer_host=host,
        referrer_url=url if host else None,
        search_keyword=search_keyword(url, host),
        **found,
    )


_PLACE_COLUMNS = tuple(kind for kind in PLACE_FILES if kind in Attribution._fields)
_ORIGIN_COLUMNS = tuple(item.name for item in fields(Origin))
_DECIDING = ("utm_source", "utm_medium", "tagged", "click_id", "host", "inapp")


def classify_frame(frame: pd.DataFrame, own_hosts: Sequence[str] = ()) -> pd.DataFrame:
    """``classify`` for every row of ``frame``: columns of ``Origin`` (missing ones count as unknown) in, columns of
    ``Attribution`` out, on the same index.

    Texts are cleaned and hosts read once per distinct value, the rules run once per distinct combination of what
    decides, so a frame of distinct origins costs little more than its distinct referrers.
    """
    given = {name: _cleaned(frame, name) for name in _ORIGIN_COLUMNS}
    urls = given["referrer"]
    host = _mapped(given["referrer_host"], clean_host)
    host = host.where(host.notna(), _mapped(urls, _host_of))
    own = _mapped(host, lambda text: text if is_own_host(text, own_hosts) else None).notna()
    host = host.mask(own, None)
    urls = urls.where(host.notna(), None)
    utm = [given[name] for name in _ORIGIN_COLUMNS[:6]]
    deciding = pd.DataFrame(
        {
            "utm_source": given["utm_source"],
            "utm_medium": given["utm_medium"],
            "tagged": pd.concat([series.notna() for series in utm], axis=1).any(axis=1),
            "click_id": given["click_id"],
            "host": host,
            "inapp": given["inapp"],
        },
        index=frame.index,
    )
    group = deciding.groupby(list(_DECIDING), sort=False, dropna=False).ngroup().to_numpy()
    first = ~pd.Series(group).duplicated().to_numpy()
    rows = deciding[first].itertuples(index=False, name=None)
    decisions = [_decide(*(None if _missing(value) else value for value in row)) for row in rows]

    def spread(values: list[str | None]) -> pd.Series[Any]:
        return pd.Series(pd.array(values, dtype="object").take(group), index=frame.index, dtype="object")

    out: dict[str, pd.Series[Any]] = {
        "source": spread([one.source for one in decisions]),
        "medium": spread([one.medium for one in decisions]),
        "campaign": given["utm_campaign"],
        "campaign_id": given["utm_id"],
        "term": given["utm_term"],
        "content": given["utm_content"],
        "channel": spread([one.channel for one in decisions]),
        "ad_platform": spread([one.ad_platform for one in decisions]),
        "click_id": spread([one.click_id for one in decisions]),
        "referrer_host": host,
        "referrer_url": urls,
        "search_keyword": _keywords(urls, host),
    }
    for name in _PLACE_COLUMNS:
        out[name] = spread([one.place.id if one.place and one.place.kind == name else None for one in decisions])
    return pd.DataFrame({name: out[name] for name in Attribution._fields}, index=frame.index)


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _cleaned(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in frame.columns:
        return pd.Series([None] * len(frame), index=frame.index, dtype="object")
    return _mapped(frame[name], _clean)


def _mapped(series: pd.Series[Any], function: Callable[[str], str | None]) -> pd.Series[Any]:
    """``function`` on each distinct value; missing stays missing (None)."""
    codes, distinct = pd.factorize(series)
    values = [function(value) for value in distinct]
    values.append(None)  # code -1
    return pd.Series(pd.array(values, dtype="object").take(codes), index=series.index, dtype="object")


def _keywords(urls: pd.Series[Any], host: pd.Series[Any]) -> pd.Series[Any]:
    """Search words; only referrers of engines that carry a query are looked at."""
    words = pd.Series([None] * len(urls), index=urls.index, dtype="object")
    engines = _mapped(host, lambda text: text if (found := _place_of_host(text)) and found.keyword else None)
    asked = engines.notna() & urls.notna()
    if asked.any():
        pairs = zip(urls[asked], engines[asked], strict=True)
        found_words = [search_keyword(url, engine) for url, engine in pairs]
        words[asked] = pd.Series(found_words, index=urls.index[asked], dtype="object")
    return words
