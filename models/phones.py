"""Telephone numbers: one form to compare them in, one to show them in."""

import phonenumbers

_HOME = "CN"


def normal_phone(written: str) -> str | None:
    """The number in international form (`+8613…`), or None for what can be no number."""
    try:
        number = phonenumbers.parse(written, _HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def masked_phone(number: str) -> str:
    """The number with its middle hidden: `138****0001`.

    Short ones are hidden but for their last two digits.
    """
    local = number.removeprefix("+86")
    return f"{local[:3]}****{local[-4:]}" if len(local) >= 11 else f"****{local[-2:]}"
