"""What providers push to us, each in its own form: receipts and replies.

Numbers come without country code; times are the provider's, in China. Raises NoPush for what is no push.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.receipts import Reported
from models.uplinks import Uplink

_ZONE = ZoneInfo("Asia/Shanghai")
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S")
MAX_ENTRIES = 1_000
"""No provider pushes more at once."""

Entry = Mapping[str, Any]


class NoPush(ValueError):
    """A body that is not what this provider pushes. The message repeats nothing of it."""


def reports(gateway: str, body: bytes) -> list[Reported]:
    """The receipts in a push of this provider."""
    return [_REPORTS[gateway](entry) for entry in _entries(body)]


def uplinks(gateway: str, body: bytes) -> list[Uplink]:
    """The replies in a push of this provider."""
    return [_UPLINKS[gateway](entry) for entry in _entries(body)]


def answer(gateway: str) -> dict[str, Any]:
    """What the provider wants to hear when a push was taken."""
    return _ANSWERS[gateway]


def _entries(body: bytes) -> Sequence[Entry]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise NoPush("not JSON") from None
    entries = said if isinstance(said, list) else [said]
    if len(entries) > MAX_ENTRIES or not all(isinstance(one, dict) for one in entries):
        raise NoPush("not a list of objects")
    return entries


def _text(entry: Entry, name: str) -> str | None:
    value = entry.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str | int) or len(str(value)) > 4_000:
        raise NoPush(f"{name} is no text")
    return str(value).replace("\x00", "").encode(errors="replace").decode()


def _demanded(entry: Entry, name: str) -> str:
    value = _text(entry, name)
    if value is None:
        raise NoPush(f"{name} is missing")
    return value


def _time(entry: Entry, name: str) -> datetime | None:
    written = _text(entry, name)
    for form in _TIMES if written else ():
        try:
            return datetime.strptime(written or "", form).replace(tzinfo=_ZONE)
        except ValueError:
            continue
    return None


def _flag(entry: Entry, name: str) -> bool:
    value = entry.get(name)
    if not isinstance(value, bool):
        raise NoPush(f"{name} is neither true nor false")
    return value


def _aliyun_report(entry: Entry) -> Reported:
    return Reported(
        "aliyun",
        _flag(entry, "success"),
        _text(entry, "biz_id"),
        _text(entry, "out_id"),
        _demanded(entry, "phone_number"),
        _text(entry, "err_code"),
        _time(entry, "report_time"),
    )


def _aliyun_uplink(entry: Entry) -> Uplink:
    return Uplink(
        "aliyun",
        _demanded(entry, "phone_number"),
        _text(entry, "content") or "",
        _text(entry, "sequence_id"),
        _time(entry, "send_time"),
    )


def _tencent_report(entry: Entry) -> Reported:
    return Reported(
        "tencent",
        _demanded(entry, "report_status") == "SUCCESS",
        _demanded(entry, "sid"),
        _text(entry, "ext"),
        _demanded(entry, "mobile"),
        _text(entry, "errmsg"),
        _time(entry, "user_receive_time"),
    )


def _tencent_uplink(entry: Entry) -> Uplink:
    seconds = _text(entry, "time")
    at = datetime.fromtimestamp(int(seconds), _ZONE) if seconds and seconds.isdigit() else None
    return Uplink("tencent", _demanded(entry, "mobile"), _text(entry, "text") or "", at=at)


def _cmcc_report(entry: Entry) -> Reported:
    status, code = _demanded(entry, "reportStatus"), _text(entry, "errorCode")
    return Reported(
        "cmcc",
        status == "CM:0000" or code == "DELIVRD",
        _demanded(entry, "msgGroup"),
        number=_demanded(entry, "mobile"),
        code=code or status,
        at=_time(entry, "receiveDate"),
    )


def _cmcc_uplink(entry: Entry) -> Uplink:
    return Uplink(
        "cmcc",
        _demanded(entry, "mobile"),
        _text(entry, "smsContent") or "",
        at=_time(entry, "sendTime"),
    )


def _webhook_report(entry: Entry) -> Reported:
    state = _demanded(entry, "state")
    if state not in ("delivered", "undelivered"):
        raise NoPush("state is neither delivered nor undelivered")
    return Reported(
        "webhook",
        state == "delivered",
        _text(entry, "reference"),
        _demanded(entry, "key"),
        _text(entry, "number"),
        _text(entry, "code"),
    )


def _webhook_uplink(entry: Entry) -> Uplink:
    return Uplink("webhook", _demanded(entry, "number"), _text(entry, "words") or "", _text(entry, "event"))


_REPORTS: Mapping[str, Callable[[Entry], Reported]] = {
    "aliyun": _aliyun_report,
    "tencent": _tencent_report,
    "cmcc": _cmcc_report,
    "webhook": _webhook_report,
}
_UPLINKS: Mapping[str, Callable[[Entry], Uplink]] = {
    "aliyun": _aliyun_uplink,
    "tencent": _tencent_uplink,
    "cmcc": _cmcc_uplink,
    "webhook": _webhook_uplink,
}
_ANSWERS: Mapping[str, dict[str, Any]] = {
    "aliyun": {"code": 0, "msg": "接收成功"},
    "tencent": {"result": 0, "errmsg": "OK"},
    "cmcc": {"success": True},
    "webhook": {"taken": True},
}
