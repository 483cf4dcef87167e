"""메시지 › 수신 동의: the ledger, withdrawals, reminders, proof."""
