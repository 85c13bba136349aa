"""Parameters of the SetupAttempt endpoint."""

from sandbox.parameters.lists import CREATED, PAGINATION
from sandbox.parameters.types import Text, endpoint_parameters

LIST = endpoint_parameters({**PAGINATION, "created": CREATED, "setup_intent": Text()}, required=("setup_intent",))
