"""The mutations, one file each: input, payload, resolver, description.

`resolvers/writes/` has the parts that all share, and `resolvers/saving/` those of the mutations that save a method.
"""
