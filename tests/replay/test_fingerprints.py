"""What the workflows ask of the server today is what they asked when their histories were kept.

A change here means that open tickets would not replay: put it behind `workflow.patched`, then record anew.
"""

import json

import pytest

from tests.replay.fingerprint import fingerprint
from tests.replay.lives import UNTIMED, Life
from tests.replay.record import FINGERPRINTS
from tests.workflows.office import Office


@pytest.mark.parametrize("life", UNTIMED, ids=lambda life: life.__name__)
async def test_the_commands_of_a_life_are_those_on_file(office: Office, life: Life) -> None:
    kept = json.loads(FINGERPRINTS.read_text("utf-8"))
    for name, handle in (await life(office)).items():
        assert fingerprint(await handle.fetch_history()) == kept[name]
