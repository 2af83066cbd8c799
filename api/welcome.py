"""The page behind a one-time link: it asks for a password and works without any script."""

from html import escape
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from api import cookies
from api.asking import Assembled
from api.identity import is_same_origin, source_of
from api.problems import Problem
from api.services import coming_in

router = APIRouter(prefix="/welcome", include_in_schema=False)

_MAX_FORM = 2048
_HEADERS = {"referrer-policy": "same-origin"}
"""With no referrer at all browsers hide, from us too, where a form comes from."""
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>接诉</title>
<style>body{{font:15px/1.8 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:0;
padding:16px;min-height:100vh;box-sizing:border-box;display:grid;place-items:center;color:#1b2430;
background:linear-gradient(160deg,#10243f 0%,#1b4a86 60%,#e8eef7 60.2%)}}
main{{width:min(400px,100%);box-sizing:border-box;padding:34px;border-radius:12px;background:#fff}}
h1{{color:#0b57c4;font-size:30px;letter-spacing:6px;margin:0 0 12px}}
label,input,button{{display:block;width:100%;box-sizing:border-box;font:inherit}}
input,button{{padding:.5em .8em;margin-bottom:1em;border:1px solid #8a94a3;border-radius:6px}}
button{{background:#0b57c4;border-color:#0b57c4;color:#fff;margin-bottom:0}}
a{{color:#0b57c4}}p.fault{{color:#c01722}}</style></head>
<body><main><h1>接诉</h1>{body}</main></body></html>"""
_FORM = """{told}<form method="post" autocomplete="off">
<label for="password">请设置密码（至少10个字符，含大写、小写、数字、符号中的三种）</label>
<input id="password" name="password" type="password" required minlength="10" maxlength="128"
 autocomplete="new-password">
<label for="again">再输一遍</label>
<input id="again" name="again" type="password" required minlength="10" maxlength="128"
 autocomplete="new-password">
<button>设置密码并登录</button></form>"""
_DONE = '<p>密码已设置，你已登录。</p><p><a href="/console/">进入工作台</a></p>'

Link = Annotated[str, Path(max_length=100)]


@router.get("/{link}")
async def ask(link: Link) -> HTMLResponse:
    """The form. It is the same for every link, so that asking tells nothing."""
    return _page("")


@router.post("/{link}")
async def take(link: Link, request: Request, parts: Assembled) -> Response:
    """Sets the password and logs in."""
    if not is_same_origin(request, parts.settings.api_url):
        return _page("请求不是从本系统的页面发出的。", 403)
    form = await _form(request)
    password, again = form.get("password", ""), form.get("again", "")
    if password != again:
        return _page("两次输入的密码不一样。", 422)
    try:
        came = await coming_in.with_link(parts, link, password, source_of(request))
    except Problem as problem:
        return _page(problem.detail, problem.status)
    answer = HTMLResponse(_PAGE.format(body=_DONE))
    cookies.hand_out(answer, parts.settings, came.secret, came.lasts)
    return answer


async def _form(request: Request) -> dict[str, str]:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MAX_FORM:
            return {}
    fields = parse_qs(bytes(body).decode("utf-8", "replace"), max_num_fields=10)
    return {name: values[0] for name, values in fields.items()}


def _page(told: str, status: int = 200) -> HTMLResponse:
    fault = f'<p class="fault" role="alert">{escape(told)}</p>' if told else ""
    return HTMLResponse(_PAGE.format(body=_FORM.format(told=fault)), status, _HEADERS)
