"""Stripe's Python library sends the name of the processor, which the standard library reads with a process, once."""

import platform

# Here, because unit tests must not start processes.
PROCESSOR = platform.uname().processor
