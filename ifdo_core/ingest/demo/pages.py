"""The pages of the demo shop: their addresses, titles and types, on the desktop host and the mobile one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import numpy as np

from ifdo_core.ingest.demo.calendar import Calendar
from ifdo_core.ingest.demo.parts import Ints, Texts, parts, texts
from ifdo_core.ingest.demo.products import Catalogue

# Kinds of pages, in the order in which they are numbered.
HOME, CATEGORY, PRODUCT, SEARCH, EVENT, BOARD, CART, CHECKOUT, COMPLETE, LOGIN, JOIN = range(11)
#: Page types as data/lookups/page_types.yaml reads the addresses below.
_TYPES = (
    "home", "category", "product", "search", "event", "board", "cart", "checkout", "other", "other", "signup",
)  # fmt: skip


@dataclass(frozen=True)
class Pages:
    """Every page once per host: page i of the mobile host is ``i + size``. ``first[kind]`` is its first page."""

    urls: Texts
    titles: Texts
    hosts: Texts
    paths: Texts
    types: Texts
    first: Ints
    size: int
    event_of_month: Ints  # position among the event pages, by month 0…12; -1 has none

    def of(self, kind: int) -> range:
        """The pages of this kind, on the desktop host."""
        ends = np.append(self.first[1:], self.size)
        return range(int(self.first[kind]), int(ends[kind]))


def hosts() -> tuple[str, str]:
    """Desktop and mobile host of the shop."""
    shop = parts("catalogue")["shop"]
    return shop["desktop"], shop["mobile"]


def make_pages(calendar: Calendar, catalogue: Catalogue) -> Pages:
    words = parts("catalogue")
    name = words["shop"]["name"]
    running = sorted({calendar.month_campaign(day)[0] for day in range(calendar.days)} - {0})
    months = parts("traffic")["months"]
    events = [tuple(page) for page in words["events"]]
    event_of_month = np.full(13, -1, dtype=np.int64)
    for month in running:
        event_of_month[month] = len(events)
        events.append((f"/event/{months[month][0]}", months[month][1]))
    by_kind: list[list[tuple[str, str]]] = [
        [("/", f"{name} | 패션·뷰티·리빙")],
        [(f"/category/{slug}", leaf) for slug, leaf in zip(catalogue.leaf_slugs, catalogue.leaf_names, strict=True)],
        [(f"/products/{key}", title) for key, title in zip(catalogue.ids, catalogue.names, strict=True)],
        [(f"/search?q={quote(term)}", f"'{term}' 검색 결과") for term in words["search_terms"]],
        events,
        [tuple(page) for page in words["boards"]],
        [("/cart", "장바구니")],
        [("/checkout", "주문·결제")],
        [("/order/complete", "주문 완료")],
        [("/login", "로그인")],
        [("/join", "회원 가입")],
    ]
    pages = [page for group in by_kind for page in group]
    counts = [len(group) for group in by_kind]
    types = [_TYPES[kind] for kind, group in enumerate(by_kind) for _ in group]
    titled = [title if title.startswith(name) else f"{title} - {name}" for _, title in pages]
    return Pages(
        urls=texts([f"https://{host}{address}" for host in hosts() for address, _ in pages]),
        titles=texts(titled * 2),
        hosts=texts([host for host in hosts() for _ in pages]),
        paths=texts([address.split("?")[0] for address, _ in pages] * 2),
        types=texts(types * 2),
        first=np.concatenate([[0], np.cumsum(counts)[:-1]]),
        size=len(pages),
        event_of_month=event_of_month,
    )
