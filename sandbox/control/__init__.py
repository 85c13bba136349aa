"""What Stripe does not have: faults on demand, a ledger of what was done, a clock to move, a reset."""
