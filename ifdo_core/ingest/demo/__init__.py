"""The demo shop: an invented Korean online shop whose making is known, so that numbers can be checked."""

from ifdo_core.ingest.demo.shop import DemoShop

__all__ = ["DemoShop"]
