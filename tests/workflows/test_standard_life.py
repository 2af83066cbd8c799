"""A ticket from registration to callback, each command an Update, on the real servers."""

from tests.workflows.office import Office, live


async def test_a_ticket_lives_from_registration_to_callback(office: Office) -> None:
    ticket = await office.open()
    await live(office, ticket)
    state = await office.ticket(ticket.no)
    assert state.status == "closed"
    assert state.archive_on is not None
