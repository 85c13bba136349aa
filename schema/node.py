"""The interface of all objects that have an id."""

from __future__ import annotations

import strawberry

from schema.reading import View, member, stripe_type


@stripe_type("An object that can be queried by id, with node or nodes.", interface=True)
class Node(View):
    id: strawberry.ID = member("Stripe's id, unique across types: pm_…, cus_…, seti_…, pi_…")
