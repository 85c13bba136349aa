"""What happens: the verbs of the API, from a GraphQL field to the fewest REST calls."""
