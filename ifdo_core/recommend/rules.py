"""Association rules with their significance (semantics.md, 'Association rules')."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ifdo_core.discovery import benjamini_hochberg
from ifdo_core.errors import DataError
from ifdo_core.exports import csv_bytes
from ifdo_core.formats import count_text, decimal_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.recommend import figures
from ifdo_core.recommend.baskets import Baskets, Floats, Level
from ifdo_core.recommend.itemsets import ItemSet, longer_sets
from ifdo_core.recommend.metrics import METRICS, measures
from ifdo_core.recommend.pairs import Pairs, count_pairs
from ifdo_core.recommend.significance import fisher, lift_interval
from ifdo_core.recommend.support import Ladder, count_for, ladder
from ifdo_core.recommend.timing import timing

MIN_CONFIDENCE = 0.05
#: A rule with a higher q value may be chance.
SURE = 0.05
#: Rules between two items kept in a frame; the support is raised beyond it, and said.
MAX_RULES = 200_000
ADDED = ("p_value", "q_value", "lift_low", "lift_high", "baskets", "buyers", "timing", "redundant")
COLUMNS = ("antecedents", "consequents", *METRICS, *ADDED)


@dataclass(frozen=True)
class Rules:
    """Rules found in ``baskets`` orders. ``min_support`` is a share; ``chosen``: the data chose it; ``raised``: it is
    higher than asked, since there were too many pairs to keep."""

    level: Level
    now: datetime
    baskets: int
    items: int
    min_support: float
    min_confidence: float
    max_len: int | None
    chosen: bool
    raised: bool
    rules: pd.DataFrame = field(repr=False)
    source: Baskets = field(repr=False)
    pairs: Pairs = field(repr=False)

    def frame(self) -> pd.DataFrame:
        """``COLUMNS``: mlxtend's, then p and q value, the 95 % interval of the lift, ``baskets`` with all of the rule,
        ``buyers`` (distinct persons), ``timing`` and ``redundant`` (a shorter rule says as much). By lift."""
        return self.rules

    def table(self, query: str = "", *, redundant: bool = False, sure: bool = False, limit: int = 500) -> pd.DataFrame:
        """For people: ``if`` and ``then`` as names, share of buyers, lift with interval, baskets, q value, timing;
        ``rule``: the row of ``frame``.

        ``query``: a part of a name or an id. ``redundant``: those too; ``sure``: only those with q ≤ ``SURE``.
        """
        found = self.rules if redundant else self.rules[~self.rules["redundant"]]
        if sure:
            found = found[found["q_value"] <= SURE]
        word = query.strip().casefold()
        if word:
            hit = [
                any(word in item.casefold() or word in self.source.label(item).casefold() for item in sides)
                for sides in (a | c for a, c in zip(found["antecedents"], found["consequents"], strict=True))
            ]
            found = found[np.array(hit, dtype=bool)]
        found = found.head(limit)
        names = [
            [" + ".join(sorted(map(self.source.label, items))) for items in found[side]]
            for side in ("antecedents", "consequents")
        ]
        kept = found[["confidence", "lift", "lift_low", "lift_high", "support", "baskets", "buyers", "q_value"]]
        out = kept.reset_index(drop=True)
        out["rule"] = found.index
        out.insert(0, "if", names[0])
        out.insert(1, "then", names[1])
        out["timing"] = [timing_word(word) for word in found["timing"]]
        return out

    def pair_at(self, table: pd.DataFrame, place: int) -> tuple[tuple[str, str], tuple[str, str]] | None:
        """The two items, each (id, name), of a row of ``table`` (as ``table()`` gave it); None for a longer rule."""
        row = self.rules.loc[int(table["rule"].iloc[place])]
        if len(row["antecedents"]) != 1 or len(row["consequents"]) != 1:
            return None
        a, c = next(iter(row["antecedents"])), next(iter(row["consequents"]))
        return (a, self.source.label(a)), (c, self.source.label(c))

    def named_items(self) -> list[tuple[str, str]]:
        """Items of the rules as (id, name), those that are in the most baskets first."""
        known = sorted(frozenset[str]().union(*self.rules["antecedents"], *self.rules["consequents"]))
        counts = self.source.counts[self.source.places(known)]
        return [(known[at], self.source.label(known[at])) for at in np.argsort(-counts, kind="stable")]

    def strongest(self, among: frozenset[str]) -> tuple[str, str]:
        """The two items of the most telling rule between ``among``; the first two of them where there is no rule."""
        telling = self.rules.sort_values("leverage", ascending=False, kind="stable")
        for a, c in zip(telling["antecedents"], telling["consequents"], strict=True):
            if len(a) == len(c) == 1 and a | c <= among:
                return next(iter(a)), next(iter(c))
        two = sorted(among)[:2]
        return two[0], two[-1]

    def csv(self) -> bytes:
        """All rules as a file for spreadsheets: ids and names, no sets."""
        out = self.rules.drop(columns=["antecedents", "consequents"])
        for place, side in enumerate(("antecedents", "consequents")):
            out.insert(2 * place, side, [" + ".join(sorted(items)) for items in self.rules[side]])
            out.insert(2 * place + 1, f"{side} name", [self._names(items) for items in self.rules[side]])
        return csv_bytes(out)

    def partners(self, item: str, limit: int = 20) -> pd.DataFrame:
        """Rules from this one item to another that is bought with it more often than by chance, the surest first:
        columns of ``frame``."""
        mine = [a == frozenset((item,)) and len(c) == 1 for a, c in zip(*self._sides(), strict=True)]
        found = self.rules[np.array(mine, dtype=bool) & (self.rules["lift"] > 1).to_numpy(dtype=bool)]
        return found.sort_values("confidence", ascending=False, kind="stable").head(limit).reset_index(drop=True)

    def ladder(self) -> Ladder:
        """How many rules each support leaves."""
        return ladder(self.pairs)

    def figure(self, item: str | None = None) -> go.Figure:
        """The network of the strongest rules; with ``item`` its own surroundings."""
        return figures.network(self.rules, self.source.label, item)

    def heat_map(self, size: int = 20) -> go.Figure:
        """Lift between the items of the most rules."""
        return figures.heat_map(self.rules, self.source.label, size)

    def insight(self) -> str:
        """What stands out, what it means, what to do; or why there is nothing."""
        if not len(self.rules):
            return self._nothing()
        singles = self.rules[~self.rules["redundant"]]
        sure = singles[(singles["q_value"] <= SURE) & (singles["lift"] > 1)]
        orders = count_text(self.baskets, "건")
        if not len(sure):
            return translate(
                "주문 {baskets}에서 우연이라 보기 어려운 함께 구매는 아직 없어요. "
                "카테고리 단위로 보거나 주문이 쌓이면 다시 보세요."
            ).format(baskets=orders)
        told = [
            translate("주문 {baskets}에서 우연이라 보기 어려운 함께 구매 규칙 {rules}개를 찾았어요.").format(
                baskets=orders, rules=f"{len(sure):,}"
            )
        ]
        # what left the catalogue can no longer be shown to anybody
        sides = zip(sure["antecedents"], sure["consequents"], strict=True)
        offered = sure[[all(map(self.source.offered, a | c)) for a, c in sides]]
        if len(offered):
            best = offered.iloc[int(np.argmax(offered["leverage"].to_numpy()))]
            told.append(
                translate(
                    "‘{a}’ 구매의 {share}가 ‘{b}’도 함께 샀고, 우연보다 {lift}배 많아요. "
                    "상세 페이지와 장바구니에 함께 보여 주세요."
                ).format(
                    a=self._names(best["antecedents"]), b=self._names(best["consequents"]),
                    share=percent_text(best["confidence"] * 100), lift=decimal_text(best["lift"]),
                )
            )  # fmt: skip
        else:
            told.append(translate("모두 상품 목록에 없는 상품의 규칙이라 지금 권할 것은 없어요."))
        brief = int((sure["timing"] == "one_off").sum())
        if brief:
            told.append(translate("그중 {count}개는 한때나 몇 사람에 몰려 있어 계속 쓰기 전에 확인해 주세요.").format(
                count=f"{brief:,}"))  # fmt: skip
        if self.raised:
            told.append(
                translate("쌍이 너무 많아 최소 지지도를 {support}까지 올렸어요.").format(
                    support=percent_text(self.min_support * 100, 3)
                )
            )
        return " ".join(told)

    def _nothing(self) -> str:
        if self.baskets == 0:
            return translate("상품이 있는 유효한 주문이 없어요. 설정 › 데이터에서 주문 상품을 올려 주세요.")
        if not (self.source.sizes > 1).any():
            return translate(
                "주문 {baskets}이 모두 한 가지만 담고 있어 함께 산 것이 없어요. "
                "카테고리 단위로 보거나 주문이 쌓이면 다시 보세요."
            ).format(baskets=count_text(self.baskets, "건"))
        return translate(
            "주문 {baskets}에서 지지도 {support}, 확신도 {confidence} 이상인 규칙이 없어요. 기준을 낮춰 보세요."
        ).format(
            baskets=count_text(self.baskets, "건"), support=percent_text(self.min_support * 100, 3),
            confidence=percent_text(self.min_confidence * 100),
        )  # fmt: skip

    def _names(self, items: frozenset[str]) -> str:
        return " + ".join(sorted(map(self.source.label, items)))

    def _sides(self) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
        return self.rules["antecedents"].tolist(), self.rules["consequents"].tolist()


def timing_word(word: str) -> str:
    """``timing`` as people read it."""
    words = {
        "steady": translate("꾸준히"),
        "seasonal": translate("한 계절에 몰림"),
        "one_off": translate("한때나 몇 사람뿐"),
        "unknown": translate("아직 적음"),
    }
    return words[word]


def find_rules(
    baskets: Baskets,
    now: datetime,
    *,
    min_support: float | None = None,
    min_confidence: float = MIN_CONFIDENCE,
    max_len: int | None = 2,
    pairs: Pairs | None = None,
) -> Rules:
    """Every rule of at least this support and confidence, of ``max_len`` items at most (None: any number).

    ``min_support`` None: the data chooses. ``pairs``: all pairs of ``baskets``, where they are counted already.
    Raises DataError for shares out of 0 … 1.
    """
    _check(min_support, min_confidence, max_len)
    every = pairs if pairs is not None else count_pairs(baskets.matrix)
    chosen = min_support is None
    count = ladder(every).chosen if min_support is None else count_for(min_support, max(len(baskets), 1))
    count, raised = _bounded(every, max(count, 1))
    frequent = every.at_least(count)
    longer = longer_sets(baskets, frequent, count, max_len) if max_len != 1 else {}
    rules = _rules(baskets, frequent, longer, count, min_confidence) if max_len != 1 else _empty()
    share = min(count / max(len(baskets), 1), 1.0)  # one basket has fewer than the least that are wanted
    return Rules(
        baskets.level, now, len(baskets), len(baskets.items), share if chosen or raised else float(min_support or 0),
        min_confidence, max_len, chosen, raised, rules, baskets, every,
    )  # fmt: skip


def _check(min_support: float | None, min_confidence: float, max_len: int | None) -> None:
    if (min_support is not None and not 0 < min_support <= 1) or not 0 <= min_confidence <= 1:
        raise DataError(
            "share_out_of_range", "최소 지지도와 확신도는 0과 1 사이의 비율이에요.", "1 %라면 0.01을 적어 주세요."
        )
    if max_len is not None and max_len < 1:
        raise DataError("max_len", "max_len은 1 이상이어야 해요.", "두 상품의 규칙은 2예요.")


def _bounded(pairs: Pairs, count: int) -> tuple[int, bool]:
    """The count itself, or the lowest above it that leaves ``MAX_RULES`` / 2 pairs."""
    lowest = max(count, pairs.floor)
    above = int((pairs.count >= lowest).sum())
    if above > MAX_RULES // 2:
        lowest = int(np.partition(pairs.count, -(MAX_RULES // 2))[-(MAX_RULES // 2)]) + 1
    return lowest, lowest > count


def _empty() -> pd.DataFrame:
    kinds = dict.fromkeys(COLUMNS, "float64") | {"baskets": "int64", "buyers": "Int64", "redundant": "bool"}
    kinds |= dict.fromkeys(("antecedents", "consequents", "timing"), "object")
    return pd.DataFrame(columns=list(COLUMNS)).astype(kinds)


def _rules(
    baskets: Baskets, pairs: Pairs, longer: dict[ItemSet, int], count: int, min_confidence: float
) -> pd.DataFrame:
    """The frame of all rules of the pairs and the longer sets."""
    sides: list[tuple[ItemSet, ItemSet]] = [
        (frozenset((a,)), frozenset((b,)))
        for first, second in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
        for a, b in ((first, second), (second, first))
    ]
    both = np.repeat(pairs.count, 2)
    n_a = np.stack([pairs.items[pairs.first], pairs.items[pairs.second]], axis=1).ravel()
    n_c = np.stack([pairs.items[pairs.second], pairs.items[pairs.first]], axis=1).ravel()
    if longer:
        extra, more = _splits(pairs, longer)
        sides += extra
        both, n_a, n_c = (np.concatenate([old, new]) for old, new in zip((both, n_a, n_c), more, strict=True))
    if not sides:
        return _empty()
    frequent = int((pairs.items >= count).sum())
    p = fisher(both, n_a, n_c, pairs.baskets)
    q = _q_values(p, len(pairs), frequent)
    low, high = lift_interval(both, n_a, n_c, pairs.baskets)
    values = {**measures(both, n_a, n_c, pairs.baskets), "p_value": p, "q_value": q, "lift_low": low, "lift_high": high}
    kept = np.flatnonzero(values["confidence"] >= min_confidence)
    shown = [sides[at] for at in kept]
    frame = pd.DataFrame({name: value[kept] for name, value in values.items()})
    frame["baskets"] = both[kept]
    when = timing(baskets, [a | c for a, c in shown])
    frame["buyers"], frame["timing"] = when["buyers"], when["timing"]
    frame["redundant"] = _redundant(shown, frame["confidence"].to_numpy(), frame["lift"].to_numpy())
    names = [[frozenset(str(baskets.items[at]) for at in side) for side in pair] for pair in shown]
    frame.insert(0, "antecedents", pd.Series([pair[0] for pair in names], dtype=object))
    frame.insert(1, "consequents", pd.Series([pair[1] for pair in names], dtype=object))
    return frame.sort_values(["lift", "baskets"], ascending=False, kind="stable").reset_index(drop=True)[list(COLUMNS)]


def _q_values(p: Floats, pairs: int, frequent: int) -> Floats:
    """A pair is one test, whichever way it is read, and each pair of frequent items was looked at, also those that
    were too rare together to be shown."""
    single = benjamini_hochberg(p[: 2 * pairs : 2], tests=frequent * (frequent - 1) // 2)
    return np.concatenate([np.repeat(single, 2), benjamini_hochberg(p[2 * pairs :])])


def _splits(
    pairs: Pairs, longer: dict[ItemSet, int]
) -> tuple[list[tuple[ItemSet, ItemSet]], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Every way to part each longer set into two, with its three counts."""
    known: dict[ItemSet, int] = dict(longer)
    two = zip(pairs.first.tolist(), pairs.second.tolist(), pairs.count.tolist(), strict=True)
    known.update({frozenset((a, b)): n for a, b, n in two})
    known.update({frozenset((at,)): n for at, n in enumerate(pairs.items.tolist())})
    sides: list[tuple[ItemSet, ItemSet]] = []
    counts: list[tuple[int, int, int]] = []
    for items, together in longer.items():
        for size in range(1, len(items)):
            for chosen in combinations(sorted(items), size):
                antecedent = frozenset(chosen)
                consequent = items - antecedent
                sides.append((antecedent, consequent))
                counts.append((together, known[antecedent], known[consequent]))
    table = np.array(counts, dtype=np.int64)
    return sides, (table[:, 0], table[:, 1], table[:, 2])


def _redundant(sides: Sequence[tuple[ItemSet, ItemSet]], confidence: np.ndarray, lift: np.ndarray) -> list[bool]:
    """Whether a rule with fewer antecedents says the same consequents at least as surely; the one with none is that
    everybody buys them, which a lift of 1 and less does not better."""
    known = dict(zip(sides, confidence.tolist(), strict=True))
    found: list[bool] = []
    for (antecedent, consequent), own, times in zip(sides, confidence.tolist(), lift.tolist(), strict=True):
        shorter = (
            known.get((frozenset(part), consequent), 0.0)
            for size in range(1, len(antecedent))
            for part in combinations(sorted(antecedent), size)
        )
        found.append(times <= 1 or any(other >= own - 1e-12 for other in shorter))
    return found
