"""``python -m tests.golden`` proposes."""

from __future__ import annotations

import sys

from tests.golden.propose import main

sys.exit(main())
