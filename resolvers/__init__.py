"""The operations: queries, mutations, and the links between types that need a REST call."""
