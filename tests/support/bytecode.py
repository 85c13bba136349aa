"""Lets each process of a test run keep the modules that it compiles, even where the environment says otherwise.

pytest loads this plugin first. Without it, every worker and every command would compile all modules again.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
