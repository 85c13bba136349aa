"""Parameters of the charge endpoints."""

from sandbox.parameters.lists import CREATED, PAGINATION
from sandbox.parameters.types import Text, endpoint_parameters

LIST = endpoint_parameters({**PAGINATION, "created": CREATED, "customer": Text(), "payment_intent": Text()})
