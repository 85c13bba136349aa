"""Parameters of the mandate endpoint."""

from sandbox.parameters.types import endpoint_parameters

RETRIEVE = endpoint_parameters()
