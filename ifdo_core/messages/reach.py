"""How many a targeting reaches and why the others drop out, as a result to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from ifdo_core.formats import count_text
from ifdo_core.i18n import translate
from ifdo_core.messages.targeting import STEPS, TARGETINGS, falls_at

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Reason → (what the step is called, what to do about it), Korean msgids.
REASONS: Mapping[str, tuple[str, str]] = {
    "no_phone": ("전화번호 없음", "회원 정보에 전화번호가 있어야 보낼 수 있어요."),
    "withdrawn": ("수신 거부", "거부한 회원에게는 어떤 광고도 보낼 수 없어요."),
    "no_consent": ("마케팅 수신 동의 없음", "M과 N은 동의한 회원에게만 보내요."),
    "friend": ("채널 친구임", "N은 친구가 아닌 회원에게만 보내요."),
    "not_friend": ("채널 친구가 아님", "I는 채널 친구에게만 보내요."),
    "blocked": ("채널 차단", "채널을 차단한 회원이에요."),
    "capped": ("발송 횟수 제한", "이 기간에 이미 충분히 받은 회원이에요."),
    "no_value": ("변수 값 없음", "빈 값일 때 넣을 말을 정하면 보낼 수 있어요."),
    "holdout": ("대조군", "효과를 재려고 일부러 보내지 않아요."),
}

#: Targeting → (who, good for), Korean msgids.
ABOUT: Mapping[str, tuple[str, str]] = {
    "M": ("마케팅 수신에 동의한 회원 모두", "프로모션과 이벤트를 가장 많은 회원에게 알릴 때"),
    "N": ("동의했지만 채널 친구가 아닌 회원", "채널 친구를 늘릴 때"),
    "I": ("채널 친구인 회원", "단골에게 소식을 전하고 챙길 때"),
}

#: Purpose → the targeting that serves it, and the purpose in words, Korean msgids.
PURPOSES: Mapping[str, tuple[str, str]] = {
    "regulars": ("I", "단골 챙기기"),
    "news": ("M", "되도록 많은 회원에게 알리기"),
    "friends": ("N", "채널 친구 늘리기"),
}


@dataclass(frozen=True)
class Step:
    """``left_out`` members fall at ``reason``; ``remaining`` go on."""

    reason: str
    left_out: int
    remaining: int

    def name(self, language: str | None = None) -> str:
        return translate(REASONS[self.reason][0], language)

    def hint(self, language: str | None = None) -> str:
        return translate(REASONS[self.reason][1], language)


@dataclass(frozen=True)
class Reach:
    """Whom one targeting reaches of the ``total`` members of a segment. ``window``: 'now', or '7d' where the segment
    asks about visits, and its members are those with matching visits of the last 7 days."""

    targeting: str
    total: int
    count: int
    steps: tuple[Step, ...]
    window: str
    now: datetime

    @property
    def waterfall(self) -> pd.DataFrame:
        """reason, name, left_out, remaining: a row a step, those that leave nobody out too."""
        rows = [(one.reason, one.name(), one.left_out, one.remaining) for one in self.steps]
        return pd.DataFrame(rows, columns=["reason", "name", "left_out", "remaining"])

    def frame(self) -> pd.DataFrame:
        return self.waterfall

    def figure(self) -> go.Figure:
        """From all members of the segment down to those who are reached."""
        import plotly.graph_objects as graph

        from ifdo_core.charts import ACCENT, CONTEXT, GRID, dressed

        shown = [one for one in self.steps if one.left_out]
        names = [translate("세그먼트 회원"), *(one.name() for one in shown), translate("받는 회원")]
        figure = graph.Figure(
            graph.Waterfall(
                x=names,
                y=[self.total, *(-one.left_out for one in shown), 0],
                measure=["absolute", *("relative" for _ in shown), "total"],
                text=[count_text(n) for n in (self.total, *(one.left_out for one in shown), self.count)],
                textposition="outside",
                constraintext="none",  # numbers of one size, however narrow a bar is
                cliponaxis=False,
                decreasing={"marker": {"color": CONTEXT}},
                totals={"marker": {"color": ACCENT}},
                connector={"line": {"width": 1, "color": GRID}},
                hoverinfo="skip",
            )
        )
        margin = {"l": 0, "r": 0, "t": 28, "b": 0}
        dressed(figure, 280, margin=margin, yaxis={"visible": False})
        return figure

    def insight(self, language: str | None = None) -> str:
        """'I 타깃은 1,204명이 받아요. … 가장 많이 빠진 이유는 …'."""
        told = translate("{targeting} 타깃은 {count}이 받아요. 세그먼트 회원은 {total}이에요.", language).format(
            targeting=self.targeting,
            count=count_text(self.count, "명", language),
            total=count_text(self.total, "명", language),
        )
        worst = max(self.steps, key=lambda one: one.left_out, default=None)
        if worst is None or not worst.left_out:
            return told
        more = translate("가장 많이 빠진 이유는 ‘{reason}’이에요({count}).", language)
        return f"{told} {more.format(reason=worst.name(language), count=count_text(worst.left_out, '명', language))}"


def read_off(masks: Mapping[int, int], window: str, now: datetime) -> dict[str, Reach]:
    """The reach of every targeting from mask → members."""
    total = sum(masks.values())
    out: dict[str, Reach] = {}
    for targeting in TARGETINGS:
        fallen: dict[str, int] = {}
        for mask, members in masks.items():
            reason = falls_at(mask, targeting)
            if reason is not None:
                fallen[reason] = fallen.get(reason, 0) + members
        remaining, steps = total, list[Step]()
        for reason in STEPS[targeting]:
            remaining -= fallen.get(reason, 0)
            steps.append(Step(reason, fallen.get(reason, 0), remaining))
        out[targeting] = Reach(targeting, total, remaining, tuple(steps), window, now)
    return out
