"""The forecast itself: a few ways to carry a level forward, weighed by how well each did, and an interval that learns.

Everything at an origin uses only what was known then, so running over all origins *is* the backtest. An origin ``t``
knows the blocks 0 … t − 1 and foretells the sum of the blocks t … t + span − 1.

*Level.* The mean of the last 7 days, moved by how the last 3, 14, 28 and 56 days differ from it. A campaign lifts a
week and goes; a shop grows slowly. Each of ``WAYS`` says how much of such a difference lasts, and the ways are averaged
with weights that fall with their own past errors on this very series.

*Interval.* Errors are measured in logarithms and in units of what counting alone and the usual unrest of a shop would
give (``scale``). The width is the quantile of the errors made so far, mixed with a few errors of a normal one while
there are few, and it is widened or narrowed by whether the last intervals held (adaptive conformal inference, Gibbs and
Candès 2021), always with the delay after which an error can be known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Chance that the truth lies in the interval.
LEVEL = 0.8
#: Blocks that must be known before anything is foretold.
FEWEST_DAYS = 14
#: Blocks that must be known before an origin counts in the backtest: four weeks for the level, one of errors.
FIRST_ORIGIN = 35
WEEK = 7
#: Weeks that the weekday's share of a week is learnt from, and the visits that the whole shop's share is worth in it.
PROFILE_WEEKS, PROFILE_VISITS = 8, 200.0
LEAST_SHARE = 0.001  # of a weekday on which the shop is closed

#: How much of the differences last3 − last7, last7 − last14, last7 − last28, last28 − last56 (of logarithms) is added
#: to the last week's, by way: as last week; back to the month; two mixtures; back to the fortnight.
WAYS = np.array(
    [
        [0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, -0.9, 0.2],
        [0.2, -0.2, -0.4, 0.15],
        [0.2, 0.0, -0.6, 0.15],
        [0.0, -0.8, 0.0, 0.0],
    ]
)
#: What each way counts before it has a past, and for how many errors that stands.
FIRST_WEIGHTS, FIRST_ERRORS = np.array([0.1, 0.1, 0.4, 0.3, 0.1]), 28.0
#: How sharply weights follow errors, and how fast old errors fade (a day).
SHARPNESS, FADING = 2.0, 0.99
#: Unrest of a shop's weeks beyond chance, in logarithms; visits of one visitor come together, so counts vary more.
UNREST, CLUSTER = 0.10, 1.5
#: Errors of a normal distribution mixed with the real ones, and the speed of the adaptation.
PRIOR_ERRORS, ADAPT = 5, 0.02
#: Errors of the last twelve weeks are used.
MEMORY = 84
_HALF = 0.5  # keeps logarithms of zero away


@dataclass(frozen=True)
class Track:
    """At each origin 0 … days: the foretold sum with its interval; ``daily[t, j]`` the block t + j alone.

    Before FEWEST_DAYS all are nan.
    """

    total: Floats
    low: Floats
    high: Floats
    daily: Floats


def level(visits: Floats, week: Floats) -> Floats:
    """By origin and way: the logarithm of the visits of a mean block to come. ``week``: as ``profile`` makes it."""
    days = len(visits)
    run = np.concatenate([[0.0], visits.cumsum()])
    at = np.arange(days + 1)

    def mean(last: int) -> Floats:
        known = np.maximum(np.minimum(last, at), 1)
        return np.log((run[at] - run[at - np.minimum(last, at)] + _HALF) / known)

    m3, m7, m14, m28, m56 = (mean(last) for last in (3, 7, 14, 28, 56))
    m3 = m3 - np.log(week[:, WEEK - 3 :].mean(axis=1))  # the last three days are of other weekdays than a whole week
    moves = np.stack([m3 - m7, m7 - m14, m7 - m28, m28 - m56], axis=1)
    return m7[:, None] + moves @ WAYS.T


def profile(visits: Floats, total: Floats) -> Floats:
    """By origin and step of a week: what the block's weekday has of a mean day's visits; 1 on average."""

    def weeks(series: Floats) -> Floats:
        days = len(series)
        padded = np.concatenate([np.zeros(PROFILE_WEEKS * WEEK), series, np.zeros(WEEK)])
        at = np.arange(days + 1)[:, None] + np.arange(WEEK)[None, :] + PROFILE_WEEKS * WEEK
        # a block that the origin does not know, or from before the first, is in no week
        return np.sum([padded[at - WEEK * ago] for ago in range(1, PROFILE_WEEKS + 1)], axis=0)

    ahead = np.arange(len(visits) + 1)[:, None] + np.arange(WEEK)[None, :]
    known = np.clip(ahead // WEEK, 1, PROFILE_WEEKS)
    own, whole = weeks(visits) / known, weeks(total) / known
    shop = _share(whole)
    weight = PROFILE_VISITS / known
    mixed = (own + weight * shop / WEEK) / (own.sum(axis=1, keepdims=True) + weight)
    return np.maximum(mixed / mixed.sum(axis=1, keepdims=True) * WEEK, LEAST_SHARE)


def _share(weeks: Floats) -> Floats:
    """Each weekday's visits over those of a mean day; 1 where there are none."""
    mean = weeks.mean(axis=1, keepdims=True)
    return np.where(mean > 0, weeks / np.where(mean > 0, mean, 1.0), 1.0)


def track(visits: Floats, total: Floats, actual: Floats, span: int, ratio: Floats | None = None) -> Track:
    """Foretells the sum of ``span`` blocks at every origin.

    ``actual[t]``: what the blocks t … t + span − 1 came to (nan while unknown). ``ratio[t]``: what a sum of visits is
    multiplied by at origin t where something else is foretold from it: distinct visitors.
    """
    week = profile(visits, total)
    steps = week[:, np.arange(span) % WEEK]
    each = level(visits, week) + np.log(steps.sum(axis=1))[:, None]
    if ratio is not None:
        each = each + np.log(ratio)[:, None]
    truth = np.log(actual + _HALF)
    centre = _weighed(each, truth, span)
    low, high = _interval(centre, truth, span)
    unknown = np.arange(len(centre)) < FEWEST_DAYS
    shown = [np.where(unknown, np.nan, np.maximum(np.exp(line) - _HALF, 0.0)) for line in (centre, low, high)]
    daily = steps / steps.sum(axis=1, keepdims=True) * shown[0][:, None]
    return Track(shown[0], shown[1], shown[2], daily)


def _weighed(each: Floats, truth: Floats, span: int) -> Floats:
    """The ways' mean, each weighed by the errors that are known at the origin."""
    errors = (each - truth[:, None]) ** 2
    centre = np.empty(len(each))
    typical = 0.02
    summed = FIRST_ERRORS * typical * FIRST_WEIGHTS ** (-1 / SHARPNESS)
    count = FIRST_ERRORS
    for origin in range(len(each)):
        known = origin - span
        if known >= FEWEST_DAYS:
            summed = summed * FADING + errors[known]
            count = count * FADING + 1
        weights = (summed / count) ** -SHARPNESS
        centre[origin] = each[origin] @ (weights / weights.sum())
    return centre


def scale(centre: Floats) -> Floats:
    """How far off, in logarithms, a good forecast of this size usually is."""
    return np.sqrt(CLUSTER / (np.exp(centre) + 1.0) + UNREST**2)


def _interval(centre: Floats, truth: Floats, span: int) -> tuple[Floats, Floats]:
    """Both ends in logarithms."""
    unit = scale(centre)
    errors = np.abs(truth - centre) / unit
    normal = _normal_errors()
    asked = LEVEL
    low, high = np.empty(len(centre)), np.empty(len(centre))
    held = np.zeros(len(centre), dtype=bool)
    for origin in range(len(centre)):
        known = origin - span
        if known >= FEWEST_DAYS:
            asked = float(np.clip(asked + ADAPT * (LEVEL - held[known]), 0.5, 0.995))
        made = errors[max(FEWEST_DAYS, known + 1 - MEMORY) : max(known + 1, FEWEST_DAYS)]
        apart = PRIOR_ERRORS + len(made) / span  # errors of weeks that overlap tell little that is new
        chance = min(asked * (1 + 1 / apart), 0.995)
        width = float(np.quantile(np.concatenate([normal, made]), chance)) * unit[origin]
        low[origin], high[origin] = centre[origin] - width, centre[origin] + width
        held[origin] = low[origin] <= truth[origin] <= high[origin]
    return low, high


def _normal_errors() -> Floats:
    """Absolute errors of a standard normal at evenly spaced chances."""
    from statistics import NormalDist

    chances = (np.arange(PRIOR_ERRORS) + 0.5) / PRIOR_ERRORS
    return np.array([NormalDist().inv_cdf(0.5 + chance / 2) for chance in chances])
