"""A stateful stand-in for Stripe's endpoints around saved payment methods, met over HTTP like Stripe itself."""

from sandbox.app import Sandbox, create_sandbox
from sandbox.control.faults import Fault

__all__ = ["Fault", "Sandbox", "create_sandbox"]
