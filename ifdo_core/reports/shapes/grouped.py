"""Plain groups: each value of the dimensions with its metrics."""

from __future__ import annotations

from ifdo_core.catalogue.reports import Dimension
from ifdo_core.reports.asked import Asked, Cells, Frame


def cells(asked: Asked) -> Cells:
    frame = asked.grouped(asked.dimensions, asked.metrics)
    return Cells(ordered(frame, asked.dimensions, asked.report.metrics[0], asked.report.top), asked.dimensions,
                 asked.metrics, {})  # fmt: skip


def ordered(frame: Frame, dimensions: tuple[Dimension, ...], metric: str, top: int | None) -> Frame:
    """Values of an order of their own in it, names by ``metric`` with the ``top`` largest kept."""
    out = frame
    by_size = dimensions[0].scale in ("text", "wording")
    if by_size and top is not None:
        largest = out.groupby("d0", dropna=False)[metric].sum().nlargest(top).index
        out = out[out["d0"].isin(largest) | (out["d0"].isna() & largest.isna().any())]
    if by_size:
        size = out.groupby("d0", dropna=False)[metric].transform("sum")
        keys = ["_size", "d0", *(f"d{n}" for n in range(1, len(dimensions)))]
        out = out.assign(_size=-size).sort_values(keys, na_position="last").drop(columns="_size")
    else:
        out = out.sort_values([f"d{n}" for n in range(len(dimensions))], na_position="last")
    return out.reset_index(drop=True)
