"""What the vocabularies of a policy are called to people."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from domain.limit import Limit, LimitUnit
from domain.policy import Standing, When
from domain.vocabulary import (
    Channel,
    Complainant,
    ExclusionReason,
    ExtensionReason,
    Level,
    Outcome,
    Passing,
    Rating,
    Recipient,
    RefusalReason,
    Source,
    Special,
    Status,
    SupervisionCause,
    SupervisionForm,
    SupervisionLevel,
    TicketType,
    Trouble,
    Urgency,
)

E = TypeVar("E", bound=StrEnum)

TYPES: Final = {
    TicketType.CONSULTATION: "咨询",
    TicketType.HELP: "求助",
    TicketType.COMPLAINT: "投诉",
    TicketType.REPORT: "举报",
    TicketType.SUGGESTION: "建议",
    TicketType.ECONOMIC_VIOLATION: "经济违法举报",
    TicketType.PRAISE: "表扬",
}
URGENCIES: Final = {Urgency.NORMAL: "一般", Urgency.URGENT: "紧急", Urgency.EMERGENCY: "重大、紧急、突发"}
LEVELS: Final = {
    Level.NATIONAL: "国家级",
    Level.PROVINCIAL: "省级",
    Level.MUNICIPAL: "市级",
    Level.COUNTY: "县级",
}
SPECIALS: Final = {
    Special.POLICY_CONSULTATION: "政策咨询",
    Special.LIVELIHOOD_EMERGENCY: "民生紧急事项",
    Special.SAFETY_EMERGENCY: "安全紧急事项",
}
COMPLAINANTS: Final = {
    Complainant.PERSON: "个人",
    Complainant.ENTERPRISE: "企业",
    Complainant.ORGANISATION: "单位、团体",
}
SOURCES: Final = {
    Source.PHONE: "电话",
    Source.WEB: "网站",
    Source.WECHAT: "微信",
    Source.APP: "手机应用",
    Source.SMS: "短信",
    Source.WEIBO: "微博",
    Source.MAILBOX: "信箱",
    Source.GOVERNOR_MAILBOX: "省长信箱",
    Source.MAYOR_MAILBOX: "市长信箱",
    Source.NEWS_SITE: "新闻网站留言",
    Source.LOCAL_FORUM: "本地网上问政",
    Source.ONLINE_PETITION: "网上信访",
    Source.CITY_PLATFORM: "市12345平台",
    Source.PROVINCE_PLATFORM: "省12345平台",
    Source.ZHENGQITONG: "政企通",
    Source.JIESU_JIBAN: "省接诉即办",
    Source.INTERNET_SUPERVISION: "互联网＋督查",
    Source.NATIONAL_SITE: "国家政务网站留言",
    Source.SERVICE_SITE: "政务服务网",
    Source.SERVICE_RATING: "好差评",
    Source.TECHNICAL_LINE: "政务服务平台技术热线",
    Source.WINDOW: "办事窗口",
}
RECIPIENTS: Final = {
    Recipient.HANDLER: "经办人",
    Recipient.UNIT_LEADER: "承办单位分管领导",
    Recipient.UNIT_PRINCIPAL: "承办单位主要负责人",
    Recipient.OFFICE: "热线办",
    Recipient.LEADER: "政府领导",
    Recipient.CITIZEN: "诉求人",
}
CHANNELS: Final = {Channel.SMS: "短信", Channel.PHONE: "电话"}
OUTCOMES: Final = {
    Outcome.RESOLVED: "已解决",
    Outcome.EXPLAINED: "解释说明",
    Outcome.PLANNED: "列入计划",
    Outcome.OUT_OF_SCOPE: "不属受理范围",
    Outcome.NOT_TRUE: "反映不属实",
}
RATINGS: Final = {
    Rating.VERY_SATISFIED: "非常满意",
    Rating.SATISFIED: "满意",
    Rating.BASICALLY_SATISFIED: "基本满意",
    Rating.DISSATISFIED: "不满意",
    Rating.VERY_DISSATISFIED: "非常不满意",
}
REFUSALS: Final = {
    RefusalReason.OUT_OF_JURISDICTION: "不属本地管辖或职责",
    RefusalReason.EMERGENCY_LINE: "110、119、120、122等紧急求助",
    RefusalReason.PARTY_OR_JUSTICE: "党委、人大、政协、司法机关、军队职权范围内的事项",
    RefusalReason.LITIGATION: "应当通过诉讼、仲裁、行政复议等法定途径解决",
    RefusalReason.IN_PROCEDURE: "已经进入其他法定程序",
    RefusalReason.SECRECY: "涉及国家秘密、商业秘密、个人隐私",
    RefusalReason.DISCIPLINE: "违纪违法、贪污贿赂",
    RefusalReason.REPEAT_WITHOUT_NEWS: "没有新情况而重复提出",
    RefusalReason.FAILED_MEDIATION: "多次调解无进展且已建议司法途径",
    RefusalReason.ABUSIVE: "谩骂骚扰、无实质诉求",
    RefusalReason.CONSUMER_MEDIATED: "消费争议已经调解或结案",
    RefusalReason.ORGANISATION_MATTER: "单位、团体的诉求",
    RefusalReason.MARKET_MATTER: "应当通过市场化服务解决",
    RefusalReason.OTHER: "其他不属受理范围的事项",
}
REASONS: Final = {
    ExtensionReason.OBJECTIVE_CAUSE: "客观原因",
    ExtensionReason.STATUTORY: "法律法规另有规定",
    ExtensionReason.COMPLEX: "情况特别复杂",
}
FORMS: Final = {
    SupervisionForm.WRITTEN: "书面督办",
    SupervisionForm.ASSIGNED: "指定督办",
    SupervisionForm.MEETING: "会议协调",
    SupervisionForm.LISTED: "挂牌督办",
}
SUPERVISION_LEVELS: Final = {
    SupervisionLevel.INTERNAL: "内部督办",
    SupervisionLevel.UPGRADED: "升级督办",
    SupervisionLevel.MEDIA: "舆论监督",
    SupervisionLevel.DISCIPLINE: "监察问责",
}
CAUSES: Final = {
    SupervisionCause.LEADER_INSTRUCTION: "领导批示",
    SupervisionCause.RED_LAMP: "红牌",
    SupervisionCause.OVERDUE: "逾期",
    SupervisionCause.REPEATED: "多次反映",
    SupervisionCause.BAD_QUALITY: "办理质量差",
    SupervisionCause.FALSE_INFORMATION: "反馈信息失实",
    SupervisionCause.IMPROPER_RETURN: "不当退单",
    SupervisionCause.ABNORMAL_EXTENSION: "异常延期",
    SupervisionCause.OTHER: "其他",
}
TROUBLES: Final = {
    Trouble.RETURNS: "退单",
    Trouble.RETURNS_REFUSED: "退单被驳回",
    Trouble.EXTENSIONS: "延期",
    Trouble.REWORKS: "审核退回",
    Trouble.DISSATISFIED: "评价不满意",
}
EXCLUSIONS: Final[Mapping[str, str]] = {
    ExclusionReason.SUGGESTION_NOT_ADOPTED: "建议未被采纳",
    ExclusionReason.NO_LEGAL_BASIS: "没有政策法规依据且已多次解释答复",
    ExclusionReason.UNREASONABLE: "诉求不合理",
    ExclusionReason.DUPLICATE: "重复诉求",
    ExclusionReason.OTHER: "其他情形",
}
KINDS: Final = {
    "county": "县级机关",
    "department": "部门",
    "subordinate": "下属单位",
    "township": "乡镇",
    "community": "社区、村居",
    "enterprise": "企事业单位",
    "party": "党委部门",
}
STANDINGS: Final = {
    Standing.IN_FORCE: "现行有效",
    Standing.DRAFT: "征求意见稿，尚未施行",
    Standing.EXPIRED: "已过有效期",
    Standing.PLAN: "工作方案，不是管理办法",
    Standing.NEWS: "新闻报道所转述，不是文件原文",
}
STAFF: Final = {
    "unit_principal": "主要负责人",
    "unit_leader": "分管领导",
    "handler": "经办人",
    "knowledge_editor": "知识库信息采编员",
}
STAGES: Final[tuple[Status | Passing, ...]] = (
    Status.REGISTERED,
    Passing.ACCEPTED,
    Status.AWAITING_INSTRUCTION,
    Status.DISPATCHED,
    Status.HANDLING,
    Status.REVIEWING,
    Status.PLANNED,
    Status.CALLBACK,
    Passing.RATED,
    Passing.REDO,
    Passing.SUPERVISED,
    Status.CLOSED,
    Status.ARCHIVED,
)
"""The stages of a process in the order in which people tell them."""

_UNITS = {
    LimitUnit.MINUTES: "分钟",
    LimitUnit.HOURS: "小时",
    LimitUnit.WORKING_HOURS: "个工作小时",
    LimitUnit.WORKING_DAYS: "个工作日",
    LimitUnit.CALENDAR_DAYS: "天",
}


def named(words: Mapping[E, str], values: Iterable[E]) -> str:
    """The words of some values, in their order."""
    return "、".join(words[value] for value in values)


def span(limit: Limit) -> str:
    """How long a limit is."""
    if limit.unit is LimitUnit.SAME_DAY:
        return "当日24时前"
    return f"{limit.amount:g}{_UNITS[limit.unit]}"


def meant(when: When | None) -> str:
    """Which tickets a condition is for."""
    if when is None:
        return "全部"
    said = [
        named(TYPES, when.type or ()),
        named(URGENCIES, when.urgency or ()),
        named(LEVELS, when.level or ()),
        named(SOURCES, when.source or ()),
        named(SPECIALS, when.special or ()),
        named(COMPLAINANTS, when.complainant or ()),
        f"涉及{when.units_at_least}个以上单位" if when.units_at_least else "",
        {None: "", True: "职责不清", False: "职责清楚"}[when.unclear_duty],
    ]
    return "，".join(part for part in said if part)
