"""The payload codec: round trip, rotation, tampering, and how little it adds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter

from ops.codec import ENCODING, EncryptingCodec
from ops.keyring import Algorithm, KeyRing, KeyRingError, Keys, ring_from_text

KEYS = Keys.generate()


def ring(keys: Keys = KEYS) -> KeyRing:
    return ring_from_text(keys.to_json())


def payload(value: Any) -> Payload:
    return pydantic_data_converter.payload_converter.to_payloads([value])[0]


@given(data=st.binary(max_size=2000), key=st.text(max_size=20))
def test_any_payload_comes_back_as_it_was(data: bytes, key: str) -> None:
    codec = EncryptingCodec(ring())
    before = Payload(metadata={"encoding": b"binary/plain", "note": key.encode()}, data=data)
    assert codec.open(codec.seal(before)) == before


async def test_payloads_go_through_together_and_in_order() -> None:
    codec = EncryptingCodec(ring(Keys.generate(Algorithm.SM4_GCM)))
    before = [payload({"n": n, "unit": "水务局"}) for n in range(3)]
    encoded = await codec.encode(before)
    assert all(p.metadata["encoding"] == ENCODING for p in encoded)
    assert await codec.decode(encoded) == before


async def test_nothing_readable_is_left() -> None:
    [encoded] = await EncryptingCodec(ring()).encode([payload({"unit": "城关镇", "marker": "PLANTED"})])
    assert b"PLANTED" not in encoded.SerializeToString()
    assert "城关镇".encode() not in encoded.SerializeToString()


async def test_encoding_twice_changes_nothing_more() -> None:
    codec = EncryptingCodec(ring())
    once = await codec.encode([payload("x")])
    assert await codec.encode(once) == once


async def test_what_another_made_passes_unchanged() -> None:
    plain = [payload("from the command line")]
    assert await EncryptingCodec(ring()).decode(plain) == plain


def test_payloads_of_before_a_rotation_still_open() -> None:
    before = payload({"do": "sign"})
    old = EncryptingCodec(ring()).seal(before)
    rotated = EncryptingCodec(ring(KEYS.rotated()))
    new = rotated.seal(before)
    assert (old.data[2:4], new.data[2:4]) == (b"k1", b"k2")
    assert rotated.open(old) == rotated.open(new) == before


def test_every_altered_byte_is_found() -> None:
    codec = EncryptingCodec(ring())
    sealed = codec.seal(payload({"unit": "水务局"}))
    for place in range(len(sealed.data)):
        altered = bytearray(sealed.data)
        altered[place] ^= 1
        with pytest.raises(KeyRingError):
            codec.open(Payload(metadata=sealed.metadata, data=bytes(altered)))


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x01\x09k1"])
def test_a_payload_cut_short_is_an_error_of_the_ring(data: bytes) -> None:
    with pytest.raises(KeyRingError, match="cut short"):
        EncryptingCodec(ring()).open(Payload(metadata={"encoding": ENCODING}, data=data))


def test_a_small_payload_of_casework_does_not_grow() -> None:
    facts = [
        {"at": "2026-05-06T09:00:00+08:00", "fact": "done", "do": "sign", "role": "unit", "unit": "水务局"},
        {
            "at": "2026-05-06T09:00:00+08:00",
            "fact": "clock_met",
            "clock": "sign",
            "unit": "水务局",
            "due": "2026-05-06T10:10:00+08:00",
        },
        {"at": "2026-05-06T09:00:00+08:00", "fact": "unit_moved", "unit": "水务局", "to": "signed"},
    ]
    sealed = EncryptingCodec(ring()).seal(payload(facts))
    assert len(sealed.SerializeToString()) < 0.6 * len(json.dumps(facts, ensure_ascii=False).encode())
