"""A demand from the form, registered as everybody else's is."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from api.bodies import RegisterBody
from api.citizen import abuse
from api.problems import Problem
from api.services import registering
from api.services.parts import Parts
from domain.commands import Actor
from domain.vocabulary import Role, Source, TicketType
from models import audit, citizen_links
from models.audit import Line
from models.phones import normal_phone
from models.tables import Caller

LONGEST = {"name": 50, "phone": 20, "title": 60, "text": 3000}
"""Characters at most, by field."""


async def submit(parts: Parts, form: Mapping[str, str], key: str, source: str | None) -> str:
    """Registers the demand once a key; the token of a link to it.

    Problem 422 for what is missing or wrong, 429 for too many, and what the policy refuses.
    """
    body = _body(form)
    await abuse.count_demand(parts.engine, parts.ring, form["phone"], source, datetime.now(UTC))
    done = await registering.register_ticket(parts, Actor(role=Role.CITIZEN), body, key)
    async with parts.engine.connect() as conn:
        query = select(Caller.id).where(Caller.first_ticket_no == done.no).order_by(Caller.id).limit(1)
        caller: UUID = (await conn.scalars(query)).one()
    async with parts.engine.begin() as conn:
        who = {"id": str(caller), "role": Role.CITIZEN.value}
        await audit.write(conn, Line(datetime.now(UTC), "register", audit.DONE, who, source, done.no))
    return citizen_links.made(parts.ring, caller, done.received_at + citizen_links.OF_A_MESSAGE)


def _body(form: Mapping[str, str]) -> RegisterBody:
    for field, most in LONGEST.items():
        if len(form.get(field, "")) > most:
            raise Problem(422, "too_long", f"填写的内容过长，最多{most}个字。请删减后重新提交。")
    if form.get("type") not in set(TicketType):
        raise Problem(422, "malformed", "请选择诉求类型。")
    if "text" not in form:
        raise Problem(422, "malformed", "请填写诉求内容。")
    phone = form.get("phone", "")
    if normal_phone(phone) is None:
        raise Problem(422, "malformed", "请填写能联系到您的电话号码。")
    caller = {"phone": phone, **({"name": form["name"]} if "name" in form else {})}
    words = {field: form[field] for field in ("title", "text") if field in form}
    return RegisterBody.model_validate(
        {"type": form["type"], "source": Source.WEB, "callers": [caller], **words}
    )
