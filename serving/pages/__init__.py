"""Pages for browsers: GraphiQL, and the sandbox's start page."""
