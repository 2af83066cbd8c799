"""The bare core as a scenario's engine: no server, no database, the same rules."""

from datetime import datetime

from domain import supervision as supervising
from domain.casework import decide, register, settle
from domain.commands import Actor, AnswerSupervision, CloseSupervision, Envelope, ReviseCalendar
from domain.facts import Fact, SupervisionOpened, SupervisionWithdrawn
from domain.rejected import Rejected
from domain.supervision import Supervision
from domain.ticket import Ticket, evolve, fold
from domain.vocabulary import Role
from ops.scenarios.lines import Line, Placed, fact_line, in_order, refused_line
from ops.scenarios.scenario import Scenario


def run(scenario: Scenario) -> list[Line]:
    """Every line of a scenario, in time order."""
    return _Run(scenario).lines()


class _Run:
    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._law = scenario.law
        self._placed: list[Placed] = []
        self._ticket: Ticket | None = None
        self._supervisions: dict[str, Supervision] = {}
        self._positions: dict[str, int] = {}

    def lines(self) -> list[Line]:
        self._register()
        if self._ticket is not None:
            for step in self._scenario.steps:
                self._settle(step.at)
                self._command(step.at, step.envelope)
            self._settle(self._scenario.until, inclusive=True)
        return in_order(self._placed)

    def _register(self) -> None:
        scenario = self._scenario
        received = self._law.calendar.localised(scenario.ticket.received_at)
        try:
            made = register(self._law, scenario.no, scenario.ticket, received, callers=scenario.callers)
        except Rejected as refusal:
            self._place(received, "", refused_line(received, "register", refusal))
            return
        self._ticket = fold(made)
        self._print("", made)

    def _settle(self, until: datetime, *, inclusive: bool = False) -> None:
        assert self._ticket is not None
        self._take(settle(self._law, self._ticket, until, inclusive=inclusive))
        for no, state in list(self._supervisions.items()):
            made = supervising.settle(self._law, state, until, inclusive=inclusive)
            self._take_supervision(no, made)

    def _command(self, at: datetime, envelope: Envelope) -> None:
        assert self._ticket is not None
        try:
            if isinstance(envelope.command, AnswerSupervision | CloseSupervision):
                no = self._meant(envelope.command)
                made = supervising.decide(self._law, self._supervisions[no], envelope, at)
                self._take_supervision(no, made)
            else:
                self._say(at, envelope)
        except Rejected as refusal:
            self._place(at, "", refused_line(at, envelope.command.do, refusal))

    def _say(self, at: datetime, envelope: Envelope) -> None:
        """To the ticket; a new calendar to every open supervision as well, which may outlive its ticket."""
        assert self._ticket is not None
        try:
            self._take(decide(self._law, self._ticket, envelope, at))
        finally:
            if isinstance(envelope.command, ReviseCalendar):
                for no, state in list(self._supervisions.items()):
                    if not state.ended:
                        self._take_supervision(no, supervising.decide(self._law, state, envelope, at))

    def _meant(self, command: AnswerSupervision | CloseSupervision) -> str:
        return supervising.meant(
            {no: s.unit for no, s in self._supervisions.items() if not s.ended},
            command,
            self._law.policy,
        )

    def _take(self, made: list[Fact]) -> None:
        for fact in made:
            assert self._ticket is not None
            self._ticket = evolve(self._ticket, fact)
        self._print("", made)
        for fact in made:
            if isinstance(fact, SupervisionOpened):
                self._open(fact)
            elif isinstance(fact, SupervisionWithdrawn):
                self._withdraw(fact)

    def _open(self, opened: SupervisionOpened) -> None:
        assert self._ticket is not None
        calendar = self._ticket.calendar
        law = self._law if calendar is None else self._law.counting_in(calendar)
        begun = supervising.begin(law, opened, self._ticket.no, self._ticket.about)
        self._supervisions[opened.no] = supervising.fold(begun)
        self._print(opened.no, begun)

    def _withdraw(self, taken_back: SupervisionWithdrawn) -> None:
        state = self._supervisions[taken_back.no]
        if not state.ended:
            order = Envelope(command=CloseSupervision(no=taken_back.no), actor=Actor(role=Role.SYSTEM))
            self._take_supervision(state.no, supervising.decide(self._law, state, order, taken_back.at))

    def _take_supervision(self, no: str, made: list[Fact]) -> None:
        for fact in made:
            self._supervisions[no] = supervising.evolve(self._supervisions[no], fact)
        self._print(no, made)

    def _print(self, stream: str, made: list[Fact]) -> None:
        for fact in made:
            self._place(fact.at, stream, fact_line(fact, self._law))

    def _place(self, at: datetime, stream: str, line: Line) -> None:
        position = self._positions.get(stream, 0)
        self._positions[stream] = position + 1
        self._placed.append(Placed(at, stream, position, line))
