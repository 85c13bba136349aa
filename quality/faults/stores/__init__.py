"""Many wallets at once over two replicas, while the store that they share fails."""
