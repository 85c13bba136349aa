"""Releases the memory that errors keep through their tracebacks."""

from __future__ import annotations

import traceback


def release_frames(error: BaseException | None) -> None:
    """Release the tracebacks of an error, its causes and its original error, and the local variables of their frames.

    A traceback references its frames, and these reference the response bodies that were read in them. All frames must
    have ended: clearing a suspended coroutine's frame would close the coroutine.
    """
    released: set[int] = set()
    pending = [error]
    while pending:
        one = pending.pop()
        if one is not None and id(one) not in released:
            released.add(id(one))
            traceback.clear_frames(one.__traceback__)
            one.__traceback__ = None
            pending += [one.__cause__, one.__context__, getattr(one, "original_error", None)]
