"""What all tests share: hypothesis profiles, the language, and the shared reference data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from ifdo_core.i18n import set_language

# 'ci' gives the same examples every time, so a run says something about the code and not about its luck.
# 'deep' (make deep) looks for what nobody thought of and makes it small; what it finds deserves a test of its own.
_CALM = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("ci", derandomize=True, database=None, phases=[Phase.explicit, Phase.generate], **_CALM)
settings.register_profile("deep", max_examples=2_000, print_blob=True, **_CALM)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def _korean() -> Iterator[None]:
    """Every test begins and ends in the default language."""
    set_language("ko")
    yield
    set_language("ko")


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Where the shared reference data lies, if it is here: IFDO_SHARED, else beside the repository."""
    return Path(os.environ.get("IFDO_SHARED") or Path(__file__).resolve().parents[2] / "shared")


@pytest.fixture(scope="session")
def shared(shared_folder: Path) -> Path:
    """The folder of published data and references beside the repository (or at IFDO_SHARED); skips without it."""
    if not shared_folder.is_dir():
        pytest.skip(f"no shared data at {shared_folder}")
    return shared_folder
