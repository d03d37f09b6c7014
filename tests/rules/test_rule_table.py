"""Nothing of the law of the clock is without a test."""

from rules.practice import ARTICLE_45
from rules.silence import OUTCOMES
from tests.rules.rule_table import CODES, table


def test_every_rule_parameter_and_code_has_a_test():
    assert [row for row, tests in table().items() if not tests] == []


def test_the_codes_of_the_engine_are_in_the_table():
    assert set(OUTCOMES) <= set(CODES["silence effect"].split())
    assert set(ARTICLE_45) <= set(CODES["suspension reason"].split())
