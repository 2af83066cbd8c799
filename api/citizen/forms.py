"""Forms as a browser posts them: read up to a limit, each field once, only characters that can be stored."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import Request

from api.identity import is_same_origin
from api.problems import Problem
from ops.settings import Settings

MAX_FORM = 64 * 1024
"""Longest form in bytes: three thousand Chinese characters take about 27 kB as browsers write them."""

MAX_FIELDS = 20


async def posted(request: Request, settings: Settings) -> Mapping[str, str]:
    """The fields that were filled in, without the blanks around them.

    Problem 403 for a page of somebody else's, 413 and 422 for what is no form of ours.
    """
    if not is_same_origin(request, settings.api_url):
        raise Problem(403, "csrf", "请求不是从本页面发出的。请刷新页面后再试。")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_FORM:
            raise Problem(413, "body_too_large", "填写的内容过长。请删减后重新提交。")
    try:
        pairs = parse_qsl(bytes(body).decode(), max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        raise Problem(422, "malformed", "提交的内容无法识别。请重新填写。") from None
    fields = {name: value.replace("\r\n", "\n").strip() for name, value in pairs}
    if any("\x00" in value for value in fields.values()):
        raise Problem(422, "malformed", "含有不能保存的字符。请重新填写。")
    return {name: value for name, value in fields.items() if value}
