"""What is due when."""

from bot.agenda import Agenda


def test_what_has_been_due_for_longest_comes_first() -> None:
    agenda = Agenda()
    for number, at in ((1, 3.0), (2, 1.0), (3, 2.0)):
        agenda.put(number, at)

    taken = [agenda.take(2.5) for _ in range(3)]

    assert taken == [2, 3, None]
    assert agenda.next_at() == 3.0


def test_a_number_stands_there_once_at_its_earliest_moment() -> None:
    agenda = Agenda()
    for at in (5.0, 2.0, 4.0):
        agenda.put(1, at)

    taken = [agenda.take(9.0) for _ in range(2)]

    assert taken == [1, None]


def test_what_was_dropped_is_not_due_and_may_come_again() -> None:
    agenda = Agenda()
    agenda.put(1, 1.0)
    agenda.drop(1)
    agenda.put(1, 7.0)

    assert agenda.take(6.0) is None
    assert agenda.take(7.0) == 1
