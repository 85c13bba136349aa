"""Settings of the proxies for outgoing calls."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import SecretStr

from serving.settings.group import SettingsGroup, setting
from serving.settings.no_proxy import is_exempt, is_loopback


class Proxies(SettingsGroup):
    """The proxies for calls to Stripe and to the token issuer."""

    https_proxy: SecretStr | None = setting(
        None, "HTTP proxy for https calls to Stripe and the token issuer, for example http://proxy:3128."
    )
    http_proxy: SecretStr | None = setting(None, "HTTP proxy for http calls.")
    all_proxy: SecretStr | None = setting(None, "HTTP proxy for calls that HTTPS_PROXY and HTTP_PROXY don't cover.")
    no_proxy: str | None = setting(
        None,
        "Destinations called without a proxy, separated by commas: hosts (with their subdomains), networks "
        "(10.0.0.0/8), host:port; * for all.",
    )

    def proxy_for(self, address: str) -> str | None:
        """The proxy for calls to an address; None for a direct connection. Loopback is always direct."""
        parts = urlsplit(address)
        proxy = (self.https_proxy if parts.scheme == "https" else self.http_proxy) or self.all_proxy
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if proxy is None or is_loopback(host) or is_exempt(host, port, self.no_proxy or ""):
            return None
        url = proxy.get_secret_value()
        return url if "://" in url else f"http://{url}"
