"""Times are those of the offices, shown and sent, in whatever zone a browser stands."""

from __future__ import annotations

import json
import re
import secrets
from datetime import datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Request, expect

from tests.e2e.browser.seats import Seat, Seats

OFFICES = ZoneInfo("Asia/Shanghai")
ZONES = ("Asia/Shanghai", "America/New_York", "Pacific/Kiritimati")
WRITTEN = re.compile(r"今天 \d\d:\d\d|(?:\d+年)?\d+月\d+日(?:（周.）)?(?: ?\d\d:\d\d)?")
MARK = secrets.randbelow(10**6)


def just_after_midnight() -> datetime:
    """The coming midnight of the offices and a little more, when New York still has the day before."""
    tomorrow = datetime.now(OFFICES).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(0, 30), OFFICES)


def seated(seats: Seats, login: str, zone: str, now: datetime) -> Seat:
    """Somebody whose browser stands in a zone, at a moment."""
    seat = seats.take(login, timezone_id=zone)
    seat.page.clock.set_fixed_time(now)
    return seat


def times(seat: Seat) -> list[str]:
    """Every time of a ticket's limits and of what happened to it, in order; not those of tickets like it."""
    cards = [seat.page.locator(".ant-card").filter(has_text=head) for head in ("时限", "办理经过")]
    return [one for card in cards for one in WRITTEN.findall(card.first.inner_text())]


def test_every_zone_shows_the_same_times(seats: Seats) -> None:
    office = seats.elsewhere("hotline-office")
    no = seats.dispatched(office, "水务局", f"水泉街{MARK}号停水")
    received = datetime.fromisoformat(office.must("GET", f"/tickets/{no}")["received_at"]).astimezone(OFFICES)
    now = datetime.combine(received.date() + timedelta(days=1), time(0, 30), OFFICES)
    shown = {}
    for zone in ZONES:
        seat = seated(seats, "hotline-office", zone, now)
        seat.ticket(no)
        # Yesterday's by now, at the offices: not today's, as in New York.
        yesterday = f"{received.month}月{received.day}日 {received:%H:%M}"
        expect(seat.page.locator(".course")).to_contain_text(yesterday)
        own = times(seat)
        seat.go("/calendar")
        expect(seat.page.locator(".ant-skeleton-active, .ant-spin-spinning")).to_have_count(0)
        shown[zone] = (own, seat.page.locator("main#content").inner_text())
    assert len(shown[ZONES[0]][0]) > 3
    assert shown[ZONES[1]] == shown[ZONES[0]]
    assert shown[ZONES[2]] == shown[ZONES[0]]


@pytest.mark.parametrize("zone", ZONES)
def test_days_are_picked_and_sent_by_the_offices_clock(seats: Seats, zone: str) -> None:
    now = just_after_midnight()
    seat = seated(seats, "hotline-office", zone, now)
    page = seat.page
    seat.go("/all")
    first, last = page.get_by_placeholder("受理自"), page.get_by_placeholder("受理至")
    first.click()
    today = page.locator(".ant-picker-cell-today:visible").first
    expect(today).to_have_attribute("title", f"{now:%Y-%m-%d}")
    seat.write_time(first, "2026-03-08")
    with page.expect_request(lambda one: "received_to" in one.url) as asked:
        seat.write_time(last, "2026-03-09")
    query = parse_qs(urlsplit(asked.value.url).query)
    assert query["received_from"] == ["2026-03-08T00:00:00+08:00"]
    assert query["received_to"] == ["2026-03-10T00:00:00+08:00"]
    page.reload()
    expect(page.get_by_placeholder("受理自")).to_have_value("2026-03-08")
    expect(page.get_by_placeholder("受理至")).to_have_value("2026-03-09")


def test_a_day_that_is_picked_outlives_what_happens_before_the_other(seats: Seats) -> None:
    office = seats.elsewhere("hotline-office")
    no = seats.registered(f"水泉街{MARK}号渗水")
    seat = seats.take("hotline-office")
    page = seat.page
    seat.go(f"/all?q={no}")
    listed = page.get_by_role("row").filter(has_text=no)
    expect(listed).to_contain_text("待派单")
    seat.write_time(page.get_by_placeholder("受理自"), "2026-03-08")
    office.done(no, "dispatch", lead="水务局")
    expect(listed).to_contain_text("待签收")
    seat.write_time(page.get_by_placeholder("受理至"), "2026-03-09")
    expect(page).to_have_url(re.compile("received_from=2026-03-08T.*received_to=2026-03-10T"))


@pytest.mark.parametrize("zone", ZONES)
def test_a_time_is_written_and_sent_by_the_offices_clock(seats: Seats, zone: str) -> None:
    office = seats.elsewhere("hotline-office")
    no = seats.dispatched(office, "水务局", f"水泉街{MARK}号漏水")
    seats.elsewhere("shuiwu-a").done(no, "sign", unit="水务局")
    now = datetime.now(OFFICES).replace(second=0, microsecond=0)
    seat = seated(seats, "shuiwu-a", zone, now)
    page = seat.page
    seat.ticket(no)
    form = seat.do("答复")
    form.get_by_label("办理情况和答复内容").fill("已修复漏水的管道，恢复供水。")

    def says_when(one: Request) -> bool:
        return one.method == "POST" and "contacted_at" in (one.post_data or "")

    with page.expect_request(says_when) as asked:
        form.get_by_role("button", name="刚刚答复").click()
    assert json.loads(asked.value.post_data or "")["contacted_at"] == f"{now:%Y-%m-%dT%H:%M:%S}+08:00"
    picker = form.get_by_label("答复诉求人的时间")
    expect(picker).to_have_value(f"{now.year}年{now.month}月{now.day}日 {now:%H:%M}")

    # In New York the clocks of that night have no half past two.
    with page.expect_request(says_when) as asked:
        seat.write_time(picker, "2026年3月8日 02:30")
    assert json.loads(asked.value.post_data or "")["contacted_at"] == "2026-03-08T02:30:00+08:00"
    # The time is taken, and the reply not sent with it.
    expect(page.locator(".ant-picker-dropdown:visible")).to_have_count(0)
    seat.ticket(no)
    expect(page.get_by_role("toolbar").get_by_role("button", name="答复", exact=True)).to_be_visible()
    reopened = seat.do("答复").get_by_label("答复诉求人的时间")
    expect(reopened).to_have_value("2026年3月8日 02:30")
