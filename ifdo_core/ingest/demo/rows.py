"""The events table: numbers to texts, with the columns filled that ingest derives from the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ifdo_core.ingest.agents import read_agent
from ifdo_core.ingest.demo.arrivals import Sources
from ifdo_core.ingest.demo.columns import chosen, datetimes, identifiers, integers, pa, pc, text
from ifdo_core.ingest.demo.crowd import COUNTRIES, LANGUAGES, Crowd
from ifdo_core.ingest.demo.events import NAMES, Events, Params
from ifdo_core.ingest.demo.pages import Pages
from ifdo_core.ingest.demo.parts import Ints, Texts, parts, texts
from ifdo_core.ingest.demo.products import Catalogue
from ifdo_core.ingest.details import Details, read_details
from ifdo_core.ingest.enrich import read_page

_LETTERS = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_CLICK_LENGTH = 10
_WITH_VISIT_ID = 29  # the events of every so many-th visitor come from a source that tells visits apart itself


#: CSS pixels by device and system.
_WIDTHS = {
    ("mobile", "android"): 412, ("mobile", "ios"): 393, ("mobile", ""): 390, ("tablet", ""): 820,
    ("desktop", "macos"): 1440, ("desktop", ""): 1920,
}  # fmt: skip


class EventTable:
    """Turns ``Events`` into frames of the events table."""

    def __init__(
        self, pages: Pages, sources: Sources, catalogue: Catalogue, crowd: Crowd, params: Params, order_ids: Texts
    ) -> None:
        self._pages, self._catalogue, self._crowd = pages, catalogue, crowd
        self._sources, self._params, self._order_ids = sources, params, order_ids
        self._urls = pa.array(pages.urls, pa.string())
        self._orders = pa.array(order_ids, pa.string())
        self._utm = {
            name: sources.utm(name)
            for name in ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")
        }
        agents = [read_agent(header) for header in sources.agent_text]
        details = [read_details(header, agent) for header, agent in zip(sources.agent_text, agents, strict=True)]
        self._details = {name: texts([getattr(told, name) for told in details]) for name in Details._fields}
        widths = [_WIDTHS.get((agent.device, agent.os), _WIDTHS[agent.device, ""]) for agent in agents]
        self._widths = np.array(widths, dtype=np.int64)
        of_pages = texts([read_page(url).query for url in pages.urls])
        self._page_queries = np.concatenate([of_pages, sources.page_queries])
        self._queries = pa.array(sources.queries, pa.string())
        self._clicks = sources.clicks
        self._referrers = np.concatenate([pages.urls, sources.referrers])
        self._referrer_hosts = np.concatenate([pages.hosts, sources.referrer_hosts])
        self._terms = texts(parts("catalogue")["search_terms"])

    def frame(self, events: Events, first_number: int) -> pd.DataFrame:
        """The rows of ``events``; the first one gets the event id of ``first_number``."""
        visitor, agent, page = events.visitor, events.agent, events.page
        crowd, sources, pages = self._crowd, self._sources, self._pages
        given = np.where(visitor % _WITH_VISIT_ID == 0, events.visit, -1)
        columns: dict[str, Any] = {
            "event_id": identifiers("e", np.arange(first_number, first_number + len(events)), 9),
            "ts": datetimes(events.ts),
            "visitor_id": identifiers("v", visitor, 7),
            "name": chosen(texts(list(NAMES)), events.name),
            "visit_id": identifiers("s", given, 8),
            "member_id": identifiers("M", events.member, 6),
            "page_url": self._page_urls(events),
            "page_title": chosen(pages.titles, np.where(events.titled, page, -1)),
            "referrer": chosen(self._referrers, events.referrer),
            **{name: chosen(values, events.tag) for name, values in self._utm.items()},
            "product_id": chosen(self._catalogue.ids, events.product),
            "category": chosen(self._catalogue.leaf_names, events.category),
            "quantity": integers(events.quantity, events.quantity >= 0),
            "value": integers(events.value, events.value >= 0),
            "cart_value": integers(events.cart, events.cart >= 0),
            "order_id": text(self._orders.take(pa.array(events.order, mask=events.order < 0))),
            "search_term": chosen(self._terms, events.term),
            "user_agent": chosen(sources.agent_text, agent),
            "device": chosen(sources.agent_device, agent),
            "os": chosen(sources.agent_os, agent),
            "browser": chosen(sources.agent_browser, agent),
            "country": chosen(COUNTRIES, crowd.country[visitor]),
            "region": chosen(crowd.region_names, crowd.region[visitor]),
            "city": chosen(crowd.city_names, crowd.city[visitor]),
            "language": chosen(LANGUAGES, crowd.language[visitor]),
            "params": chosen(self._params.texts, events.params),
            "page_host": chosen(pages.hosts, page),
            "page_path": chosen(pages.paths, page),
            "page_type": chosen(pages.types, page),
            "referrer_host": chosen(self._referrer_hosts, events.referrer),
            "click_id": self._click_ids(events),
            "inapp": chosen(sources.agent_inapp, agent),
            "page_query": chosen(self._page_queries, np.where(events.tag > 0, len(pages.urls) + events.tag, page)),
            **{name: chosen(values, agent) for name, values in self._details.items()},
            "screen_width": integers(self._widths[agent], np.ones(len(events), dtype=np.bool_)),
            "platform": chosen(texts(["web"]), np.where(page >= 0, 0, -1)),
        }
        return pd.DataFrame(columns, copy=False)

    def _click_ids(self, events: Events) -> pd.Categorical:
        names = texts([name or None for name, _, _ in self._clicks])
        return chosen(names, np.where(events.click > 0, events.channel, -1))

    def _page_urls(self, events: Events) -> Any:
        """Addresses; those of landing pages with the UTM parameters and the click id."""
        rows = np.flatnonzero((events.tag > 0) | (events.click > 0))
        tags = self._queries.take(pa.array(events.tag[rows]))
        clicked = events.click[rows] > 0
        before, behind = (
            pa.array([*(click[side] for click in self._clicks), ""]).take(
                pa.array(np.where(clicked, events.channel[rows], len(self._clicks)))
            )
            for side in (1, 2)
        )
        token = pc.if_else(pa.array(clicked), _tokens(events.click[rows]), "")
        between = pc.if_else(pa.array((events.tag[rows] > 0) & clicked), "&", "")
        base = self._urls.take(pa.array(events.page[rows]))
        landed = pc.binary_join_element_wise(base, "?", tags, between, before, token, behind, "")
        code = events.page.astype(np.int64)
        code[rows] = len(self._urls) + np.arange(len(rows))
        return text(pa.concat_arrays([self._urls, landed]).take(pa.array(code)))


def _tokens(numbers: Ints) -> Any:
    """Each number as a short text of letters and digits, as click ids are."""
    powers = 62 ** np.arange(_CLICK_LENGTH, dtype=np.int64)
    letters = np.ascontiguousarray(_LETTERS[(numbers[:, None] // powers) % 62])
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * _CLICK_LENGTH
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(letters))
