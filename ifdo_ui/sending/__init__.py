"""메시지 › 발송: plan, confirm, watch and stop a sending."""

VIEWS = ("new", "list")
