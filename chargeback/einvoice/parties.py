"""Seller, buyer and payment instructions of EN 16931.

The SIREN is the legal identifier (scheme 0002 of ISO 6523), the SIRET the other one (0009); the electronic address has
the scheme 0225.
"""

from __future__ import annotations

from typing import Any

from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.month import Month
from chargeback.model.settings import Operator

SIREN, SIRET, ELECTRONIC = "0002", "0009", "0225"
WITH_VAT_NUMBERS = ("S", "E")
CREDIT_TRANSFER, SEPA_TRANSFER = "30", "58"
PartyData = dict[str, Any]


def seller(operator: Operator, category: str) -> PartyData:
    """Seller (BG-4), without VAT number where the document is out of the scope of VAT (BR-O-02)."""
    party = _party(operator.name, operator.siren or operator.siret[:9], operator.siret, operator.country or "FR")
    return party | _address(operator.address, operator.postal_code, operator.city) | _vat(operator, category)


def buyer(payer: Member, category: str) -> PartyData:
    """Buyer (BG-7)."""
    party = _party(payer.name, payer.siret[:9], payer.siret, payer.country or "FR")
    return party | _address(payer.address, payer.postal_code, payer.city) | _vat(payer, category)


def _party(name: str, siren: str, siret: str, country: str) -> PartyData:
    party: PartyData = {"name": name, "country_code": country}
    if siret:
        party["identifiers"] = {SIRET: siret}
    if siren:
        party |= {"legal_identifier": siren, "legal_identifier_schemeid": SIREN}
        party |= {"einvoicing_addr": siren, "einvoicing_addr_schemeid": ELECTRONIC}
    return party


def _vat(party: Operator | Member, category: str) -> PartyData:
    known = category in WITH_VAT_NUMBERS and party.vat_number
    return {"vat_identifier": party.vat_number} if known else {}


def _address(lines: tuple[str, ...], postal_code: str, city: str) -> PartyData:
    """Postal address (BG-5, BG-8) of up to three lines; further lines are joined to the third."""
    shown = [*lines[:2], ", ".join(lines[2:])]
    address = {f"addr_l{place}": text for place, text in enumerate(shown, start=1) if text}
    return address | {key: text for key, text in (("postcode", postal_code), ("city", city)) if text}


def payment(document: Document, month: Month) -> dict[str, Any]:
    """Payment instructions (BG-16) and payee (BG-10) of an invoice; nothing on a credit note or without IBAN."""
    operator = month.settings.operator
    if document.kind == "credit_note" or not operator.iban:
        return {}
    data: dict[str, Any] = {
        "BT-81": SEPA_TRANSFER if month.settings.currency == "EUR" else CREDIT_TRANSFER,
        "BT-83": document.number,
        "BT-84": operator.iban,
        "BT-85": operator.payee or operator.name,
    }
    if operator.bic:
        data["BT-86"] = operator.bic
    if operator.payee and operator.payee != operator.name:
        data["BG-10"] = {"name": operator.payee}
    return data
