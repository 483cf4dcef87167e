"""실시간 › 리포트: the gallery and one report."""
