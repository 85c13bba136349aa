"""Parameters that list endpoints share."""

from collections.abc import Mapping

from sandbox.parameters.types import Either, Hash, Integer, ParameterType, Text

PAGINATION: Mapping[str, ParameterType] = {
    "ending_before": Text(),
    "limit": Integer(minimum=1, maximum=100),
    "starting_after": Text(),
}
CREATED = Either(Integer(), Hash({name: Integer() for name in ("gt", "gte", "lt", "lte")}))
