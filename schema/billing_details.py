"""Who pays, and where they live, as the payment method knows it."""

from __future__ import annotations

from schema.reading import View, member, stripe_type


@stripe_type(description="A postal address. Any part of it may be missing.")
class Address(View):
    line1: str | None = member(description="Street, post-office box or company, for example 510 Townsend Street.")
    line2: str | None = member(description="Apartment, suite, unit or building.")
    city: str | None = member(description="City, district, suburb, town or village.")
    state: str | None = member(description="State, county, province or region.")
    postal_code: str | None = member(description="ZIP or postal code.")
    country: str | None = member(description="Country, as two letters of ISO 3166-1, for example US.")


@stripe_type(description="The payer's details that were given with the payment method.")
class BillingDetails(View):
    name: str | None = member(description="Full name.")
    email: str | None = member(description="E-mail address.")
    phone: str | None = member(description="Telephone number, with its extension.")
    tax_id: str | None = member(description="Taxpayer number; only for methods that ask for one, such as Boleto.")
    address: Address | None = member(description="Billing address.")
