"""After a plan bails out, graphql-core calls all resolvers again instead of replaying their outcomes."""

from __future__ import annotations

from graphql import ExecutionResult

from execution import graphql_core
from execution.graphql_core import Outcomes
from execution.prepared_operation import PreparedOperation

_execute = graphql_core.execute


async def _execute_again(operation: PreparedOperation, outcomes: Outcomes | None = None) -> ExecutionResult:
    return await _execute(operation, None)


graphql_core.execute = _execute_again
