"""Events and orders made into what conditions ask: visits, identity, people, valid orders, baskets."""

from ifdo_core.marts.build import Marts, MartTables

__all__ = ["MartTables", "Marts"]
