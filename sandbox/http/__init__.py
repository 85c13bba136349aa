"""HTTP requests and responses, up to where endpoints take over."""
