"""Compiled operations. `PlanCache` is the interface: it returns a plan for an operation, or None.

A plan calls the same resolvers as graphql-core, with the same arguments and in the same order, but once for objects
with an equal reference. It reads values with generated Python. It reports no errors: when a resolver raises or a value
doesn't fit the schema, it bails out, and graphql-core executes the operation with the outcomes that the plan recorded.
"""

from execution.plans.cache import PlanCache, PlanCounts
from execution.plans.plan import Plan, PlanBailout, PlanRun

__all__ = ["Plan", "PlanBailout", "PlanCache", "PlanCounts", "PlanRun"]
