"""What clients see: the nouns of the API, their fields and their words."""
