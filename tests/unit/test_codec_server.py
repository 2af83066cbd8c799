"""The codec server as the Temporal UI calls it."""

import base64
from typing import Any

import httpx2
import pytest
from fastapi import HTTPException, Request
from temporalio.contrib.pydantic import pydantic_data_converter

from ops.codec import EncryptingCodec
from ops.codec_server import MAX_BODY, Authorize, codec_server, everybody
from ops.keyring import Keys, ring_from_text

CODEC = EncryptingCodec(ring_from_text(Keys.generate().to_json()))
UI = "http://127.0.0.1:8233"


def client(authorize: Authorize = everybody) -> httpx2.AsyncClient:
    app = codec_server(CODEC, origins=[UI], authorize=authorize)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://codec")


def as_json(value: Any) -> dict[str, Any]:
    [payload] = pydantic_data_converter.payload_converter.to_payloads([value])
    return {
        "metadata": {key: base64.b64encode(entry).decode() for key, entry in payload.metadata.items()},
        "data": base64.b64encode(payload.data).decode(),
    }


async def test_encode_and_decode_are_inverse_and_hide_the_text() -> None:
    plain = {"payloads": [as_json({"do": "sign", "unit": "水务局"}), as_json(1)]}
    async with client() as http:
        encoded = await http.post("/encode", json=plain, headers={"x-namespace": "jiesu"})
        decoded = await http.post("/decode", content=encoded.content)
    assert "sign" not in base64.b64decode(encoded.json()["payloads"][0]["data"]).decode("latin1")
    assert decoded.json() == plain


async def test_the_page_of_the_temporal_ui_may_call_it_and_no_other() -> None:
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-namespace",
    }
    async with client() as http:
        ours = await http.options("/decode", headers={"origin": UI, **asked})
        other = await http.options("/decode", headers={"origin": "http://elsewhere.example", **asked})
    assert ours.headers["access-control-allow-origin"] == UI
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("body", [b"", b"\xff", b'{"payloads": 1}', b'{"payloads": [{"word": 1}]}'])
async def test_a_body_that_is_no_list_of_payloads_is_refused(body: bytes) -> None:
    async with client() as http:
        assert (await http.post("/decode", content=body)).status_code == 400


async def test_an_altered_payload_is_refused_without_detail() -> None:
    sealed = CODEC.seal(pydantic_data_converter.payload_converter.to_payloads(["geheim"])[0])
    altered = {
        "metadata": {"encoding": base64.b64encode(sealed.metadata["encoding"]).decode()},
        "data": base64.b64encode(sealed.data[:-1] + bytes([sealed.data[-1] ^ 1])).decode(),
    }
    async with client() as http:
        answer = await http.post("/decode", json={"payloads": [altered]})
    assert answer.status_code == 400
    assert "altered" in answer.json()["detail"]


async def test_a_body_without_end_is_cut_off() -> None:
    async with client() as http:
        assert (await http.post("/decode", content=b" " * (MAX_BODY + 1))).status_code == 413


async def test_who_may_not_read_gets_nothing() -> None:
    async def nobody(_request: Request) -> None:
        raise HTTPException(403)

    async with client(nobody) as http:
        assert (await http.post("/decode", json={"payloads": []})).status_code == 403
