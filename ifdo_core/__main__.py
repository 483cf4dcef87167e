"""``python -m ifdo_core``: the command line of the workbench."""

from __future__ import annotations

import sys

from ifdo_core.cli import main

sys.exit(main())
