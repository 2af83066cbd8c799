"""Encrypted columns: each value is bound to its table, row and column, so that it opens nowhere else."""

from uuid import UUID

from ops.keyring import KeyRing, Purpose, Sealed


class RowSeal:
    """Encrypts the columns of one row under one key, whose id the row keeps."""

    def __init__(self, ring: KeyRing, table: str, row_id: UUID | str, key_id: str | None = None) -> None:
        """`key_id` is that of a row which is there; a new one gets the active key."""
        self._ring, self._table, self._row_id = ring, table, row_id
        self.key_id = key_id or ring.active

    def close(self, column: str, text: str | None) -> bytes | None:
        """The ciphertext of a value, None for None. Raises ValueError for what is no Unicode text."""
        return None if text is None else self.close_text(column, text)

    def close_text(self, column: str, text: str) -> bytes:
        """The ciphertext of a value that is there."""
        return self.close_bytes(column, text.encode())

    def close_bytes(self, column: str, value: bytes) -> bytes:
        """The ciphertext of a value that is no text."""
        place = _place(self._table, self._row_id, column)
        return self._ring.seal(Purpose.COLUMN, value, place, key_id=self.key_id).ciphertext


def open_column(
    ring: KeyRing, table: str, row_id: UUID | str, column: str, key_id: str, ciphertext: bytes
) -> str:
    """The text of a column. Raises KeyRingError for a value that was altered or belongs elsewhere."""
    return open_column_bytes(ring, table, row_id, column, key_id, ciphertext).decode()


def open_column_bytes(
    ring: KeyRing, table: str, row_id: UUID | str, column: str, key_id: str, ciphertext: bytes
) -> bytes:
    """The value of a column that is no text. Raises KeyRingError likewise."""
    return ring.open(Purpose.COLUMN, Sealed(key_id, ciphertext), _place(table, row_id, column))


def _place(table: str, row_id: UUID | str, column: str) -> bytes:
    return f"{table}:{row_id}:{column}".encode()
