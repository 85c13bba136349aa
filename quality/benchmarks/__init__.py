"""What things cost: commands to be run by hand, of which CI runs a bounded part."""
