"""The closed vocabularies of casework. docs/glossary.md maps each word to the regulations' Chinese."""

from enum import StrEnum


class TicketType(StrEnum):
    """What kind of demand a ticket carries (诉求类型)."""

    CONSULTATION = "consultation"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    ECONOMIC_VIOLATION = "economic_violation"
    PRAISE = "praise"


class Urgency(StrEnum):
    """How pressing a matter is; `emergency` is 重大、紧急、突发."""

    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class Level(StrEnum):
    """The level of government a matter was sent down from."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"
    COUNTY = "county"


class Special(StrEnum):
    """Special matters that some regulations give limits of their own."""

    POLICY_CONSULTATION = "policy_consultation"
    LIVELIHOOD_EMERGENCY = "livelihood_emergency"
    SAFETY_EMERGENCY = "safety_emergency"


class Complainant(StrEnum):
    """Who the caller speaks as."""

    PERSON = "person"
    ENTERPRISE = "enterprise"
    ORGANISATION = "organisation"


class Source(StrEnum):
    """The channel or platform a demand arrived through; a policy enables its own."""

    PHONE = "phone"
    WEB = "web"
    WECHAT = "wechat"
    APP = "app"
    SMS = "sms"
    WEIBO = "weibo"
    MAILBOX = "mailbox"
    GOVERNOR_MAILBOX = "governor_mailbox"
    MAYOR_MAILBOX = "mayor_mailbox"
    NEWS_SITE = "news_site"
    LOCAL_FORUM = "local_forum"
    ONLINE_PETITION = "online_petition"
    CITY_PLATFORM = "city_platform"
    PROVINCE_PLATFORM = "province_platform"
    ZHENGQITONG = "zhengqitong"
    JIESU_JIBAN = "jiesu_jiban"
    INTERNET_SUPERVISION = "internet_supervision"
    NATIONAL_SITE = "national_site"
    SERVICE_SITE = "service_site"
    SERVICE_RATING = "service_rating"
    TECHNICAL_LINE = "technical_line"
    WINDOW = "window"


class Status(StrEnum):
    """Where the ticket as a whole stands. What each unit is at is the assignment's."""

    REGISTERED = "registered"
    AWAITING_INSTRUCTION = "awaiting_instruction"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    REVIEWING = "reviewing"
    PLANNED = "planned"
    CALLBACK = "callback"
    CLOSED = "closed"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    TRANSFERRED = "transferred"
    MERGED = "merged"
    RETURNED_UPSTREAM = "returned_upstream"


class Passing(StrEnum):
    """Stages of the process that a ticket passes without its status saying so."""

    ACCEPTED = "accepted"
    RATED = "rated"
    REDO = "redo"
    SUPERVISED = "supervised"


ENDS = frozenset(
    {
        Status.ARCHIVED,
        Status.WITHDRAWN,
        Status.REFUSED,
        Status.TRANSFERRED,
        Status.MERGED,
        Status.RETURNED_UPSTREAM,
    }
)
"""Statuses at which a ticket's workflow ends."""


class UnitRole(StrEnum):
    """Lead (主办) or assisting (协办) unit."""

    LEAD = "lead"
    ASSIST = "assist"


class UnitStage(StrEnum):
    """What one unit is at with one ticket."""

    WAITING = "waiting"
    SIGNED = "signed"
    APPROVING = "approving"
    REPLIED = "replied"
    DONE = "done"
    RETURNED = "returned"
    RECALLED = "recalled"


ACTIVE_STAGES = frozenset({UnitStage.WAITING, UnitStage.SIGNED, UnitStage.APPROVING, UnitStage.REPLIED})


class ClockName(StrEnum):
    """What is owed. A window is a right: it lapses and is never breached."""

    DISPATCH = "dispatch"
    SIGN = "sign"
    RETURN_WINDOW = "return_window"
    EXTENSION_WINDOW = "extension_window"
    HANDLE = "handle"
    TARGET = "target"
    ANSWER = "answer"
    ASSIST = "assist"
    REVIEW = "review"
    CONTACT = "contact"
    EXPLANATION = "explanation"
    SUPERVISION = "supervision"
    PLANNED = "planned"
    UPSTREAM = "upstream"


WINDOWS = frozenset({ClockName.RETURN_WINDOW, ClockName.EXTENSION_WINDOW})


class Lamp(StrEnum):
    """预警, 黄牌, 红牌."""

    WARNING = "warning"
    YELLOW = "yellow"
    RED = "red"


class Recipient(StrEnum):
    """Whom a notice is for: a unit's people by their part, the office, the county's leader, the citizen."""

    HANDLER = "handler"
    UNIT_LEADER = "unit_leader"
    UNIT_PRINCIPAL = "unit_principal"
    OFFICE = "office"
    LEADER = "leader"
    CITIZEN = "citizen"


class Channel(StrEnum):
    """How a notice travels."""

    SMS = "sms"
    PHONE = "phone"


class Role(StrEnum):
    """In what part somebody acts. Who a person is stays outside the core.

    A contractor's people act as agents, within what the policy lets a contractor do. Auditors, knowledge
    editors and administrators have no command of casework.
    """

    AGENT = "agent"
    CONTRACTOR = "contractor"
    OFFICE = "office"
    UPPER_LEVEL = "upper_level"
    UPSTREAM = "upstream"
    LEADER = "leader"
    UNIT = "unit"
    UNIT_LEADER = "unit_leader"
    UNIT_PRINCIPAL = "unit_principal"
    CITIZEN = "citizen"
    AUDITOR = "auditor"
    KNOWLEDGE_EDITOR = "knowledge_editor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"
    SYSTEM_OPERATOR = "system_operator"


class Outcome(StrEnum):
    """What a unit reports as the result."""

    RESOLVED = "resolved"
    EXPLAINED = "explained"
    PLANNED = "planned"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_TRUE = "not_true"


class Rating(StrEnum):
    """五级评价."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"


DISSATISFACTION = frozenset({Rating.DISSATISFIED, Rating.VERY_DISSATISFIED})


class RefusalReason(StrEnum):
    """Why a demand is not accepted (不予受理)."""

    OUT_OF_JURISDICTION = "out_of_jurisdiction"
    EMERGENCY_LINE = "emergency_line"
    PARTY_OR_JUSTICE = "party_or_justice"
    LITIGATION = "litigation"
    IN_PROCEDURE = "in_procedure"
    SECRECY = "secrecy"
    DISCIPLINE = "discipline"
    REPEAT_WITHOUT_NEWS = "repeat_without_news"
    FAILED_MEDIATION = "failed_mediation"
    ABUSIVE = "abusive"
    CONSUMER_MEDIATED = "consumer_mediated"
    ORGANISATION_MATTER = "organisation_matter"
    MARKET_MATTER = "market_matter"
    OTHER = "other"


class ExtensionReason(StrEnum):
    """Why an extension is asked for."""

    OBJECTIVE_CAUSE = "objective_cause"
    STATUTORY = "statutory"
    COMPLEX = "complex"


class SupervisionForm(StrEnum):
    """书面督办, 指定督办, 会议协调, 挂牌督办."""

    WRITTEN = "written"
    ASSIGNED = "assigned"
    MEETING = "meeting"
    LISTED = "listed"


class SupervisionCause(StrEnum):
    """Why supervision was opened."""

    LEADER_INSTRUCTION = "leader_instruction"
    RED_LAMP = "red_lamp"
    OVERDUE = "overdue"
    REPEATED = "repeated"
    BAD_QUALITY = "bad_quality"
    FALSE_INFORMATION = "false_information"
    IMPROPER_RETURN = "improper_return"
    ABNORMAL_EXTENSION = "abnormal_extension"
    OTHER = "other"


class Trouble(StrEnum):
    """What is counted on a ticket and may call for supervision; dissatisfaction once a handling."""

    RETURNS = "returns"
    RETURNS_REFUSED = "returns_refused"
    EXTENSIONS = "extensions"
    REWORKS = "reworks"
    DISSATISFIED = "dissatisfied"


class SupervisionLevel(StrEnum):
    """内部督办, 升级督办, 舆论监督, 监察问责."""

    INTERNAL = "internal"
    UPGRADED = "upgraded"
    MEDIA = "media"
    DISCIPLINE = "discipline"


class Referral(StrEnum):
    """Where a matter is handed over to."""

    DISCIPLINE = "discipline"
    POLICE = "police"
    PETITION = "petition"
    MEDIA = "media"
    COURT = "court"


class EmergencyLine(StrEnum):
    """The emergency numbers a call is handed over to."""

    POLICE = "110"
    FIRE = "119"
    MEDICAL = "120"
    TRAFFIC = "122"


class ExclusionReason(StrEnum):
    """Why a rating does not count against a unit."""

    SUGGESTION_NOT_ADOPTED = "suggestion_not_adopted"
    NO_LEGAL_BASIS = "no_legal_basis"
    UNREASONABLE = "unreasonable"
    DUPLICATE = "duplicate"
    OTHER = "other"


class EndReason(StrEnum):
    """Why a clock ended without being met or breached."""

    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    MERGED = "merged"
    TRANSFERRED = "transferred"
    RECALLED = "recalled"
    LATE = "late"
    CLOSED = "closed"
    SUPERSEDED = "superseded"


OFFICE = "office"
"""Stands where a unit's name would, on a clock that the hotline office itself owes."""
