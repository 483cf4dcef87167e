"""Who is in which saved segment, day by day: what ``analysis.segment_entered_days`` counts from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import islice

import pandas as pd
from sqlalchemy import select

from ifdo_core import tables
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.errors import SegmentError
from ifdo_core.marts import MartTables
from ifdo_core.segments import audience
from ifdo_core.segments.compile import WEEK, is_live
from ifdo_core.segments.model import Node, Segment
from ifdo_core.segments.nested import every_leaf, resolve
from ifdo_core.segments.subjects import Members, Visits, newest_run

#: Of so many saved segments, the last changed first.
MOST = 100
COLUMNS = ("segment_id", "person", "entered_on")


def snapshot(
    engine: Engine, marts: MartTables, settings: ShopSettings, now: datetime, day: date, saved: Mapping[str, Segment]
) -> pd.DataFrame:
    """segment_id, person, entered_on, of every saved segment that can be asked of the past.

    In a segment is who has a matching visit in the last 7 days, as 모수 counts, and where no condition needs a visit
    also the members that match at now. Who was in it at the newest refresh keeps the day of entering; in a segment that
    was not looked at before nobody's is known.
    """
    held = _held(engine)
    looked_at = set(held.loc[held["person"] == "", "segment_id"])
    parts = [pd.DataFrame(columns=list(COLUMNS))]
    for segment_id in islice(saved, MOST):
        try:
            where = resolve(saved[segment_id], saved, segment_id).where
            if is_live(where):
                continue
            people = _people(engine, marts, settings, now, where)
        except SegmentError:  # one that cannot be asked is no reason for the others not to be
            continue
        before = held[held["segment_id"] == segment_id].set_index("person")["entered_on"]
        since = before.reindex(people)
        fresh = ~people.isin(before.index)
        since[fresh] = day if segment_id in looked_at else None
        rows = pd.DataFrame({"person": ["", *people], "entered_on": [None, *since.to_list()]})
        parts.append(rows.assign(segment_id=segment_id)[list(COLUMNS)])
    out = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    return out.where(out.notna(), None)


def _held(engine: Engine) -> pd.DataFrame:
    e = tables.segment_entries.c
    return engine.frame(select(e.segment_id, e.person, e.entered_on).where(e.run == newest_run())).astype(object)


def _people(engine: Engine, marts: MartTables, settings: ShopSettings, now: datetime, where: Node) -> pd.Index[str]:
    subjects: list[Visits | Members] = [Visits(marts, settings, now, WEEK)]
    if not any(CONDITIONS[place.leaf.condition].needs_visit for place in every_leaf(where)):
        subjects.append(Members(marts, settings, now))
    found = [engine.frame(audience.persons_query(subject, where)).iloc[:, 0] for subject in subjects]
    names: list[str] = pd.concat(found).dropna().astype(str).unique().tolist()
    return pd.Index(names, dtype="str")
