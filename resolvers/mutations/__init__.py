"""The mutations, one file each: input, payload, resolver and description."""
