"""The billing details of a payment method."""

from __future__ import annotations

from schema.reading import View, member, stripe_type


@stripe_type(description="A postal address. Any part of it may be null.")
class Address(View):
    line1: str | None = member(
        description="Street address, post-office box or company, for example 510 Townsend Street."
    )
    line2: str | None = member(description="Apartment, suite, unit or building.")
    city: str | None = member(description="City, district, suburb, town or village.")
    state: str | None = member(description="State, county, province or region.")
    postal_code: str | None = member(description="ZIP or postal code.")
    country: str | None = member(description="Two-letter country code (ISO 3166-1 alpha-2), for example US.")


@stripe_type(description="Billing details provided with the payment method. Any of them may be null.")
class BillingDetails(View):
    name: str | None = member(description="Full name.")
    email: str | None = member(description="Email address.")
    phone: str | None = member(description="Phone number, including the extension.")
    tax_id: str | None = member(
        description="Tax id of the payer. Null for payment methods that do not require one; Boleto does."
    )
    address: Address | None = member(description="Billing address.")
