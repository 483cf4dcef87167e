"""Functions of SciPy that the models use, under types of our own (SciPy's special functions carry none)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import scipy.linalg
import scipy.optimize
import scipy.special

_special, _linalg, _optimize = cast(Any, scipy.special), cast(Any, scipy.linalg), cast(Any, scipy.optimize)

digamma: Callable[..., Any] = _special.digamma
gammaln: Callable[..., Any] = _special.gammaln
expit: Callable[..., Any] = _special.expit
eigh_tridiagonal: Callable[..., Any] = _linalg.eigh_tridiagonal
minimize: Callable[..., Any] = _optimize.minimize
gammaincinv: Callable[..., Any] = _special.gammaincinv
