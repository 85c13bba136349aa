"""The server process: workers, sockets, connections and their timeouts."""
