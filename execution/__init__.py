"""Executes GraphQL operations: documents are cached, repeated operations compiled, the rest is run by graphql-core."""
