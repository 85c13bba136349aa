"""The virtual clock of the harness, as tests import it."""

from quality.harness.virtual_time import VirtualLoop as VirtualLoop
from quality.harness.virtual_time import now as now
from quality.harness.virtual_time import run as run
