"""The door to products bought together: what it reads from the shop is read once for each data version."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import RLock
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import select

from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.marts import Marts
from ifdo_core.progress import Progress, part, quiet
from ifdo_core.recommend.baskets import Baskets, Level
from ifdo_core.recommend.bundle import Bundle, plan_bundle
from ifdo_core.recommend.counted import Counted, count_shop
from ifdo_core.recommend.evaluate import METHODS, Evaluation, evaluate, task_word
from ifdo_core.recommend.goods import Goods, read_goods
from ifdo_core.recommend.pairs import Pairs
from ifdo_core.recommend.policy import Policy
from ifdo_core.recommend.ranking import Task
from ifdo_core.recommend.recommender import Recommender
from ifdo_core.recommend.relations import read_views, relations
from ifdo_core.recommend.rules import MIN_CONFIDENCE, Rules, find_rules
from ifdo_core.recommend.support import Ladder, ladder

T = TypeVar("T")
_MAX_KEPT = 24
#: How long an evaluation holds: which method is best changes slowly, and measuring takes minutes in a large shop.
JUDGED_FOR = timedelta(days=7)


class Together:
    """Rules, relations and recommendations of one shop. Safe to share between threads."""

    def __init__(self, engine: Engine, marts: Marts, settings: ShopSettings) -> None:
        self.engine = engine
        self.settings = settings
        self.marts = marts
        self._kept: OrderedDict[tuple[int, Hashable], Any] = OrderedDict()
        self._making: dict[tuple[int, Hashable], RLock] = {}
        self._judged: Evaluation | None = None
        self._ready: tuple[int, datetime] | None = None  # data on which the chosen methods are fitted, or may be
        self._last: dict[Level, Counted] = {}  # outlives a version of the data
        self._lock = RLock()

    def baskets(self, now: datetime, level: Level = "product") -> Baskets:
        """The valid orders up to ``now``."""
        return self._counted(now, level).baskets

    def pairs(self, now: datetime, level: Level = "product") -> Pairs:
        """All pairs of ``baskets``."""
        return self._counted(now, level).pairs

    def _counted(self, now: datetime, level: Level) -> Counted:
        """Baskets and pairs; where the data changed only the days that differ are counted."""

        def count() -> Counted:
            found = count_shop(self.engine, self.marts.at(now), level, self._last.get(level))
            self._last[level] = found
            return found

        return self.once(("counted", level, now), count)

    def rules(
        self,
        now: datetime,
        level: Level = "product",
        *,
        min_support: float | None = None,
        min_confidence: float = MIN_CONFIDENCE,
        max_len: int | None = 2,
    ) -> Rules:
        """See ``find_rules``."""
        key = ("rules", level, now, min_support, min_confidence, max_len)
        return self.once(
            key,
            lambda: find_rules(
                self.baskets(now, level), now, min_support=min_support, min_confidence=min_confidence,
                max_len=max_len, pairs=self.pairs(now, level),
            ),
        )  # fmt: skip

    def relations(self, now: datetime) -> pd.DataFrame:
        """Complements and substitutes among products; see ``relations.relations``."""
        return self.once(
            ("relations", now),
            lambda: relations(self.baskets(now), self.pairs(now), read_views(self.engine, self.settings, now)),
        )

    def rivals(self, now: datetime, item: str, limit: int = 5) -> pd.DataFrame:
        """What stands in for the product: ``relations`` without the complements, and the rival's ``product`` and
        ``name``; those that are sure first."""
        found = self.relations(now)
        mine = found[((found["first"] == item) | (found["second"] == item)) & (found["relation"] != "complement")]
        rival = mine["second"].where(mine["first"] == item, mine["first"])
        label = self.baskets(now).label
        out = mine.assign(product=rival, name=[label(product) for product in rival])
        return out.sort_values(["relation", "viewed_together"], ascending=[False, False], kind="stable").head(limit)

    def ladder(self, now: datetime, level: Level = "product") -> Ladder:
        """How many rules each support leaves, and the support the data chooses."""
        return self.once(("ladder", level, now), lambda: ladder(self.pairs(now, level)))

    # --- recommendations ----------------------------------------------------------------------

    def goods(self, now: datetime) -> Goods:
        """The catalogue."""
        return self.once(("goods", now), lambda: read_goods(self.engine))

    def evaluation(self, now: datetime, progress: Progress | None = None) -> Evaluation:
        """Every method measured on this shop's last four weeks; from then on the best of each task answers."""
        baskets = self.baskets(now)
        fewest = 20 if len(baskets) >= 20_000 else 5
        found = self.once(("evaluation", now), lambda: evaluate(baskets, now, fewest=fewest, progress=progress))
        self._judged, self._ready = found, (self.marts.version, now)
        return found

    def measured(self, now: datetime) -> Evaluation | None:
        """The newest evaluation, unless it is older than ``JUDGED_FOR``."""
        found = self._judged
        return found if found is not None and timedelta(0) <= now - found.now < JUDGED_FOR else None

    def recommender(self, now: datetime) -> Recommender:
        """What answers: the methods that the evaluation chose, once it or the daily refresh has run on this data; else
        those that need no long learning, so that nobody waits after a file was loaded."""
        found = self.measured(now) if self._ready == (self.marts.version, now) else None
        best: dict[Task, str] = {}
        if found is not None:
            best = {task: method for task in METHODS if (method := found.best(task)) is not None}
        return self.once(
            ("recommender", now, tuple(sorted(best.items()))),
            lambda: Recommender(self.baskets(now), self.pairs(now), self.goods(now), now, best),
        )

    def person_of(self, visitor: str, now: datetime) -> str:
        """'m:…' of a visitor who is known as a member, else 'v:…'."""
        identity = self.marts.at(now).identity.c
        rows = self.engine.execute(select(identity.person).where(identity.visitor_id == visitor))
        return str(rows[0][0]) if rows else f"v:{visitor}"

    def products(self, now: datetime) -> list[tuple[str, str]]:
        """What can be asked about as (id, name), by name: the catalogue; what was ordered, where there is none."""
        return self.goods(now).named() or [(str(item), str(item)) for item in self.baskets(now).items]

    def best_seller(self, now: datetime) -> str:
        """The product that can be recommended and is in the most orders; '' without any."""
        baskets = self.baskets(now)
        order = baskets.items[(-baskets.counts).argsort(kind="stable")]
        return next((str(item) for item in order if baskets.offered(str(item))), "")

    def some_member(self, now: datetime) -> str:
        """A member with an order, as an example; '' without any."""
        return next((str(person)[2:] for person in self.baskets(now).people if str(person).startswith("m:")), "")

    def bundle(self, now: datetime, products: tuple[str, str], discount: float) -> Bundle:
        """See ``plan_bundle``."""
        return plan_bundle(self.baskets(now), self.goods(now), now, products, discount, self.settings.currency)

    def refresh(self, now: datetime, progress: Progress | None = None) -> Evaluation | None:
        """The daily work: new baskets counted, rules, the methods measured anew once a week, and the chosen ones
        fitted. None without orders."""
        if not len(self.baskets(now)):
            return None
        self.rules(now)
        found = self.measured(now) or self.evaluation(now, part(progress, 0.0, 0.7))
        self._ready = (self.marts.version, now)
        recommender = self.recommender(now)
        tell = progress or quiet
        for at, task in enumerate(METHODS):
            tell(0.7 + 0.1 * at, task_word(task))
            recommender.method(task)
        tell(1.0, "")
        return found

    def export(self, now: datetime, k: int = 10, policy: Policy | None = None) -> pd.DataFrame:
        """For the shop's site: for each product its ``k`` recommendations: product, rank, recommended, name, why,
        score."""
        recommender = self.recommender(now)
        parts: list[pd.DataFrame] = []
        for product in recommender.history.items:
            found = recommender.for_cart([str(product)], k=k, policy=policy).frame()
            parts.append(found.rename(columns={"product": "recommended"}).assign(product=str(product)))
        names = ["product", "rank", "recommended", "name", "why", "score"]
        return pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame(columns=names)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, kept while the data stays as it is; who asks for the same meanwhile waits."""
        whole = (self.marts.version, key)
        with self._lock:
            if whole in self._kept:
                self._kept.move_to_end(whole)
                return self._kept[whole]
            making = self._making.setdefault(whole, RLock())
        with making:
            with self._lock:
                if whole in self._kept:
                    return self._kept[whole]
            found = make()
            with self._lock:
                for old in [kept for kept in self._kept if kept[0] != whole[0]]:
                    del self._kept[old]
                self._kept[whole] = found
                self._making.pop(whole, None)
                while len(self._kept) > _MAX_KEPT:
                    self._kept.popitem(last=False)
            return found
