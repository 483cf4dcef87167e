"""메시지 › 채널 연동, and the operator's page that decides."""
