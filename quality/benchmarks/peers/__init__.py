"""The peers: servers for comparison, each written as its library's documentation recommends."""
