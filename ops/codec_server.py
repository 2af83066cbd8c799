"""The codec server: lets the Temporal UI and CLI show payloads to whoever may read them.

It is a small application of its own, to be mounted where the API has its other parts:

    app.mount("/codec", codec_server(codec, origins=[ui_address], authorize=who_may_read))

The Temporal server is then started with that address as its codec endpoint. It decrypts for everybody who
passes `authorize`, so anywhere but on a loopback address that must be a real check.
"""

from collections.abc import Awaitable, Callable, Sequence

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from temporalio.api.common.v1 import Payload, Payloads

from ops.codec import EncryptingCodec
from ops.keyring import KeyRingError

Authorize = Callable[[Request], Awaitable[None]]
"""Raises an HTTPException for who may not read payloads."""

MAX_BODY = 8 * 1024 * 1024
"""Longest request in bytes; Temporal's own limit for one message is half of it."""


async def everybody(_request: Request) -> None:
    """Lets everyone pass: only for a server that no one but its operator can reach."""


def codec_server(
    codec: EncryptingCodec, *, origins: Sequence[str], authorize: Authorize = everybody
) -> FastAPI:
    """The application with POST /encode and /decode as Temporal's tools call them.

    `origins` are the addresses of the web pages that may call it. 400 for what is no list of payloads or does
    not open with our keys, 413 for a body over MAX_BODY.
    """
    app = FastAPI(title="Jiesu payload codec", openapi_url=None, dependencies=[Depends(authorize)])
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["POST"],
        allow_headers=["content-type", "x-namespace", "authorization"],
        allow_credentials=True,
    )

    @app.post("/encode")
    async def encode(request: Request) -> Response:
        return await _answer(request, codec.encode)

    @app.post("/decode")
    async def decode(request: Request) -> Response:
        return await _answer(request, codec.decode)

    return app


async def _answer(
    request: Request, work: Callable[[Sequence[Payload]], Awaitable[list[Payload]]]
) -> Response:
    try:
        asked = Parse(await _body(request), Payloads())
        done = Payloads(payloads=await work(asked.payloads))
    except (ParseError, UnicodeDecodeError):
        raise HTTPException(400, "the body is no list of payloads") from None
    except KeyRingError as error:
        raise HTTPException(400, str(error)) from None
    return Response(MessageToJson(done), media_type="application/json")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise HTTPException(413, f"the body is longer than {MAX_BODY} bytes")
    return bytes(body)
