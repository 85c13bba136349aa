"""The lock of a killed replica lives for as long as an operation may take."""

from __future__ import annotations

from serving.redis import locks

locks.LIFETIME = 32.0
