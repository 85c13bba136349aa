"""The `next_action` of an intent: what the payer must do before it continues."""

from sandbox.json_object import Json

VERIFY_WITH_MICRODEPOSITS = "verify_with_microdeposits"
_QR_CODE_SECONDS = 24 * 60 * 60


def redirect(url: str, return_url: str | None) -> Json:
    """Returns the action of a payer who must visit the page at `url`."""
    return {"redirect_to_url": {"return_url": return_url, "url": url}, "type": "redirect_to_url"}


def stripe_sdk(url: str) -> Json:
    """Returns the action of a payer whom Stripe.js or a mobile SDK shows the page at `url`."""
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"stripe_js": url, "type": "three_d_secure_redirect"}}


def verification(url: str, microdeposit_type: str, arrival_date: int) -> Json:
    """Returns the action of a payer who must tell the amounts or the code of deposits on the bank account."""
    deposits = {
        "arrival_date": arrival_date,
        "hosted_verification_url": url,
        "microdeposit_type": microdeposit_type,
    }
    return {"type": VERIFY_WITH_MICRODEPOSITS, VERIFY_WITH_MICRODEPOSITS: deposits}


def approval(type: str, url: str, return_url: str | None, now: int) -> Json:
    """Returns the action of a payer who must approve a payment method of that type, on a page or in an app."""
    code = {
        "expires_at": now + _QR_CODE_SECONDS,
        "image_url_png": f"{url}/qr_code.png",
        "image_url_svg": f"{url}/qr_code.svg",
    }
    actions: dict[str, tuple[str, Json]] = {
        "blik": ("blik_authorize", {}),
        "cashapp": (
            "cashapp_handle_redirect_or_display_qr_code",
            {"hosted_instructions_url": url, "mobile_auth_url": url, "qr_code": code},
        ),
        "pix": ("pix_display_qr_code", {"data": url, "hosted_instructions_url": url, **code}),
        "upi": ("upi_handle_redirect_or_display_qr_code", {"hosted_instructions_url": url, "qr_code": code}),
    }
    if type not in actions:
        return redirect(url, return_url)
    name, details = actions[type]
    return {"type": name, name: details}
