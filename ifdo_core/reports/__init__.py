"""Reports: entries of the catalogue answered from the marts."""

from ifdo_core.reports.ask import ask, find_report
from ifdo_core.reports.result import ReportResult

__all__ = ["ReportResult", "ask", "find_report"]
