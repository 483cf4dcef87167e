"""The command line: demo, load, preview, export, doctor, refresh, report and bench."""

from ifdo_core.cli.main import main

__all__ = ["main"]
