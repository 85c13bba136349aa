"""Changes to payment methods and mandates."""
