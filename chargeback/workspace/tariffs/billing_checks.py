"""Billing by instalments: fields that a version that calls a budget by instalments cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.model.versions import Version


def billing_sense(version: Version, key: str) -> Iterator[tuple[str, str, str]]:
    """Fields without sense under ``billing = "instalments"``, where keys count the use of the last civil year.

    Each is (key, message, code).
    """
    if not version.by_instalments:
        return
    if version.less:
        message = (
            'less and billing = "instalments" exclude each other, the cost is known at the end of the year only: '
            "take less out, and name the pool in each of those rates, so that their charges count in its true-up"
        )
        yield f"{key}.less", message, "bad-billing"
    if version.quantity is not None and any(part.meter for part in version.quantity.parts):
        message = (
            f'method {version.method} over a meter does not go with billing = "instalments": '
            "share by keys, or over a driver, a subscription or a constant"
        )
        yield f"{key}.quantity", message, "bad-billing"
    for number, each in enumerate(version.keys):
        if version.calls == "advance" and each.kind == "charges":
            message = (
                'a key over charges does not go with calls = "advance", the charges of a month are known at its end: '
                "take calls out, or share by another key"
            )
            yield f"{key}.keys.{number}", message, "bad-billing"
        compared = (each.quantity.greatest if each.quantity else None) or ()
        if any(part.meter for part in compared):
            message = (
                "a key that is the greatest of a meter and another quantity does not go with "
                'billing = "instalments", the two are not of the same days: make a key of each, with a weight'
            )
            yield f"{key}.keys.{number}", message, "bad-billing"
