"""What is chosen before silence takes effect is on record and changes nothing."""

from tests.rules.worlds import a_case


def test_what_was_chosen_after_the_pre_mortem_moves_no_date_however_often_it_is_chosen():
    world = a_case(10, silence="approve").accepted("03-02 09:00")
    left = world.until("03-20 09:00")
    chosen = world.fact("silence.considered", "03-11 10:00", choice="decide").fact(
        "silence.considered", "03-12 10:00", choice="let_go", reason="x"
    )
    out = chosen.until("03-20 09:00")
    assert (out.due_on, out.outcome, out.broken()) == (left.due_on, left.outcome, left.broken())
    assert out.refusals() == {} and out.findings() == left.findings()


def test_once_the_case_is_over_there_is_nothing_left_to_choose():
    world = a_case(10, silence="approve").accepted("03-02 09:00")
    out = world.fact("silence.considered", "03-18 10:00", id="c", choice="decide").until("03-20 09:00")
    assert out.refusals() == {"c": "case_closed"}
