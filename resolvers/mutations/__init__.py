"""The mutations, one file each: input, payload, resolver, description. `resolvers/writes/` has their shared parts."""
