"""People of a running installation who log in as people do: by a one-time link, then by their password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.running import Jiesu
from tests.waiting import until

PASSWORD = "Correct-horse-7"


@dataclass
class Somebody:
    """Somebody at their browser."""

    code: str
    http: httpx2.Client

    def ask(self, method: str, path: str, **said: Any) -> httpx2.Response:
        """A request below /api/v1 as a page makes it."""
        headers = {"X-Jiesu-CSRF": self.http.cookies.get("jiesu_csrf") or "", **said.pop("headers", {})}
        return self.http.request(method, f"/api/v1{path}", headers=headers, **said)

    def must(self, method: str, path: str, **said: Any) -> Any:
        """What a request that is granted answers."""
        answer = self.ask(method, path, **said)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def done(self, no: str, do: str, **body: Any) -> None:
        """Gives a command; waits where the machine is too busy to answer at once."""
        headers = {"Idempotency-Key": f"{self.code}-{no}-{do}-{len(str(body))}"}
        answers: list[httpx2.Response] = []

        def is_answered() -> bool:
            answers.append(self.ask("POST", f"/tickets/{no}/{do}", json=body, headers=headers))
            return answers[-1].status_code not in (202, 503)

        until(is_answered, f"an answer to {do}")
        told = answers[-1]
        assert told.status_code == 200, f"{do}: {told.status_code} {told.text}"


@contextmanager
def somebody(jiesu: Jiesu, code: str) -> Iterator[Somebody]:
    """A person of the directory with a fresh account, logged in."""
    opened = jiesu.run("account", code, "--person", code)
    assert opened.returncode == 0, opened.stderr
    with httpx2.Client(base_url=jiesu.url, timeout=60) as http:
        set_ = http.post(opened.stdout.strip(), data={"password": PASSWORD, "again": PASSWORD})
        assert set_.status_code == 200, set_.text
        yield Somebody(code, http)
