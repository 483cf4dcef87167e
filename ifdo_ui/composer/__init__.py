"""메시지 › 브랜드 메시지: the composer."""
