"""Parameters of the event endpoints."""

from sandbox.parameters.lists import CREATED, PAGINATION
from sandbox.parameters.types import Array, Boolean, Text, endpoint_parameters

LIST = endpoint_parameters(
    {**PAGINATION, "created": CREATED, "delivery_success": Boolean(), "type": Text(), "types": Array(Text())}
)
