"""Table of contents: the mutations. Each file has the input, the payload, the resolver and the description."""

from __future__ import annotations

import strawberry

from resolvers.mutations.attach_payment_method import attach
from resolvers.mutations.cancel_payment_intent import cancel as cancel_payment
from resolvers.mutations.cancel_setup_intent import cancel
from resolvers.mutations.complete_payment_intent import complete as complete_payment
from resolvers.mutations.complete_setup_intent import complete
from resolvers.mutations.confirm_payment_intent import confirm as confirm_payment
from resolvers.mutations.confirm_setup_intent import confirm
from resolvers.mutations.create_customer_session import create as create_customer_session
from resolvers.mutations.create_ephemeral_key import create as create_ephemeral_key
from resolvers.mutations.create_payment_intent import create as create_payment
from resolvers.mutations.create_setup_intent import create
from resolvers.mutations.detach_payment_method import detach
from resolvers.mutations.set_default_payment_method import set_default
from resolvers.mutations.update_payment_method import update
from resolvers.mutations.verify_microdeposits import verify


@strawberry.type(
    description=(
        "The mutations. They are executed one after the other. A field is null if its mutation failed with a top-level "
        "error, which does not affect the other fields."
    )
)
class Mutation:
    attach_payment_method = attach
    detach_payment_method = detach
    update_payment_method = update
    set_default_payment_method = set_default
    create_setup_intent = create
    confirm_setup_intent = confirm
    complete_setup_intent = complete
    cancel_setup_intent = cancel
    verify_microdeposits = verify
    create_payment_intent = create_payment
    confirm_payment_intent = confirm_payment
    complete_payment_intent = complete_payment
    cancel_payment_intent = cancel_payment
    create_customer_session = create_customer_session
    create_ephemeral_key = create_ephemeral_key
