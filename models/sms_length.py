"""How many SMS a text takes on the air, as operators count them for Chinese."""

ONE = 70
"""Characters of a message that goes out whole."""

PART = 67
"""Characters of each part of a longer one; three go for putting it together again."""


def parts(body: str) -> int:
    """The number of SMS, signature included. Rare characters and emoji (𠮷) count as two."""
    length = len(body.encode("utf-16-be")) // 2
    return 1 if length <= ONE else -(-length // PART)
