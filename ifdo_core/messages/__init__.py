"""Brand messages: compose, check, target, send and measure them (product.md, 'Brand-message composer')."""

from ifdo_core.messages.model import Message
from ifdo_core.messages.problems import Problem

__all__ = ["Message", "Problem"]
