"""The page of all reports, ``docs/reports.md``."""

from __future__ import annotations

from ifdo_core.catalogue import DIMENSIONS, METRICS, REPORTS
from ifdo_core.catalogue.reports import GROUPS, Report
from ifdo_core.docs.conditions import table

_HEAD = """# Reports

<!-- Made from the catalogue by `python -m ifdo_core.docs`; edit the entries, not this page. -->

There are {count} reports. Each is an entry of metrics, dimensions and a chart; one planner turns entries into queries
over the marts, so a report has no SQL of its own. A page, a notebook and the command line ask the same way:

```python
found = wb.report("purchase.second_order_time")
found.insight()  # the finding in words
found.frame()  # a row a value; amounts in the smallest unit of the currency
found.figure()  # plotly
found.segment(0)  # the customers behind a row, where its dimensions have a condition
found.near_segment(0)  # customers like them, where they have none
```
```sh
.venv/bin/python -m ifdo_core report purchase.pareto --shop shop.duckdb
```

Only valid orders count, less what came back (docs/accuracy.md). `start` and `end` narrow the period of those that have
one; `segment` keeps only the persons who match it. A period without data gives no rows and says so; a cell whose time
is not over is left blank, never 0.
"""


def reports_page() -> str:
    """The text of ``docs/reports.md``."""
    return "\n".join([_HEAD.format(count=len(REPORTS)), *(_group(group) for group in GROUPS)])


def _group(group: str) -> str:
    ko, en, _ = GROUPS[group]
    rows = [_row(report) for report in REPORTS.values() if report.group == group]
    head = ("id", "Korean", "English", "shows", "by", "days", "how to read it")
    return f"## {en} ({ko})\n\n{table(head, rows)}"


def _row(report: Report) -> tuple[str, ...]:
    return (
        f"`{report.id}`",
        report.ko,
        report.en,
        ", ".join(METRICS[name].en for name in report.metrics),
        ", ".join(DIMENSIONS[name].en for name in report.dimensions) or "–",
        str(report.days or "all"),
        report.note[1],
    )
