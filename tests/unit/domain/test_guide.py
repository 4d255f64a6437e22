"""Which guides fit which kind of problem."""

from suport.domain.category import Category
from suport.domain.guide import KINDS, MOST_OFFERED, Guide, offered


def test_every_guide_is_for_a_kind_of_problem() -> None:
    assert KINDS.keys() == set(Guide)


def test_each_kind_offers_up_to_three_guides_and_before_a_kind_is_known_there_is_one_of_each() -> (
    None
):
    for kind in Category:
        guides = offered(kind)
        assert KINDS[guides[0]] is kind
        assert 2 <= len(set(guides)) == len(guides) <= MOST_OFFERED
    assert [KINDS[guide] for guide in offered(None)] == list(Category)
