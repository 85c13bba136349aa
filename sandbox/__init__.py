"""A stateful imitation of Stripe's endpoints for saved payment methods, reached over HTTP like Stripe."""

from sandbox.app import Sandbox, create_sandbox
from sandbox.control.fault_kinds import Fault
from sandbox.events.delivery import Deliver, WebhookRequest
from sandbox.events.delivery_faults import DeliveryFault

__all__ = ["Deliver", "DeliveryFault", "Fault", "Sandbox", "WebhookRequest", "create_sandbox"]
