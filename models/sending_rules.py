"""When a message may go: at once, after the quiet hours, or with others in a digest.

Red lamps and emergencies go alone and at once, whatever the hour and however many went before. Everything
else is bounded per number and day, and reminders wait for the morning.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

ALONE = frozenset({"red", "emergency", "emergency_duty"})
"""Templates that are never held back and never put into a digest."""

REMINDERS = frozenset(
    {
        "warning",
        "yellow",
        "explanation_due",
        "breach_withdrawn",
        "urged",
        "supplemented",
        "limit_changed",
        "to_review",
        "return_asked",
        "extension_asked",
        "return_decided",
        "extension_decided",
        "review_refused",
        "withdrawn",
        "recalled",
        "citizen_answered",
        "citizen_extended",
        "digest",
        "digest_undated",
    }
)
"""Templates that nobody need be woken for."""

DIGESTS = frozenset({"digest", "digest_undated"})


class HeldFor(StrEnum):
    """Why a message waits."""

    QUIET_HOURS = "quiet_hours"
    DIGEST = "digest"


@dataclass(frozen=True)
class Held:
    """A message that does not go now. `until` is when it is looked at again."""

    why: HeldFor
    until: datetime


@dataclass(frozen=True)
class SendingRules:
    """The site's choices; without any, everything goes at once.

    `daily_cap` counts what one number got alone on one day of `zone`; digests come at `digest_times`.
    `quiet_from` may be later than `quiet_until`: the quiet hours then pass midnight.
    """

    zone: ZoneInfo = ZONE
    daily_cap: int | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_times: tuple[time, ...] = (time(8, 30), time(11, 30), time(17, 0))

    def hold(self, template: str, now: datetime, sent_today: int) -> Held | None:
        """Whether a message of this template has to wait; None when it goes now."""
        if template in ALONE:
            return None
        morning = self.quiet_end(now)
        if morning is not None and template in REMINDERS:
            return Held(HeldFor.QUIET_HOURS, morning)
        if self.daily_cap is not None and template not in DIGESTS and sent_today >= self.daily_cap:
            return Held(HeldFor.DIGEST, self.next_digest(now))
        return None

    def day_start(self, now: datetime) -> datetime:
        """Midnight before this instant."""
        local = now.astimezone(self.zone)
        return datetime.combine(local.date(), time(), self.zone)

    def quiet_end(self, now: datetime) -> datetime | None:
        """When the quiet hours that this instant lies in are over; None outside them."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        local = now.astimezone(self.zone)
        clock = local.time()
        over_midnight = self.quiet_from > self.quiet_until
        evening, night = clock >= self.quiet_from, clock < self.quiet_until
        if not (evening or night if over_midnight else evening and night):
            return None
        day = local.date() + timedelta(days=1 if over_midnight and evening else 0)
        return datetime.combine(day, self.quiet_until, self.zone)

    def next_digest(self, now: datetime) -> datetime:
        """The first digest time after this instant."""
        local = now.astimezone(self.zone)
        times = [
            datetime.combine(local.date() + timedelta(days=day), at, self.zone)
            for day in (0, 1)
            for at in sorted(self.digest_times)
        ]
        return next((at for at in times if at > local), local + timedelta(days=1))
