"""One way to ask for recommendations: for a product, a cart, a member, a segment, a product without history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from ifdo_core.charts import ACCENT, dressed
from ifdo_core.errors import DataError
from ifdo_core.exports import csv_bytes
from ifdo_core.formats import count_text, decimal_text, percent_text
from ifdo_core.i18n import translate, with_particles
from ifdo_core.recommend.baskets import Baskets, Floats, Ints
from ifdo_core.recommend.evaluate import METHODS
from ifdo_core.recommend.goods import Goods, Shelf
from ifdo_core.recommend.history import DAY, History, Questions, Scores, history_of
from ifdo_core.recommend.methods import Method
from ifdo_core.recommend.pairs import Pairs
from ifdo_core.recommend.policy import Policy
from ifdo_core.recommend.ranking import Task

#: What answers while nothing was measured on this shop.
USUAL: dict[Task, str] = {"cart": "ease", "known": "ease_own", "next": "neighbours"}
MOST = 100
_LIKE = 5  # known products that stand in for a new one
_FACTS = ("price", "category", "stock", "url", "image_url")
_POPULAR = 50  # place in the sales up to which popularity is a reason
_SEGMENT = 2_000  # members of a segment that are looked at
COLUMNS = ("rank", "product", "name", "score", "why", "price", "category", "stock", "url", "image_url", "pinned")


@dataclass(frozen=True)
class Recommendations:
    """``frame()`` has ``COLUMNS``, the best first; ``why`` in the language it was asked in."""

    now: datetime
    asked: str
    method: str
    items: pd.DataFrame = field(repr=False)

    def frame(self) -> pd.DataFrame:
        return self.items

    def figure(self) -> go.Figure:
        """How far the first is ahead of the rest."""
        shown = self.items.iloc[::-1]
        figure = go.Figure()
        figure.add_bar(x=shown["score"], y=shown["name"], orientation="h", marker_color=ACCENT, hovertext=shown["why"])
        dressed(figure, 90 + 30 * len(shown), title=self.asked)
        figure.update_xaxes(visible=False)
        return figure

    def insight(self) -> str:
        if self.items.empty:
            return translate("{asked}에 맞는 상품이 없어요. 사업 규칙을 느슨하게 해 보세요.").format(asked=self.asked)
        first = self.items.iloc[0]
        return translate("{asked}에는 ‘{name}’부터 권해요: {why}.").format(
            asked=self.asked, name=first["name"], why=first["why"]
        )

    def csv(self) -> bytes:
        return csv_bytes(self.items)

    def json(self) -> bytes:
        return json.dumps(self.document(), ensure_ascii=False, indent=2).encode()

    def document(self) -> dict[str, Any]:
        """As JSON for a shop's site."""
        rows: list[dict[str, Any]] = [
            {str(name): (None if pd.isna(value) else value) for name, value in row.items()}
            for row in self.items[["product", "name", "why", "price", "url", "image_url", "score"]].to_dict("records")
        ]
        for row in rows:
            row["price"] = None if row["price"] is None else int(row["price"])
            row["score"] = round(float(row["score"]), 6)
        return {"items": rows, "method": self.method, "now": self.now.isoformat()}


class Recommender:
    """Learns from all orders up to ``now``; methods are fitted when they are first asked. Safe between threads."""

    def __init__(
        self, baskets: Baskets, pairs: Pairs, goods: Goods, now: datetime, chosen: dict[Task, str] | None = None
    ) -> None:
        self.baskets, self.pairs, self.goods, self.now = baskets, pairs, goods, now
        self.chosen: dict[Task, str] = {**USUAL, **(chosen or {})}
        self._fitted: dict[tuple[Task, str], Method] = {}
        self._lock = Lock()

    @cached_property
    def history(self) -> History:
        fewest = 3 if len(self.baskets) >= 2_000 else 1
        return history_of(self.baskets, np.datetime64(self.now, "us"), fewest)

    @cached_property
    def _column(self) -> dict[str, int]:
        return {str(item): at for at, item in enumerate(self.history.items)}

    @cached_property
    def _shelf(self) -> Shelf:
        return self.goods.shelf(self.history.items)

    @cached_property
    def _place(self) -> dict[str, int]:
        """Columns of the pairs; more products than ``_column`` has, which holds those that are scored."""
        return {str(item): at for at, item in enumerate(self.baskets.items)}

    @cached_property
    def _person(self) -> dict[str, int]:
        return {str(person): at for at, person in enumerate(self.baskets.people)}

    def for_cart(
        self, products: Sequence[object], *, person: str | None = None, k: int = 10, policy: Policy | None = None
    ) -> Recommendations:
        """What goes with these products; ``person`` ('m:…', 'v:…') known or not. Products without orders are stood in
        for by those most like them."""
        asked = [str(product) for product in dict.fromkeys(map(str, products))]
        self._check(k, asked)
        known, stand_ins = self._known(asked)
        who = self._person.get(person or "", -1)
        task: Task = "known" if who >= 0 else "cart"
        scores = self._scores(task, np.array([self._column[p] for p in known], dtype=np.int64), who)
        names = ", ".join(self.goods.name(product) for product in asked[:3])
        told = with_particles(translate("‘{names}’와(과) 함께").format(names=names))
        return self._pick(scores, told, task, frozenset(asked), who, known, stand_ins, k, policy or Policy())

    def for_person(self, person: str, *, k: int = 10, policy: Policy | None = None) -> Recommendations:
        """The next order of 'm:<member>' or 'v:<visitor>'; popular products for who never ordered."""
        self._check(k, [])
        who = self._person.get(person, -1)
        scores = self._scores("next", np.empty(0, dtype=np.int64), who)
        told = translate("{person}의 다음 주문").format(person=person.partition(":")[2])
        return self._pick(scores, told, "next", frozenset(), who, [], {}, k, policy or Policy())

    def for_people(
        self, people: Sequence[str], name: str, *, k: int = 10, policy: Policy | None = None
    ) -> Recommendations:
        """For many at once, as a segment: what stands high in the most of their own lists."""
        self._check(k, [])
        who = np.array([self._person[person] for person in people if person in self._person], dtype=np.int64)[:_SEGMENT]
        if not len(who):
            who = np.array([-1])
        scores = self._many("next", who)
        depth = min(50, scores.shape[1])
        top = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
        gain = np.tile(1 / np.log2(np.arange(2, depth + 2)), len(who))
        total = np.bincount(top.ravel(), gain, minlength=scores.shape[1])
        told = translate("‘{name}’ {count}").format(name=name, count=count_text(len(people), "명"))
        scores = (total / len(who)).astype(np.float32)
        return self._pick(scores, told, "next", frozenset(), -1, [], {}, k, policy or Policy(),
                          crowd=who)  # fmt: skip

    def allowed(self, policy: Policy) -> NDArray[np.bool_]:
        """Which of the history's items a policy lets through, whoever is asked about."""
        return policy.allows(self._shelf, frozenset(), frozenset(), frozenset())

    def for_each(self, people: Ints) -> Scores:
        """Scores of every item for the next order of each of ``people`` (places in ``baskets.people``)."""
        return self._many("next", people)

    # --- scores -------------------------------------------------------------------------------

    def method(self, task: Task) -> Method:
        """The method for a task, fitted."""
        key = (task, self.chosen[task])
        with self._lock:
            if key not in self._fitted:
                method = METHODS[task][key[1]]()
                method.fit(self.history)
                self._fitted[key] = method
            return self._fitted[key]

    def _scores(self, task: Task, cart: Ints, who: int) -> Scores:
        from scipy.sparse import csr_matrix

        shape = (1, len(self.history.items))
        carts: Any = csr_matrix(
            (np.ones(len(cart), dtype=np.float32), (np.zeros(len(cart), dtype=int), cart)), shape=shape
        )
        at = np.array([self.now], dtype="datetime64[us]")
        return self.method(task).scores(Questions(carts, np.array([who]), at))[0]

    def _many(self, task: Task, who: Ints) -> Scores:
        from scipy.sparse import csr_matrix

        empty: Any = csr_matrix((len(who), len(self.history.items)), dtype=np.float32)
        at = np.full(len(who), np.datetime64(self.now, "us"))
        return self.method(task).scores(Questions(empty, who, at))

    def _known(self, asked: Sequence[str]) -> tuple[list[str], dict[str, str]]:
        """The products to score by, and for those that stand in the new one they stand for."""
        known = [product for product in asked if product in self._column]
        stand_ins: dict[str, str] = {}
        among = frozenset(self._column)
        for product in asked:
            if product not in self._column:
                for like, _ in self.goods.alike(product, _LIKE, among):
                    stand_ins.setdefault(like, product)
        return list(dict.fromkeys([*known, *stand_ins])), stand_ins

    def _check(self, k: int, asked: Sequence[str]) -> None:
        if not 1 <= k <= MOST:
            raise DataError("k", "추천 개수는 1에서 {most}까지예요.", "k를 바꿔 주세요.", most=MOST)
        if not len(self.baskets):
            raise DataError("no_orders", "배울 주문이 없어요.", "설정 › 데이터에서 주문과 주문 상품을 올려 주세요.")
        for product in asked:
            if product not in self._column and product not in self.goods.table.index and product not in self._place:
                raise DataError(
                    "unknown_product",
                    "‘{product}’ 상품을 찾을 수 없어요.",
                    "상품 번호를 확인해 주세요.",
                    product=product,
                )

    # --- what is shown ------------------------------------------------------------------------

    def _pick(
        self, scores: Scores, asked: str, task: Task, cart: frozenset[str], who: int, known: Sequence[str],
        stand_ins: dict[str, str], k: int, policy: Policy, crowd: Ints | None = None,
    ) -> Recommendations:  # fmt: skip
        items = self.history.items
        lately = self._lately(who, policy.not_bought_days)
        models = frozenset(model for product in cart if (model := self.goods.model(product)))
        fine = policy.allows(self._shelf, cart, models, lately)
        spread = float(np.ptp(scores)) or 1.0
        value: Floats = (scores.astype(np.float64) - float(scores.min())) / spread
        if policy.margin_weight:
            value = value * (1 - policy.margin_weight + policy.margin_weight * self._shelf.margin)
        order = np.argsort(-value, kind="stable")
        pinned = [product for product in policy.pinned if product not in cart]
        best = [str(items[at]) for at in order[fine[order]][: k + len(pinned)]]
        chosen = [*pinned, *(product for product in best if product not in pinned)][:k]
        rows: list[dict[str, Any]] = []
        for rank, product in enumerate(chosen, 1):
            at = self._column.get(product)
            facts = self.goods.table.loc[product] if product in self.goods.table.index else None
            rows.append(
                {
                    "rank": rank, "product": product, "name": self.goods.name(product),
                    "score": float(value[at]) if at is not None else 0.0,
                    "why": self._why(product, who, known, stand_ins, crowd),
                    **{name: None if facts is None else facts[name] for name in _FACTS},
                    "pinned": product in pinned,
                }
            )  # fmt: skip
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        frame.loc[frame["pinned"].astype(bool), "why"] = translate("직접 고정한 상품")
        return Recommendations(self.now, asked, self.chosen[task], frame)

    def _lately(self, who: int, days: int | None) -> frozenset[str]:
        if days is None or who < 0:
            return frozenset()
        since = np.datetime64(self.now, "us") - days * DAY
        mine = (self.baskets.person == who) & (self.baskets.ts > since)
        return frozenset(str(self.baskets.items[at]) for at in self.baskets.matrix[mine].indices)

    def _why(self, product: str, who: int, known: Sequence[str], stand_ins: dict[str, str], crowd: Ints | None) -> str:
        """The strongest reason that can be shown in numbers."""
        own = self._own_why(product, who)
        rule = self._rule_why(product, known, stand_ins)
        if crowd is not None and crowd[0] >= 0:
            share = self._crowd_share(product, crowd)
            if share > 0:
                return translate("이 사람들의 {share}가 산 적 있어요").format(share=percent_text(share * 100))
        return rule or own or self._thin_why(product, who, known, stand_ins)

    def _thin_why(self, product: str, who: int, known: Sequence[str], stand_ins: dict[str, str]) -> str:
        """Where no rule is sure: popular if it is, else what little there is."""
        at = self._column.get(product)
        if at is None:
            return translate("새 상품")
        place = int((self.history.counts > self.history.counts[at]).sum()) + 1
        if place <= _POPULAR:
            return translate("많이 팔리는 상품 {place}위").format(place=f"{place:,}")
        seen = sum(self._together(product, source) for source in known if source not in stand_ins)
        if seen:
            return translate("지금까지 주문 {count}에 함께 담겼어요").format(count=count_text(seen, "건"))
        if who >= 0:
            return translate("취향이 비슷한 회원들이 사요")
        return (
            translate("함께 담기는 상품들이 비슷해요")
            if known
            else translate("많이 팔리는 상품 {place}위").format(place=f"{place:,}")
        )

    def _together(self, product: str, other: str) -> int:
        """Orders with both."""
        a, b = self._place.get(product), self._place.get(other)
        if a is None or b is None:
            return 0
        key = min(a, b) * len(self._place) + max(a, b)
        at = int(np.searchsorted(self._keys, key))
        return int(self.pairs.count[at]) if at < len(self._keys) and self._keys[at] == key else 0

    def _rule_why(self, product: str, known: Sequence[str], stand_ins: dict[str, str]) -> str:
        """'이 상품을 산 사람의 39 %가 함께 구매, 7.7배': of the cart's products the one that says it most surely."""
        place = self._place.get(product)
        best: tuple[float, float, str] | None = None
        for source in known if place is not None else ():
            both = self._together(product, source)
            if both < 2:
                continue
            share = both / int(self.pairs.items[self._place[source]])
            lift = share / (int(self.pairs.items[place]) / self.pairs.baskets)
            if lift > 1 and (best is None or share > best[0]):
                best = (share, lift, source)
        if best is None:
            return ""
        share, lift = percent_text(best[0] * 100, 0), decimal_text(best[1])
        if best[2] in stand_ins:
            return translate("비슷한 ‘{like}’ 산 사람의 {share}가 함께 구매, {lift}배").format(
                like=self.goods.name(best[2]), share=share, lift=lift
            )
        if len(known) == 1:
            return translate("이 상품을 산 사람의 {share}가 함께 구매, {lift}배").format(share=share, lift=lift)
        return translate("‘{like}’ 산 사람의 {share}가 함께 구매, {lift}배").format(
            like=self.goods.name(best[2]), share=share, lift=lift
        )

    @cached_property
    def _keys(self) -> Ints:
        return self.pairs.first * len(self.baskets.items) + self.pairs.second

    def _own_why(self, product: str, who: int) -> str:
        if who < 0 or product not in self._column:
            return ""
        column = self._column[product]
        rows = [row for row in self.history.orders_of(who) if column in self.history.orders[int(row)].indices]
        if not rows:
            return ""
        times = self.history.ts[rows]
        ago = int((np.datetime64(self.now, "us") - times[-1]) / DAY)
        if len(rows) == 1:
            return translate("{ago}일 전에 산 상품").format(ago=f"{ago:,}")
        every = max(1, round(float((times[-1] - times[0]) / DAY) / (len(rows) - 1)))
        return translate("{every}일마다 {times}번 산 상품, 마지막은 {ago}일 전").format(
            every=f"{every:,}", times=f"{len(rows):,}", ago=f"{ago:,}"
        )

    def _crowd_share(self, product: str, crowd: Ints) -> float:
        if product not in self._column:
            return 0.0
        column = self.history.orders.tocsc()[:, self._column[product]]
        buyers = np.unique(self.history.person[column.indices])
        return float(np.isin(crowd, buyers).mean())
