"""What a report found, in a sentence or two: the finding first, then what to do with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ifdo_core.catalogue.reports.entry import Shape
from ifdo_core.formats import count_text, percent_text
from ifdo_core.i18n import current_language, translate, with_particles
from ifdo_core.reports.asked import Cells
from ifdo_core.reports.labels import metric_text, month_label, value_label

Sentence = Callable[["Told"], str]
#: Of fewer customers a fifth is nobody.
FEWEST = 5


class Told:
    """Cells with what words need: currency and the names of products."""

    def __init__(self, cells: Cells, currency: str, names: Mapping[str, str], previous: float | None) -> None:
        self.cells, self.currency, self.names, self.previous = cells, currency, names, previous
        self.frame, self.facts = cells.frame, cells.facts

    def value(self, place: int, raw: Any) -> str:
        return value_label(self.cells.dimensions[place], raw, self.currency, self.names)

    def metric(self, place: int, number: Any) -> str:
        return metric_text(self.cells.metrics[place], number, self.currency)


def finding(shape: Shape, told: Told) -> str:
    """The sentence of a report; where nothing is there to say, that."""
    if told.frame.empty:
        return translate("이 기간에는 보여 드릴 데이터가 없어요. 기간을 늘려 보세요.")
    return with_particles(_SENTENCES[shape](told))


def _grouped(told: Told) -> str:
    """The largest value with its share, and how the whole moved against the period before."""
    cells, metric = told.cells, told.cells.metrics[0]
    by_first = told.frame.groupby("d0", dropna=False, sort=False)[metric.id].sum()
    additive = metric.function is not None
    if not additive:
        by_first = told.frame.set_index("d0")[metric.id].dropna()
        if by_first.empty:
            return translate("이 기간에는 보여 드릴 데이터가 없어요. 기간을 늘려 보세요.")
        return translate("{dimension} 가운데 {value}의 {metric} 값이 {amount}(으)로 가장 높아요.").format(
            dimension=cells.dimensions[0].label(current_language()), value=told.value(0, by_first.idxmax()),
            metric=metric.label(current_language()), amount=told.metric(0, by_first.max()),
        )  # fmt: skip
    total = float(by_first.sum())
    if total <= 0:
        return translate("이 기간에는 보여 드릴 데이터가 없어요. 기간을 늘려 보세요.")
    place = int(np.argmax(by_first.to_numpy(dtype=float)))
    largest = told.value(0, by_first.index[place])
    if cells.dimensions[0].scale in ("month", "week"):
        return _moved(told, total)
    return translate("{value}이(가) {metric}의 {share}로 가장 커요(전체 {total}).").format(
        value=largest, metric=metric.label(current_language()),
        share=percent_text(100 * float(by_first.iloc[place]) / total), total=told.metric(0, total),
    )  # fmt: skip


def _moved(told: Told, total: float) -> str:
    metric = told.cells.metrics[0]
    said = translate("이 기간의 {metric}: {total}.").format(
        metric=metric.label(current_language()), total=told.metric(0, total)
    )
    if told.previous is None or told.previous <= 0:
        return said
    change = 100 * (total - told.previous) / told.previous
    words = (
        translate("앞선 같은 기간보다 {change} 늘었어요.")
        if change >= 0
        else translate("앞선 같은 기간보다 {change} 줄었어요.")
    )
    return f"{said} {words.format(change=percent_text(abs(change)))}"


def _cohort(told: Told) -> str:
    metric = told.cells.metrics[0]
    if "after_1" not in told.facts:
        return translate("아직 한 기간이 다 지난 코호트가 없어요. 시간이 지나면 채워져요.")
    parts = [
        translate("{after}: {value}").format(after=_after(told, period), value=told.metric(0, told.facts[key]))
        for period in (1, 3, 6)
        if (key := f"after_{period}") in told.facts
    ]
    said = f"{metric.label(current_language())} · " + " · ".join(parts)
    if "best" in told.facts:
        ends = translate("가장 높은 곳은 {best}({best_value}), 가장 낮은 곳은 {worst}({worst_value})예요.")
        said += ". " + ends.format(
            best=told.value(0, told.facts["best"]), best_value=told.metric(0, told.facts["best_value"]),
            worst=told.value(0, told.facts["worst"]), worst_value=told.metric(0, told.facts["worst_value"]),
        )  # fmt: skip
    return said


def _after(told: Told, period: int) -> str:
    weekly = told.cells.dimensions[1].id == "weeks_since"
    return translate("{span} 뒤").format(span=count_text(period, "주" if weekly else "개월"))


def _waiting(told: Told) -> str:
    parts = [
        translate("{days}일 안에 {share}").format(days=days, share=percent_text(told.facts[key]))
        for days in (30, 60, 90, 180)
        if (key := f"within_{days}") in told.facts
    ]
    if not parts:
        return translate("두 번째 구매까지 볼 만큼 데이터가 아직 쌓이지 않았어요.")
    said = translate("첫 구매 뒤 다시 산 고객: {parts}.").format(parts=", ".join(parts))
    if "quarter_days" in told.facts:
        said += " " + translate("넷 중 하나가 돌아오기까지 {days}일 걸려요. 그 전에 말을 걸어 보세요.").format(
            days=told.facts["quarter_days"]
        )
    return said


def _pareto(told: Told) -> str:
    if not told.facts:
        return translate("구매액이 있는 고객이 아직 없어요.")
    if told.facts["customers"] < FEWEST:
        return translate("고객이 {count}뿐이라 몇 %가 얼마를 만드는지 나눠 볼 수 없어요.").format(
            count=count_text(told.facts["customers"], "명")
        )
    return translate(
        "상위 20 % 고객이 구매액의 {share}을(를) 만들어요. 구매액의 절반은 상위 {half} %에서 나와요."
    ).format(share=percent_text(told.facts["top_20"]), half=told.facts["half"])


def _next_order(told: Told) -> str:
    metric = told.cells.metrics[0].id
    known = told.frame.dropna(subset=[metric])
    first = known[known["d0"] == 0]
    if first.empty:
        return translate("다음 구매를 볼 만큼 시간이 지난 주문이 아직 없어요.")
    said = translate("첫 구매 고객의 {share}이(가) {days}일 안에 두 번째로 사요.").format(
        share=percent_text(float(first[metric].iloc[0])), days=told.facts["days"]
    )
    second = known[known["d0"] == 1]
    if len(second):
        said += " " + translate("두 번 산 고객은 {share}이(가) 세 번째로 사요.").format(
            share=percent_text(float(second[metric].iloc[0]))
        )
    return said


def _paths(told: Told) -> str:
    if "same" not in told.facts:
        return translate("두 번 이상 산 고객이 아직 없어요.")
    said = translate("두 번째 주문의 {share}이(가) 첫 주문과 같은 카테고리예요.").format(
        share=percent_text(told.facts["same"])
    )
    if "from" in told.facts:
        said += " " + translate("가장 많은 이동은 {start} → {end}({people})예요.").format(
            start=told.facts["from"], end=told.facts["to"], people=count_text(told.facts["customers"], "명")
        )
    return said


def _growth(told: Told) -> str:
    facts = told.facts
    if not facts:
        return translate("아직 다 지난 달이 없어요.")
    net = facts["new"] + facts["won_back"] + facts["lost"]
    words = translate("늘었어요") if net >= 0 else translate("줄었어요")
    text = (
        translate("{month}에 신규 {new}, 복귀 {back}이(가) 오고 {lost}이(가) 떠나 활동 고객이 {net} {words}.")
        if net
        else translate("{month}에 신규 {new}, 복귀 {back}이(가) 오고 {lost}이(가) 떠나 활동 고객은 그대로예요.")
    )
    return text.format(
        month=month_label(facts["month"]), new=count_text(facts["new"], "명"), back=count_text(facts["won_back"], "명"),
        lost=count_text(-facts["lost"], "명"), net=count_text(abs(net), "명"), words=words,
    )  # fmt: skip


def _repurchase(told: Told) -> str:
    known = told.frame.dropna(subset=["median_gap_days"])
    if known.empty:
        return translate("같은 것을 다시 산 고객이 아직 적어 주기를 알 수 없어요.")
    best = known.loc[known["repurchase_rate"].idxmax()]
    name = told.value(0, best["d0"])
    return translate("{name}이(가) 다시 사는 비율이 {rate}로 가장 높고, 보통 {days}일 만에 다시 사요.").format(
        name=name, rate=percent_text(float(best["repurchase_rate"])), days=f"{float(best['median_gap_days']):.0f}"
    )


def _first_bought(told: Told) -> str:
    if "best" not in told.facts:
        return translate("첫 구매 상품을 아직 알 수 없어요.")
    name = told.value(0, told.facts["best"])
    return translate("{name}(으)로 시작한 고객은 {rate}이(가) 다시 사요. 전체 평균은 {average}예요.").format(
        name=name, rate=percent_text(told.facts["best_value"]), average=percent_text(told.facts["average"])
    )


def _index(told: Told) -> str:
    if not told.facts:
        return translate("계절성을 보려면 세 달 넘게 쌓인 주문이 있어야 해요.")
    name = told.value(0, told.facts["peak"])
    return translate("{name}이(가) {month}에 평소의 {times}배로 가장 많이 팔렸어요.").format(
        name=name, month=month_label(told.facts["month"]), times=f"{told.facts['value'] / 100:.1f}"
    )


_SENTENCES: Mapping[Shape, Sentence] = {
    "grouped": _grouped,
    "cohort": _cohort,
    "waiting": _waiting,
    "pareto": _pareto,
    "next_order": _next_order,
    "paths": _paths,
    "growth": _growth,
    "repurchase": _repurchase,
    "first_bought": _first_bought,
    "index": _index,
}
