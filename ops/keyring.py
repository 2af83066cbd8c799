"""The key ring: every secret of the installation, in one file that only its owner may read.

A ring holds numbered keys. The active one encrypts; all of them decrypt, so that a rotation needs no
downtime. Two more secrets never rotate, because what they made must stay comparable: the one behind text
digests in the facts, and the one behind the blind index of phone numbers.
"""

import base64
import contextlib
import json
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from hmac import new as hmac
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
_TAG = 16
_SECRET = 32


class Algorithm(StrEnum):
    """The authenticated ciphers on offer.

    SM4 is the one that Chinese commercial cryptography rules ask for.
    """

    AES_256_GCM = "aes-gcm"
    SM4_GCM = "sm4-gcm"


class Purpose(StrEnum):
    """What a derived key is for. A ciphertext made for one purpose cannot be opened for another."""

    PAYLOAD = "temporal payload"
    COOKIE = "cookie"
    FILE = "file"
    COLUMN = "database column"


class KeyRingError(Exception):
    """The ring cannot be read, or a ciphertext does not belong to it.

    The message holds no secret and no text.
    """


@dataclass(frozen=True)
class Sealed:
    """A ciphertext (nonce, text, tag) and the id of the key that opens it."""

    key_id: str
    ciphertext: bytes


@dataclass(frozen=True)
class Key:
    """One key of the ring; what encrypts is derived from `secret` for each purpose."""

    id: str
    algorithm: Algorithm
    secret: bytes = field(repr=False)
    created_at: datetime

    @classmethod
    def generate(cls, key_id: str, algorithm: Algorithm) -> "Key":
        return cls(key_id, algorithm, secrets.token_bytes(_SECRET), datetime.now(UTC))

    @cached_property
    def _derived(self) -> dict[Purpose, bytes]:
        return {purpose: self._derive(purpose) for purpose in Purpose}

    def _derive(self, purpose: Purpose) -> bytes:
        length = 32 if self.algorithm is Algorithm.AES_256_GCM else 16
        info = f"jiesu {purpose} {self.algorithm}".encode()
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self.secret)

    def encrypt(self, purpose: Purpose, plaintext: bytes, bound_to: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        if self.algorithm is Algorithm.AES_256_GCM:
            return nonce + AESGCM(self._derived[purpose]).encrypt(nonce, plaintext, bound_to)
        encryptor = Cipher(algorithms.SM4(self._derived[purpose]), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound_to)
        return nonce + encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag

    def decrypt(self, purpose: Purpose, ciphertext: bytes, bound_to: bytes) -> bytes:
        nonce, body = ciphertext[:_NONCE], ciphertext[_NONCE:]
        if self.algorithm is Algorithm.AES_256_GCM:
            return AESGCM(self._derived[purpose]).decrypt(nonce, body, bound_to)
        text, tag = body[:-_TAG], body[-_TAG:]
        decryptor = Cipher(algorithms.SM4(self._derived[purpose]), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(bound_to)
        return decryptor.update(text) + decryptor.finalize()


@dataclass(frozen=True)
class Keys:
    """What a key file says."""

    active: str
    keys: dict[str, Key]
    digest_secret: bytes = field(repr=False)
    index_secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, algorithm: Algorithm = Algorithm.AES_256_GCM) -> "Keys":
        first = Key.generate("k1", algorithm)
        return cls(first.id, {first.id: first}, secrets.token_bytes(_SECRET), secrets.token_bytes(_SECRET))

    def rotated(self, algorithm: Algorithm | None = None) -> "Keys":
        """The same ring with a new active key, of the given algorithm or of the one in use."""
        number = 1 + max(int(key_id.removeprefix("k")) for key_id in self.keys)
        fresh = Key.generate(f"k{number}", algorithm or self.keys[self.active].algorithm)
        return replace(self, active=fresh.id, keys={**self.keys, fresh.id: fresh})

    def to_json(self) -> str:
        entries = {
            key.id: {
                "algorithm": str(key.algorithm),
                "secret": _b64(key.secret),
                "created_at": key.created_at.isoformat(),
            }
            for key in self.keys.values()
        }
        document = {
            "active": self.active,
            "keys": entries,
            "digest_secret": _b64(self.digest_secret),
            "index_secret": _b64(self.index_secret),
        }
        return json.dumps(document, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Keys":
        try:
            document = json.loads(text)
            keys = {
                key_id: Key(
                    key_id,
                    Algorithm(entry["algorithm"]),
                    base64.b64decode(entry["secret"], validate=True),
                    datetime.fromisoformat(entry["created_at"]),
                )
                for key_id, entry in document["keys"].items()
            }
            ring = cls(
                document["active"],
                keys,
                base64.b64decode(document["digest_secret"], validate=True),
                base64.b64decode(document["index_secret"], validate=True),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # The cause may quote the secret it stumbled over, so it is not chained.
            raise KeyRingError(f"the key ring is malformed ({type(error).__name__})") from None
        if ring.active not in ring.keys:
            raise KeyRingError(f"the active key {ring.active} is not in the ring")
        return ring


class KeyRing:
    """Encrypts, decrypts and digests with the keys of a source, and follows the source when it changes."""

    def __init__(self, source: Callable[[], Keys]) -> None:
        self._source = source

    @property
    def active(self) -> str:
        """The id of the key that encrypts now."""
        return self._source().active

    def seal(
        self, purpose: Purpose, plaintext: bytes, bound_to: bytes = b"", *, key_id: str | None = None
    ) -> Sealed:
        """Encrypts with the active key, or with the one named.

        `bound_to` must be given again to open it: it ties a value to its place.
        """
        keys = self._source()
        key = keys.keys[key_id or keys.active]
        return Sealed(key.id, key.encrypt(purpose, plaintext, bound_to))

    def open(self, purpose: Purpose, sealed: Sealed, bound_to: bytes = b"") -> bytes:
        """Decrypts with the key named.

        Raises KeyRingError for an unknown key or an altered or misplaced value.
        """
        key = self._source().keys.get(sealed.key_id)
        if key is None:
            raise KeyRingError(f"no key {sealed.key_id} in the ring")
        try:
            return key.decrypt(purpose, sealed.ciphertext, bound_to)
        except (InvalidTag, ValueError):
            raise KeyRingError(f"a value sealed with key {sealed.key_id} was altered or moved") from None

    def digest(self, bound_to: str, text: str) -> str:
        """A keyed digest of a text, 64 hex digits; tied to an id so that equal texts do not look equal."""
        message = f"{bound_to}\0{text}".encode()
        return hmac(self._source().digest_secret, message, sha256).hexdigest()

    def blind_index(self, value: str) -> bytes:
        """32 bytes that are equal for equal values: finds "the same phone" without a readable number."""
        return hmac(self._source().index_secret, value.encode(), sha256).digest()


class KeyFile:
    """A key source that follows a file, so that a rotation reaches processes that are running."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None
        self._keys: Keys | None = None

    def __call__(self) -> Keys:
        try:
            found = self.path.stat()
        except OSError as error:
            raise KeyRingError(f"the key file {self.path} cannot be read: {error.strerror}") from None
        version = (found.st_mtime_ns, found.st_ino)
        if self._keys is None or version != self._seen:
            if stat.S_IMODE(found.st_mode) & 0o077:
                raise KeyRingError(f"the key file {self.path} is open to others: chmod 600 it")
            self._keys, self._seen = Keys.from_json(self.path.read_text(encoding="utf-8")), version
        return self._keys

    def create(self, keys: Keys) -> None:
        """Writes a first ring, whole or not at all; raises FileExistsError where there is one already."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._write_beside(keys)
        try:
            os.link(fresh, self.path)
        finally:
            fresh.unlink()

    def replace(self, keys: Keys) -> None:
        """Puts a changed ring in place of the present one, in one step: readers see the old or the new."""
        self._write_beside(keys).replace(self.path)

    def _write_beside(self, keys: Keys) -> Path:
        fresh = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(keys.to_json())
            file.flush()
            os.fsync(descriptor)
        return fresh


def ring_from_file(path: Path, algorithm: Algorithm = Algorithm.AES_256_GCM) -> KeyRing:
    """The ring in that file, which is made with one fresh key of `algorithm` if there is none."""
    file = KeyFile(path)
    if not path.exists():
        # Two processes may start together: the slower one takes the ring of the faster.
        with contextlib.suppress(FileExistsError):
            file.create(Keys.generate(algorithm))
    file()
    return KeyRing(file)


def ring_from_text(text: str) -> KeyRing:
    """The ring given as JSON, by an environment variable of a container."""
    keys = Keys.from_json(text)
    return KeyRing(lambda: keys)


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
