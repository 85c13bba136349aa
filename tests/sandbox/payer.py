"""The payer: visits the page that an intent redirects to."""

from typing import Any

import httpx


async def visit(http: httpx.AsyncClient, intent: dict[str, Any], outcome: str = "complete") -> httpx.Response:
    """Presses the page's button, and returns the redirect back to the shop."""
    url = intent["next_action"]["redirect_to_url"]["url"]
    response = await http.post(url, content=f"outcome={outcome}")
    assert response.status_code == 303, response.text
    return response
