"""A stateful imitation of Stripe's endpoints for saved payment methods, reached over HTTP like Stripe."""

from sandbox.app import Sandbox, create_sandbox
from sandbox.control.faults import Fault

__all__ = ["Fault", "Sandbox", "create_sandbox"]
