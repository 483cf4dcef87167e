"""The core of the CRM workbench: a shop's data in, audiences out. Start with ``Workbench.open()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ifdo_core.config import ShopSettings
    from ifdo_core.person import Customer
    from ifdo_core.segments.model import Segment
    from ifdo_core.segments.notebook import c
    from ifdo_core.workbench import Workbench

__version__ = "0.1.0"
__all__ = ["Customer", "Segment", "ShopSettings", "Workbench", "c"]

_HOME = {
    "Customer": "ifdo_core.person",
    "Segment": "ifdo_core.segments.model",
    "ShopSettings": "ifdo_core.config",
    "Workbench": "ifdo_core.workbench",
    "c": "ifdo_core.segments.notebook",
}


def __getattr__(name: str) -> Any:
    """The public names load what they need on first use, so that importing the package stays quick."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
