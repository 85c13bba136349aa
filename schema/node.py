"""The interface of all objects that have an id."""

from __future__ import annotations

import strawberry

from schema.reading import View, member, stripe_interface


@stripe_interface(description="An object that can be queried by id, with node or nodes.")
class Node(View):
    id: strawberry.ID = member(description="Stripe's id, unique across types: pm_…, cus_…, seti_…, pi_…")
