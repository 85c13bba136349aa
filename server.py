"""The entry point of the service and of its other commands."""

import gc
import sys

# Collections while modules are imported would be a tenth of the start. `serve` turns them on again.
gc.disable()

from cli import main

if __name__ == "__main__":
    sys.exit(main())
