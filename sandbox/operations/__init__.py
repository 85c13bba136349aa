"""What several endpoints do: create, attach, detach and set up payment methods."""
