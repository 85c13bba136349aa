"""What every object with an id of Stripe's has in common."""

from __future__ import annotations

import strawberry

from schema.reading import View, member, stripe_interface


@stripe_interface(description="An object with an id of its own, which `node` finds.")
class Node(View):
    id: strawberry.ID = member(description="Stripe's id. Unique across types: pm_…, cus_…, seti_…")
