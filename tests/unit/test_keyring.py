"""The key ring: rotation, binding, and a file that only its owner may read."""

from pathlib import Path

import pytest

from ops.keyring import (
    Algorithm,
    KeyFile,
    KeyRing,
    KeyRingError,
    Keys,
    Purpose,
    Sealed,
    ring_from_file,
    ring_from_text,
)

TEXT = "水管爆裂 𠮷䶮 🚰".encode()


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_what_was_sealed_opens(algorithm: Algorithm) -> None:
    ring = ring_from_text(Keys.generate(algorithm).to_json())
    sealed = ring.seal(Purpose.COLUMN, TEXT, b"ticket_text:1")
    assert ring.open(Purpose.COLUMN, sealed, b"ticket_text:1") == TEXT
    assert TEXT not in sealed.ciphertext


@pytest.mark.parametrize("algorithm", list(Algorithm))
@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_altered_byte_is_found(algorithm: Algorithm, purpose: Purpose) -> None:
    ring = ring_from_text(Keys.generate(algorithm).to_json())
    sealed = ring.seal(purpose, b"abc")
    for place in range(len(sealed.ciphertext)):
        altered = bytearray(sealed.ciphertext)
        altered[place] ^= 1
        with pytest.raises(KeyRingError):
            ring.open(purpose, Sealed(sealed.key_id, bytes(altered)))


def test_a_value_opens_only_where_it_belongs() -> None:
    ring = ring_from_text(Keys.generate().to_json())
    sealed = ring.seal(Purpose.COLUMN, TEXT, b"caller:1:name")
    for purpose, place in ((Purpose.COLUMN, b"caller:2:name"), (Purpose.PAYLOAD, b"caller:1:name")):
        with pytest.raises(KeyRingError, match="altered or moved"):
            ring.open(purpose, sealed, place)


@pytest.mark.parametrize("short", [b"", b"k", b"0123456789ab"])
def test_a_value_cut_short_is_an_error_of_the_ring(short: bytes) -> None:
    for algorithm in Algorithm:
        ring = ring_from_text(Keys.generate(algorithm).to_json())
        with pytest.raises(KeyRingError):
            ring.open(Purpose.COLUMN, Sealed("k1", short))


def test_a_rotation_reaches_a_ring_in_use_and_old_values_still_open(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring = ring_from_file(path)
    old = ring.seal(Purpose.COLUMN, TEXT)
    digest, index = ring.digest("id", "text"), ring.blind_index("13800000000")
    KeyFile(path).replace(KeyFile(path)().rotated(Algorithm.SM4_GCM))
    new = ring.seal(Purpose.COLUMN, TEXT)
    assert (old.key_id, new.key_id) == ("k1", "k2")
    assert ring.open(Purpose.COLUMN, old) == ring.open(Purpose.COLUMN, new) == TEXT
    assert (digest, index) == (ring.digest("id", "text"), ring.blind_index("13800000000"))


def test_a_second_start_finds_the_same_ring(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "keys.json"
    sealed = ring_from_file(path).seal(Purpose.COLUMN, TEXT)
    assert ring_from_file(path).open(Purpose.COLUMN, sealed) == TEXT
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


def test_a_first_ring_never_replaces_one_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring_from_file(path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        KeyFile(path).create(Keys.generate())
    assert path.read_bytes() == before


def test_a_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring_from_file(path)
    path.chmod(0o640)
    with pytest.raises(KeyRingError, match="open to others"):
        ring_from_file(path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"active": "k1", "keys": {"k1": {"secret": "geheim!"}}}'])
def test_a_malformed_ring_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(KeyRingError, match="malformed") as refused:
        ring_from_text(text)
    assert "geheim" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_unknown_key_is_named() -> None:
    first, second = (ring_from_text(Keys.generate().to_json()) for _ in range(2))
    sealed = first.seal(Purpose.COLUMN, TEXT)
    with pytest.raises(KeyRingError, match="no key k9"):
        second.open(Purpose.COLUMN, Sealed("k9", sealed.ciphertext))


def test_equal_texts_do_not_look_equal_but_equal_phones_do() -> None:
    ring: KeyRing = ring_from_text(Keys.generate().to_json())
    assert ring.digest("1", "同意") != ring.digest("2", "同意")
    assert ring.blind_index("+8613800000000") == ring.blind_index("+8613800000000")


def test_no_secret_shows_when_a_ring_is_printed() -> None:
    keys = Keys.generate()
    shown = repr(keys) + repr(keys.keys["k1"])
    assert repr(keys.digest_secret) not in shown
    assert repr(keys.keys["k1"].secret) not in shown
