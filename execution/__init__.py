"""How an operation runs: documents prepared once, operations that come again compiled, the rest by graphql-core."""
