"""고객 › 고객 찾기: one person."""
