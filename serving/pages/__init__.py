"""What browsers get to see: GraphiQL, and the sandbox's start page."""
