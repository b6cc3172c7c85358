"""What comes back: receipts, payments, holds, contacts of agencies."""
