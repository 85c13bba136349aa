"""Parameters of the ephemeral key endpoints."""

from sandbox.parameters.types import Text, endpoint_parameters

UNSUPPORTED = ("issuing_card", "nonce", "verification_session")

CREATE = endpoint_parameters({"customer": Text(), **dict.fromkeys(UNSUPPORTED, Text())})
