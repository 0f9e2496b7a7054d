"""The shapes of one site agree with one another, and each with itself."""

from __future__ import annotations

from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.history import draw_history
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from tests.synthetic.conftest import Query

# The code of a name that somebody scheduled by mistake.
MISTAKE = "Exploration Spine"


def test_movements_and_problems_share_no_key(query: Query) -> None:
    problems = "SELECT PROBLEM_LIST_ID FROM PROBLEM_LIST"
    assert query(f"SELECT count(*) FROM CLARITY_ADT WHERE EVENT_ID IN ({problems})") == [(0,)]
    # Room for the problems of five million patients at the rate of this site.
    room = "SELECT min(EVENT_ID) - min(PROBLEM_LIST_ID) FROM CLARITY_ADT, PROBLEM_LIST"
    ((apart,),) = query(room)
    ((count, patients),) = query(
        "SELECT (SELECT count(*) FROM PROBLEM_LIST), (SELECT count(*) FROM PATIENT)"
    )
    assert apart < 0 or apart > 5_000_000 * count / patients
