"""The types that clients see: fields, enums and descriptions."""
