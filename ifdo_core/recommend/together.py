"""The door to products bought together: what it reads from the shop is read once for each data version."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from threading import RLock
from typing import Any, TypeVar

import pandas as pd

from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.marts import Marts
from ifdo_core.recommend.baskets import Baskets, Level, read_baskets
from ifdo_core.recommend.pairs import Pairs, count_pairs
from ifdo_core.recommend.relations import read_views, relations
from ifdo_core.recommend.rules import MIN_CONFIDENCE, Rules, find_rules
from ifdo_core.recommend.support import Ladder, ladder

T = TypeVar("T")
_MAX_KEPT = 24


class Together:
    """Rules, relations and recommendations of one shop. Safe to share between threads."""

    def __init__(self, engine: Engine, marts: Marts, settings: ShopSettings) -> None:
        self.engine = engine
        self.settings = settings
        self.marts = marts
        self._kept: OrderedDict[tuple[int, Hashable], Any] = OrderedDict()
        self._lock = RLock()

    def baskets(self, now: datetime, level: Level = "product") -> Baskets:
        """The valid orders up to ``now``."""
        return self.once(("baskets", level, now), lambda: read_baskets(self.engine, self.marts.at(now), level))

    def pairs(self, now: datetime, level: Level = "product") -> Pairs:
        """All pairs of ``baskets``."""
        return self.once(("pairs", level, now), lambda: count_pairs(self.baskets(now, level).matrix))

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

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, kept while the data stays as it is."""
        with self._lock:
            whole = (self.marts.version, key)
            if whole in self._kept:
                self._kept.move_to_end(whole)
                return self._kept[whole]
            if any(kept[0] != whole[0] for kept in self._kept):
                self._kept.clear()
            found = make()
            self._kept[whole] = found
            while len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
            return found
