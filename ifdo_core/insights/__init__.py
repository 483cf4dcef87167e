"""Insights: what changed in the shop, found by tests and told in words."""

from ifdo_core.insights.find import find_insights
from ifdo_core.insights.result import Insight, Insights

__all__ = ["Insight", "Insights", "find_insights"]
