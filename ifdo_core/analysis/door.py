"""What ``Workbench`` has for customer analysis, kept apart so that the door itself stays small."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from ifdo_core.analysis import moments
from ifdo_core.analysis.migration import Migration, effect, migration
from ifdo_core.analysis.moments import AsOf
from ifdo_core.analysis.rfm import Rfm, Who, rfm
from ifdo_core.analysis.scheme import Scheme, read_scheme, write_scheme

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from ifdo_core.analysis.churn import Churn
    from ifdo_core.analysis.lifetime import Choice, Lifetime
    from ifdo_core.config import ShopSettings
    from ifdo_core.engines import Engine
    from ifdo_core.marts import MartTables


class Shop(Protocol):
    """What an analysis needs of the workbench."""

    engine: Engine
    settings: ShopSettings

    @property
    def now(self) -> datetime: ...

    @property
    def data_version(self) -> int: ...

    def marts_at(self, moment: datetime) -> MartTables: ...


class Analysis:
    """Customer analysis of one shop. A date as ``as_of`` means the end of that day in the shop's time zone."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def moment(self, as_of: AsOf) -> datetime:
        return moments.moment(as_of, self._shop.now, self._shop.settings.zone)

    @property
    def scheme(self) -> Scheme:
        """How the shop scores its customers."""
        return read_scheme(self._shop.engine)

    def keep(self, scheme: Scheme) -> None:
        """Scores like this from now on."""
        write_scheme(self._shop.engine, scheme)

    def rfm(
        self,
        as_of: AsOf = None,
        lookback_days: int | None = None,
        *,
        who: Who = "buyers",
        scheme: Scheme | None = None,
    ) -> Rfm:
        """Scores and grades; ``lookback_days`` None: the scheme's. ``who`` 'visitors': those who never bought."""
        moment = self.moment(as_of)
        used = scheme or self.scheme
        if lookback_days is not None:
            used = used.over(lookback_days)
        shop = self._shop
        return rfm(shop.engine, shop.marts_at(moment), moment, used, shop.settings.currency, who)

    def migration(self, days: int = 30, as_of: AsOf = None, *, who: Who = "buyers") -> Migration:
        """Moves between grades from ``days`` before ``as_of`` to it."""
        after = self.rfm(as_of, who=who)
        before = self.rfm(after.now - timedelta(days=days), who=who)
        return migration(before, after, days)

    def lifetime(self, as_of: AsOf = None, horizon_days: int = 365, model: Choice = "best") -> Lifetime:
        """Who still buys, how often and for how much; ``model`` 'bgnbd' leaves the comparison of models out."""
        from ifdo_core.analysis.lifetime import lifetime

        moment, shop = self.moment(as_of), self._shop
        settings = shop.settings
        return lifetime(
            shop.engine, shop.marts_at(moment), moment, settings.zone, settings.currency, horizon_days, model
        )

    def churn(self, as_of: AsOf = None, *, scheme: Scheme | None = None, life: Lifetime | None = None) -> Churn:
        """Who is likely to buy nothing in the coming quarter, and why. ``scheme``: other cut points than the shop's;
        ``life``: the forecast of the same moment, whose rows are then not read again."""
        from ifdo_core.analysis.churn import churn

        moment, shop = self.moment(as_of), self._shop
        rows = None if life is None or life.now != moment else life.rows
        used = scheme or self.scheme
        return churn(shop.engine, shop.marts_at(moment), moment, shop.settings.zone, used, rows)

    def backtest(self, found: Lifetime) -> pd.DataFrame:
        """What became of a forecast for the past: person, forecast, real."""
        from ifdo_core.analysis.lifetime import backtest

        shop = self._shop
        return backtest(found, shop.engine, shop.marts_at(shop.now), shop.now, shop.settings.zone)

    def effect(self, scheme: Scheme, as_of: AsOf = None, *, who: Who = "buyers") -> Migration:
        """Who would get another grade by ``scheme``; nothing is kept."""
        return effect(self.rfm(as_of, who=who), self.rfm(as_of, who=who, scheme=scheme))
