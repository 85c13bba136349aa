"""Long searches for what breaks the service; `make fuzz` runs a bounded part."""
