"""Nothing that people are or wrote lies readable at Postgres, at Temporal, in a log or in a trace."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from tests.e2e.people import Somebody, somebody
from tests.running import Jiesu

MARKERS = {
    "name": "郗璩甪",
    "phone": "13912345678",
    "address": "瑷珲巷七弄",
    "title": "窨井盖翘起",
    "text": "鼋头渚路面塌陷",
    "supplement": "鳜鱼池边也塌了",
    "progress": "砼浇筑已安排",
    "reply": "罅隙已经灌浆",
    "reveal_reason": "约定踏勘辰光",
    "export_reason": "菁华汇编材料",
    "file_name": "塌陷实景照",
    "file": "JPEGWITHHIDDENWORDS",
    "password": "Zugzwang-pass-1",
    "login": "zugzwang-login",
    "in_a_wrong_field": "霁月难逢",
    "in_an_address": "zugzwang-address",
    "state_secret": "蟠龙岭靶场坐标",
    "sql": "Robert'); DROP TABLE ticket;--",
}
PLAIN = "水泉示范村"
"""Stands in a field that is stored readable, so that the scan is known to find what is there."""

TRACED = {
    "api": ("POST /api/v1/tickets/{no}/attachments", "StartWorkflowUpdate:dispatch"),
    "worker": ("RunActivity:notify", "HandleUpdate:reply"),
}
"""Spans that are there, so that the traces are known to have been scanned."""

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00%s\xff\xd9"


@pytest.fixture(scope="module")
def lived_in(jiesu: Jiesu) -> Iterator[str]:
    """The number of a ticket that lived with markers in everything that people say."""
    with ExitStack() as stack:
        agent, office, unit = (
            stack.enter_context(somebody(jiesu, code))
            for code in ("hotline-agent-1", "hotline-office", "shuiwu-a")
        )
        yield live(jiesu, agent, office, unit)


def live(jiesu: Jiesu, agent: Somebody, office: Somebody, unit: Somebody) -> str:
    caller = {name: MARKERS[name] for name in ("name", "phone", "address")}
    demand = {
        "type": "complaint",
        "source": "city_platform",
        "area": PLAIN,
        "callers": [caller],
        "title": MARKERS["title"],
        "text": MARKERS["text"] + MARKERS["sql"],
    }
    no: str = agent.must("POST", "/tickets", json=demand)["no"]
    content = JPEG % MARKERS["file"].encode()
    name = quote(f"{MARKERS['file_name']}.jpg")
    agent.must("POST", f"/tickets/{no}/attachments?name={name}", content=content)
    agent.done(no, "supplement", text=MARKERS["supplement"])
    office.done(no, "dispatch", lead="水务局")
    unit.done(no, "sign", unit="水务局")
    unit.done(no, "progress", unit="水务局", text=MARKERS["progress"])
    person = agent.must("GET", f"/tickets/{no}")["callers"][0]["id"]
    shown = agent.must(
        "POST",
        f"/tickets/{no}/callers/{person}/reveal",
        json={"fields": ["name", "phone"], "purpose": "contact", "reason": MARKERS["reveal_reason"]},
    )
    assert shown["name"] == MARKERS["name"]
    office.must("POST", "/exports", json={"format": "csv", "reason": MARKERS["export_reason"]})
    for path in (f"/tickets/{no}", f"/tickets/{no}/timeline", f"/tickets/{no}/attachments"):
        unit.must("GET", path)
    unit.done(
        no,
        "reply",
        unit="水务局",
        outcome="explained",
        text=MARKERS["reply"],
        contacted_at="2026-01-05T10:00:00+08:00",
    )
    say_it_wrong(jiesu, office, no)
    return no


def say_it_wrong(jiesu: Jiesu, office: Somebody, no: str) -> None:
    """What is refused must not be written down either."""
    with httpx2.Client(base_url=jiesu.url, timeout=60) as stranger:
        said = {"login": MARKERS["login"], "password": MARKERS["password"]}
        assert stranger.post("/api/v1/session", json=said).status_code == 401
        assert stranger.get(f"/api/v1/{MARKERS['in_an_address']}").status_code == 404
        assert stranger.get(f"/welcome/{MARKERS['in_an_address']}").status_code == 200
    wrong = MARKERS["in_a_wrong_field"]
    refused = [
        office.ask("POST", f"/tickets/{no}/dispatch", json={"lead": [wrong]}),
        office.ask("POST", f"/tickets/{no}/dispatch", json={wrong: wrong}),
        office.ask("POST", f"/tickets/{no}/{quote(wrong)}", json={}),
        office.ask("GET", "/tickets", params={"q": MARKERS["sql"], "status": "registered"}),
        office.ask("POST", f"/tickets/{no}/dispatch", content=wrong.encode()),
    ]
    assert all(answer.status_code < 500 for answer in refused)
    secret = f"绝密：{MARKERS['state_secret']}"
    demand = {
        "type": "complaint",
        "source": "phone",
        "callers": [{"phone": MARKERS["phone"]}],
        "text": secret,
    }
    kept_out = [
        office.ask("POST", "/tickets", json=demand),
        office.ask("POST", f"/tickets/{no}/supplement", json={"text": secret}),
        office.ask("POST", f"/tickets/{no}/attachments?name={quote(secret)}.jpg", content=JPEG % b""),
    ]
    assert [answer.status_code for answer in kept_out] == [409, 409, 409]


def written(marker: str) -> Iterator[bytes]:
    """The ways a marker may lie in a file."""
    yield marker.encode()
    yield marker.encode("utf-16-le")
    yield quote(marker).encode()
    yield marker.encode().hex().encode()
    yield ascii(marker)[1:-1].encode()
    for shift in range(3):
        # In Base64 the same words look different in each of three places.
        yield base64.b64encode(b"\x00" * shift + marker.encode())[4 if shift else 0 : -4]


def files_below(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.rglob("*") if path.is_file())


def found_in(folder: Path, markers: dict[str, str]) -> set[tuple[str, str]]:
    """Which marker lies readable in which file."""
    wanted = {name: set(written(marker)) for name, marker in markers.items()}
    found = set()
    for path in files_below(folder):
        content = path.read_bytes()
        for name, forms in wanted.items():
            if any(len(form) >= 6 and form in content for form in forms):
                found.add((name, str(path.relative_to(folder))))
    return found


@pytest.mark.rule("JC-5.1")
def test_no_marker_lies_readable_at_postgres_temporal_or_in_a_log(jiesu: Jiesu, lived_in: str) -> None:
    # An orderly end puts everything on disk that is in memory.
    assert jiesu.stop() == 0
    parts = {path.relative_to(jiesu.folder / "data").parts[0] for path in files_below(jiesu.folder / "data")}
    assert {"postgres", "temporal.db", "logs", "attachments"} <= parts
    for part, spans in TRACED.items():
        traces = (jiesu.folder / "data" / "logs" / f"traces-{part}.jsonl").read_text()
        assert all(span in traces for span in spans), part
    assert found_in(jiesu.folder, {"plain": PLAIN}), "the scan finds nothing at all"
    assert found_in(jiesu.folder, MARKERS) == set()
    jiesu.start()


def test_a_rotation_while_it_runs_leaves_everything_readable_to_those_who_may(
    jiesu: Jiesu, lived_in: str
) -> None:
    rotated = jiesu.run("keys", "rotate", "--cipher", "sm4-gcm")
    assert rotated.returncode == 0, rotated.stderr
    assert "The active key is k2" in rotated.stdout
    shown = jiesu.run("keys", "show").stdout.splitlines()
    assert [line.partition(": ")[2] for line in shown if line.startswith("k1")] == ["nothing stored"]
    with somebody(jiesu, "hotline-agent-2") as agent:
        ticket = agent.must("GET", f"/tickets/{lived_in}")
        assert ticket["title"] == MARKERS["title"]
        agent.done(lived_in, "supplement", text="又塌了一处")


def test_the_audit_holds_and_is_exported(jiesu: Jiesu, lived_in: str, tmp_path: Path) -> None:
    verified = jiesu.run("verify")
    assert verified.returncode == 0, verified.stdout
    exported = jiesu.run("audit", "export", str(tmp_path / "audit.jsonl"))
    assert exported.returncode == 0, exported.stderr
    content = (tmp_path / "audit.jsonl").read_text()
    assert '"reveal_caller"' in content
    assert not [name for name, marker in MARKERS.items() if marker in content]


def test_erasing_takes_people_and_words_and_leaves_the_record_whole(jiesu: Jiesu, lived_in: str) -> None:
    left = jiesu.run("erase", "--ticket", lived_in, "--by", "hotline-chief")
    assert left.returncode == 1
    erased = jiesu.run("erase", "--ticket", lived_in, "--by", "hotline-chief", "--open")
    assert erased.returncode == 0, erased.stderr
    assert erased.stdout.startswith(f"{lived_in}: erased 1 callers, ")
    assert not list((jiesu.folder / "data" / "attachments").iterdir())
    assert jiesu.run("verify").returncode == 0
    with somebody(jiesu, "hotline-agent-3") as agent:
        ticket = agent.must("GET", f"/tickets/{lived_in}")
        assert (ticket["title"], ticket["callers"][0]["name"]) == (None, None)
