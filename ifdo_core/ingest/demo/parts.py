"""The word lists and weights of data/demo, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import yaml
from numpy.typing import NDArray

DATA = Path(__file__).resolve().parents[3] / "data" / "demo"

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]
type Texts = NDArray[np.object_]


@cache
def parts(name: str) -> dict[str, Any]:
    """One of the files in data/demo: 'catalogue', 'people' or 'traffic'."""
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def stream(seed: int, name: str, number: int = 0) -> np.random.Generator:
    """Random numbers of their own for each subject, so that a change in one leaves the others as they are."""
    return np.random.default_rng([seed, crc32(name.encode()), number])


def pick(rng: np.random.Generator, weights: list[float] | Floats, size: int) -> Ints:
    """``size`` positions in ``weights``, each as likely as its weight."""
    shares = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(shares, rng.random(size) * shares[-1], side="right").clip(max=len(shares) - 1)


def texts(values: list[Any]) -> Texts:
    return np.array(values, dtype=object)
