"""``python -m ifdo_core``: the command line of the workbench."""

from __future__ import annotations

import os
import sys

from ifdo_core.cli import main

code = main()
sys.stdout.flush()
sys.stderr.flush()
# Not sys.exit: taken down beside SQLAlchemy's ORM, DuckDB's binding calls its own types leaks, on standard error.
os._exit(code)
