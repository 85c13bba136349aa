"""Settings of logs, metrics and traces."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from serving.settings.group import setting
from serving.settings.groups.stripe import Stripe


class Telemetry(Stripe):
    """Logs, metrics and traces."""

    log_level: Literal["debug", "info", "warning", "error"] = setting("info", "Lowest level that is logged.")
    log_format: Literal["auto", "json", "console"] = setting(
        "auto", "json, console, or auto: console on a terminal, otherwise json."
    )
    otel_exporter_otlp_endpoint: str | None = setting(
        None,
        "OTLP/HTTP endpoint for traces, for example http://collector:4318. When unset: no traces.",
        pattern=r"^https?://[^?#\s]+$",
        examples=["http://collector:4318"],
    )
    otel_service_name: str = setting("attache", "Name of the service in traces.")
    metrics_token: SecretStr | None = setting(None, "Bearer token that /metrics requires, 16 characters or more.")
    metrics_token_file: Path | None = setting(None, "A file that contains the token, instead of METRICS_TOKEN.")
    metrics_without_token: bool | None = setting(
        None, "Serve /metrics without METRICS_TOKEN. When unset: true, but false with a live key."
    )

    @property
    def traces_url(self) -> str | None:
        """The URL for traces, by OTLP over HTTP; None for no traces."""
        endpoint = self.otel_exporter_otlp_endpoint
        return f"{endpoint.rstrip('/')}/v1/traces" if endpoint is not None else None

    @property
    def serves_metrics(self) -> bool:
        """Whether /metrics exists."""
        if self.metrics_token is not None:
            return True
        return not self.is_live if self.metrics_without_token is None else self.metrics_without_token
