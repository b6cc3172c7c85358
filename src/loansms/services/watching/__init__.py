"""What an operator watches: signals, health, guardrails, a budget."""
