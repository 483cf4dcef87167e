"""메시지 › 결과: what a campaign brought."""
