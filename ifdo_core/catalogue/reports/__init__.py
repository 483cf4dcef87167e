"""Reports as data: metrics, dimensions and the reports made of them."""

from ifdo_core.catalogue.reports.customers import REPORTS
from ifdo_core.catalogue.reports.dimensions import DIMENSIONS
from ifdo_core.catalogue.reports.entry import Dimension, Metric, Report
from ifdo_core.catalogue.reports.groups import GROUPS
from ifdo_core.catalogue.reports.metrics import METRICS

__all__ = ["DIMENSIONS", "GROUPS", "METRICS", "REPORTS", "Dimension", "Metric", "Report"]
