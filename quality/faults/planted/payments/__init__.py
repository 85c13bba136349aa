"""Bugs that pay an order twice, or report a payment wrongly."""
