"""The word lists and weights of data/demo, read once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
import yaml
from numpy.typing import NDArray

DATA = Path(__file__).resolve().parents[3] / "data" / "demo"

Ints: TypeAlias = NDArray[np.signedinteger[Any]]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Texts: TypeAlias = NDArray[np.object_]


@cache
def parts(name: str) -> dict[str, Any]:
    """One of the files in data/demo: 'catalogue', 'people' or 'traffic'."""
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def stream(seed: int, name: str, number: int = 0) -> np.random.Generator:
    """Random numbers of their own for each subject, so that a change in one leaves the others as they are."""
    return np.random.default_rng([seed, crc32(name.encode()), number])


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats | Ints, size: int) -> Ints:
    """``size`` positions in ``weights``, each as likely as its weight."""
    shares: Floats = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = rng.random(size) * float(shares[-1])
    return np.minimum(np.searchsorted(shares, drawn, side="right"), len(shares) - 1)


def texts(values: list[Any]) -> Texts:
    return np.array(values, dtype=object)


def weights_of(table: dict[Any, Any]) -> tuple[list[Any], Floats]:
    """The keys of a mapping 'value: weight', and the weights."""
    return list(table), np.array(list(table.values()), dtype=np.float64)


def spread(counts: Ints) -> tuple[Ints, Ints]:
    """For rows with ``counts`` parts each: the row of every part, and the part's number within its row."""
    row = np.repeat(np.arange(len(counts)), counts)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
