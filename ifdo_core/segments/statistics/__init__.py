"""Statistics of a segment: who its visits are, whence, what they do and when, each against all visits."""

from ifdo_core.segments.statistics.result import Statistics
from ifdo_core.segments.statistics.run import statistics

__all__ = ["Statistics", "statistics"]
