"""The billing details of a payment method."""

from __future__ import annotations

from schema.reading import View, member, stripe_type


@stripe_type("A postal address. Any part of it may be null.")
class Address(View):
    line1: str | None = member("Street address, post-office box or company, for example 510 Townsend Street.")
    line2: str | None = member("Apartment, suite, unit or building.")
    city: str | None = member("City, district, suburb, town or village.")
    state: str | None = member("State, county, province or region.")
    postal_code: str | None = member("ZIP or postal code.")
    country: str | None = member("Two-letter country code (ISO 3166-1 alpha-2), for example US.")


@stripe_type("Billing details provided with the payment method. Any of them may be null.")
class BillingDetails(View):
    name: str | None = member("Full name.")
    email: str | None = member("Email address.")
    phone: str | None = member("Phone number, including the extension.")
    tax_id: str | None = member("Tax id of the payer. Null for payment methods that do not require one; Boleto does.")
    address: Address | None = member("Billing address.")
