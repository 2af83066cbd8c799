"""The words of every notice. A gateway knows a template by its id; what varies in it is declared here.

No variable can hold what somebody wrote, nor a name or a number of a person: a message to a unit says which
ticket and until when, and people read the rest where they have to log in.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from domain.vocabulary import ClockName

MAX_CHARACTERS = 70
"""What one Chinese SMS holds, signature included."""

_UNIT_CHARACTERS = 12

SIGNATURE = "【12345热线】"

LINKS = "/citizen/t/"
"""Where links of citizens lead, below the address of the site; what follows is the link's token."""

TOKEN = "token"
"""The variable that a link ends with. It is filled in while sending, and kept nowhere in the clear."""

CLOCK_WORDS: Mapping[ClockName, str] = MappingProxyType(
    {
        ClockName.DISPATCH: "派单",
        ClockName.SIGN: "签收",
        ClockName.RETURN_WINDOW: "退单期",
        ClockName.EXTENSION_WINDOW: "延期申请期",
        ClockName.HANDLE: "办理",
        ClockName.TARGET: "目标办结",
        ClockName.ANSWER: "答复诉求人",
        ClockName.ASSIST: "协办",
        ClockName.REVIEW: "审核",
        ClockName.CONTACT: "联系诉求人",
        ClockName.EXPLANATION: "超期说明",
        ClockName.SUPERVISION: "督办答复",
        ClockName.PLANNED: "计划事项",
        ClockName.UPSTREAM: "上级时限",
    }
)


class BadNotice(ValueError):
    """A notice whose template is unknown, or whose values are not those that the template declares."""


@dataclass(frozen=True)
class Template:
    """A text with `{variables}`; `id` is what a provider's console calls it.

    `invitation` stands before the link that a message to a citizen ends with, where the site has an address.
    """

    id: str
    text: str
    invitation: str | None = None

    def at(self, site: str | None) -> "Template":
        """The text as it is sent from a site: with `{token}` where it ends with a link to it."""
        if site is None or self.invitation is None:
            return self
        return replace(self, text=f"{self.text}{self.invitation}{site}{LINKS}{{token}}", invitation=None)

    @property
    def variables(self) -> frozenset[str]:
        """The names that a notice must give a value each."""
        return frozenset(self.order)

    @property
    def order(self) -> tuple[str, ...]:
        """The same names as the text has them, for providers that number their variables."""
        return tuple(dict.fromkeys(_VARIABLE.findall(self.text)))

    def fill(self, params: Mapping[str, str]) -> dict[str, str]:
        """The values as they are sent. Raises BadNotice when they are not the declared ones."""
        if params.keys() != self.variables:
            odd = ", ".join(sorted(params.keys() ^ self.variables))
            raise BadNotice(f"template {self.id} and its notice disagree on {odd}")
        return {name: _form(self.id, name, params[name]) for name in sorted(params)}

    def body(self, params: Mapping[str, str]) -> str:
        """The message in full, signature first. Raises BadNotice."""
        return SIGNATURE + self.words(params)

    def words(self, params: Mapping[str, str]) -> str:
        """The message without its signature, which most providers put before it themselves.

        Raises BadNotice.
        """
        return self.text.format_map(self.fill(params))


def _form(template_id: str, name: str, value: str) -> str:
    try:
        return _FORMS[name](value)
    except ValueError:
        raise BadNotice(f"template {template_id} takes another kind of value for {name}") from None


def _instant(value: str) -> str:
    at = datetime.fromisoformat(value)
    return f"{at.month}月{at.day}日{at:%H:%M}"


def _clock(value: str) -> str:
    return CLOCK_WORDS[ClockName(value)]


def _unit(value: str) -> str:
    """A name of the directory; a long one is cut, the ticket's number still tells."""
    if not value.isprintable():
        raise ValueError
    return value if len(value) <= _UNIT_CHARACTERS else value[: _UNIT_CHARACTERS - 1] + "…"


def _matching(pattern: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def form(value: str) -> str:
        if compiled.fullmatch(value) is None:
            raise ValueError
        return value

    return form


_VARIABLE = re.compile(r"\{(\w+)\}")
_FORMS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "ticket": _matching(r"[A-Za-z0-9_-]{1,40}"),
        "supervision": _matching(r"[A-Za-z0-9_-]{1,40}"),
        "unit": _unit,
        "due": _instant,
        "clock": _clock,
        "verdict": _matching("同意|不同意"),
        "token": _matching(r"[A-Za-z0-9_-]{8,64}"),
        "count": _matching(r"[0-9]{1,6}"),
    }
)

TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {
        template.id: template
        for template in (
            Template("dispatched", "工单{ticket}已派至{unit}，请于{due}前签收。"),
            Template("dispatched_unsigned", "工单{ticket}已派至{unit}，请立即办理，时限{due}。"),
            Template("dispatched_unstaffed", "工单{ticket}已派至{unit}，该单位承办人员不齐，请尽快落实。"),
            Template("recalled", "工单{ticket}已撤回，{unit}无需继续办理。"),
            Template("warning", "预警：工单{ticket}{unit}{clock}将于{due}到期，请抓紧办理。"),
            Template("yellow", "黄牌：工单{ticket}{unit}{clock}时限{due}，请立即办理。"),
            Template("red", "红牌：工单{ticket}{unit}{clock}时限{due}，请立即处置。"),
            Template("breached", "工单{ticket}{unit}{clock}已于{due}超期，请立即处置。"),
            Template("explanation_due", "工单{ticket}已超期，请{unit}于{due}前提交书面说明。"),
            Template("breach_withdrawn", "工单{ticket}{unit}{clock}的超期已撤销，超期提醒作废。"),
            Template("return_decided", "工单{ticket}{unit}退单申请：{verdict}。"),
            Template("extension_decided", "工单{ticket}{unit}延期申请：{verdict}，时限{due}。"),
            Template("limit_changed", "工单{ticket}{unit}{clock}时限变更为{due}。"),
            Template("review_refused", "工单{ticket}审核未通过，请{unit}重新办理。"),
            Template("redo", "工单{ticket}重办，请{unit}于{due}前办结。"),
            Template("urged", "催办：工单{ticket}请{unit}抓紧办理。"),
            Template("withdrawn", "工单{ticket}诉求人已撤单，{unit}无需继续办理。"),
            Template("supplemented", "工单{ticket}有补充内容，请{unit}登录查看。"),
            Template("supervision_opened", "督办{supervision}：工单{ticket}请{unit}于{due}前答复。"),
            Template("supervision_opened_open", "督办{supervision}：工单{ticket}请{unit}尽快答复。"),
            Template("supervision_called_for", "工单{ticket}{unit}多次出现同类问题，请研究是否督办。"),
            Template("to_review", "工单{ticket}{unit}已答复，请审核。"),
            Template("return_asked", "工单{ticket}{unit}申请退单，请审核。"),
            Template("extension_asked", "工单{ticket}{unit}申请延期，请审核。"),
            Template("emergency", "紧急工单{ticket}已派至{unit}，请立即签收处置，时限{due}。"),
            Template("citizen_accepted", "您的诉求已受理，编号{ticket}，我们将尽快办理。", "进度："),
            Template("citizen_extended", "您的诉求{ticket}因情况复杂延期办理，时限{due}。", "进度："),
            Template(
                "citizen_answered",
                "您的诉求{ticket}已办结，请回复数字评价：1非常满意2满意3基本满意4不满意5非常不满意。",
                "查看并评价：",
            ),
            Template("emergency_duty", "紧急工单{ticket}已派至{unit}，时限{due}，请立即处置并回复1确认。"),
            Template("digest", "您另有{count}条工单提醒，最早时限{due}，请登录系统查看。"),
            Template("digest_undated", "您另有{count}条工单提醒，请登录系统查看。"),
            Template("citizen_refused", "您的诉求{ticket}不属于受理范围，详情请致电12345。", "查看："),
        )
    }
)


def template(template_id: str) -> Template:
    """The template with this id. Raises BadNotice for an unknown one."""
    found = TEMPLATES.get(template_id)
    if found is None:
        raise BadNotice(f"there is no template {template_id}")
    return found
