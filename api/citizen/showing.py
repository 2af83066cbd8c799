"""Pages as HTML: every word that comes from outside is escaped, nothing is kept by browsers or proxies."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.problems import RETRY_AFTER, Problem
from ops.database import is_away

_HERE: Final = Path(__file__).parent
_PAGES: Final = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
STYLE: Final = _HERE / "style.css"

HEADERS: Final = {
    "cache-control": "no-store",
    # With no referrer at all browsers hide, from us too, where a form comes from.
    "referrer-policy": "same-origin",
    "x-robots-tag": "noindex",
}


def page(name: str, status: int = 200, **told: Any) -> HTMLResponse:
    """A page from its template."""
    words = _PAGES.get_template(f"{name}.html").render({"fault": None, **told})
    return HTMLResponse(words, status, HEADERS)


class Page(APIRoute):
    """A route of these pages: what goes wrong is said on a page too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with problems turned into pages."""
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as problem:
                return refusal(problem)
            except RequestValidationError:
                return refusal(Problem(404, "not_found", "没有这个页面。"))
            except (DBAPIError, PoolTimeout) as error:
                if isinstance(error, DBAPIError) and not is_away(error):
                    raise
                wait = {"Retry-After": str(RETRY_AFTER)}
                return refusal(Problem(503, "unavailable", "系统暂不可用。请稍后再试。", headers=wait))

        return shown


def refusal(problem: Problem) -> HTMLResponse:
    """A page that says no more than what is wrong."""
    answer = page("wrong", problem.status, fault=problem.detail)
    answer.headers.update(problem.headers)
    return answer
