"""Planted bugs that pay an order twice, or report a payment incorrectly."""
