"""What other systems push to us: receipts of messages and replies of people."""
