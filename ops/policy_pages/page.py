"""The whole page."""

from collections.abc import Iterator
from pathlib import Path

from domain.policy import Policy
from ops.policy_pages import limits, terms
from ops.policy_pages.citing import cite
from ops.policy_pages.hours import weekly
from ops.policy_pages.words import STANDINGS

FOLDER = Path(__file__).parents[2] / "docs" / "policies"


def policy_page(policy: Policy) -> str:
    """A policy as a person would explain it, in Markdown."""
    return "\n".join(_lines(policy)) + "\n"


def _lines(policy: Policy) -> Iterator[str]:
    yield f"# {policy.title}\n"
    yield f"本页由 `jiesu policy explain {policy.id} --write` 从 policies/{policy.id}.yaml 生成，不要手改。"
    yield "〔〕内是规则表（policies/rules.json）的编号；带※的，条文没有写明或者可作别解，所采用的见文末。\n"
    yield from _standing(policy)
    yield "\n## 流程\n"
    yield f"{terms.stages(policy)}。{cite(policy.process.basis)}"
    for title, section in (
        ("受理", terms.intake),
        ("国家秘密", terms.secrecy),
        ("不予受理", terms.refusals),
        ("派单", terms.dispatching),
        ("谁在什么时候之前做什么", limits.owed),
        ("提醒和亮灯", limits.lit),
        ("逾期之后", limits.breached),
        ("退单", terms.returns),
        ("延期", terms.extensions),
        ("答复和审核", terms.reply),
        ("办结、回访和重办", terms.aftercare),
        ("督办和移送", terms.supervision),
        ("考核", terms.score),
    ):
        yield f"\n## {title}\n"
        yield from section(policy)
    yield from _choices(policy)
    yield from _documents(policy)


def _standing(policy: Policy) -> Iterator[str]:
    yield f"- 效力：**{STANDINGS[policy.standing]}**。{cite(policy.standing_basis)}"
    if policy.number:
        yield f"- 文号：{policy.number}"
    if policy.issued:
        yield f"- 印发：{policy.issued:%Y年%m月%d日}"
    if policy.effective_from or policy.effective_until:
        begin = f"自{policy.effective_from:%Y年%m月%d日}" if policy.effective_from else ""
        until = f"至{policy.effective_until:%Y年%m月%d日}" if policy.effective_until else ""
        yield f"- 施行：{begin}{until}"
    if policy.valid_for_years and not policy.effective_until:
        until = f"，至{policy.valid_until:%Y年%m月%d日}" if policy.valid_until else ""
        yield f"- 有效期：自施行之日起{policy.valid_for_years}年{until}"
    yield f"- 地域：{policy.place}；热线管理机构：{policy.office.name}"
    yield f"- 来源：{policy.source}"
    yield f"- 办公时间：{weekly(policy.office_hours.weekly)}※"
    for season in policy.office_hours.seasons:
        name = season.name or "另定"
        yield f"- 办公时间（{name}，{season.starts}至{season.ends}）：{weekly(season.hours)}"
    for parent in policy.parents:
        yield f"- 上级文件：《{parent.title}》{parent.number or ''}"


def _choices(policy: Policy) -> Iterator[str]:
    yield "\n## 文件没有写明的，这样办\n"
    yield "| 问题 | 采用 | 理由 | 相关条文 |"
    yield "|---|---|---|---|"
    for choice in policy.choices.values():
        yield f"| {choice.question} | {choice.answer} | {choice.why} | {cite(choice.rules)} |"


def _documents(policy: Policy) -> Iterator[str]:
    if policy.documents:
        yield "\n## 其他条文\n"
    for document in policy.documents:
        yield f"- {document.says or ''}{cite(document.basis)}"
