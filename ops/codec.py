"""The payload codec: what goes to Temporal is compressed, then encrypted.

Layout of an encoded payload's data: one byte that names the format, one byte that holds the length of the key
id, the key id, then nonce, ciphertext and tag. The format is authenticated with the rest, and a changed key
id opens nothing. The key id is inside the data and not in the metadata, where it would cost an entry of its
own in every payload.
"""

import zlib
from collections.abc import Sequence

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from ops.codec_dictionary import DICTIONARY
from ops.keyring import KeyRing, KeyRingError, Purpose, Sealed

ENCODING = b"binary/encrypted"

_STORED = 0
_DEFLATED = 1
_WINDOW = -15  # raw deflate: no zlib header and no checksum, the cipher's tag covers both


class EncryptingCodec(PayloadCodec):
    """Encrypts every payload with the active key of the ring and decrypts with the key a payload names."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Compresses and encrypts; a payload that this codec made already is left as it is."""
        return [self.seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypts; payloads of other encodings pass.

        Raises KeyRingError for an unknown key or an altered payload.
        """
        return [self.open(payload) for payload in payloads]

    def seal(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") == ENCODING:
            return payload
        form, body = _compress(payload.SerializeToString())
        sealed = self._ring.seal(Purpose.PAYLOAD, body, bytes((form,)))
        key_id = sealed.key_id.encode()
        data = bytes((form, len(key_id))) + key_id + sealed.ciphertext
        return Payload(metadata={"encoding": ENCODING}, data=data)

    def open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        form, sealed = _parts(payload.data)
        body = self._ring.open(Purpose.PAYLOAD, sealed, bytes((form,)))
        return Payload.FromString(_decompress(form, body))


def _parts(data: bytes) -> tuple[int, Sealed]:
    if len(data) < 2 or len(data) < 2 + data[1]:
        raise KeyRingError("an encrypted payload is cut short")
    end = 2 + data[1]
    return data[0], Sealed(data[2:end].decode("ascii", "replace"), data[end:])


def _compress(body: bytes) -> tuple[int, bytes]:
    compressor = zlib.compressobj(9, zlib.DEFLATED, _WINDOW, zdict=DICTIONARY)
    small = compressor.compress(body) + compressor.flush()
    return (_DEFLATED, small) if len(small) < len(body) else (_STORED, body)


def _decompress(form: int, body: bytes) -> bytes:
    if form == _STORED:
        return body
    if form == _DEFLATED:
        return zlib.decompressobj(_WINDOW, zdict=DICTIONARY).decompress(body)
    raise KeyRingError(f"payload format {form} is not known here: a newer version wrote it")
