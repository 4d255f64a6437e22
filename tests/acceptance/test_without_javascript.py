"""What the tests of `make test` do in a browser with JavaScript works without it, too."""

import pytest

from tests.e2e.browser.test_conversation import (
    test_after_a_message_one_is_at_the_new_message,
    test_the_question_its_end_and_the_box_are_what_a_phone_shows_first,
)
from tests.e2e.browser.test_files import (
    test_a_citizen_opens_an_own_file_and_removes_it,
    test_the_page_says_by_itself_when_a_file_has_been_scanned,
)
from tests.e2e.browser.test_going_back import (
    test_going_back_from_the_sent_incident_leads_through_its_forms,
    test_going_back_to_a_wrong_message_shows_it_until_one_leaves,
)
from tests.e2e.browser.test_once import (
    test_a_double_click_records_one_message,
    test_a_lost_answer_loses_and_doubles_nothing,
    test_a_message_in_a_refused_form_can_be_sent_from_the_page_that_comes_back,
    test_a_message_reaches_its_own_incident_although_another_one_is_open,
    test_a_message_survives_the_end_of_the_session,
    test_a_message_without_its_key_comes_back_and_is_taken_the_second_time,
    test_an_outdated_form_comes_back_complete_and_is_taken_the_second_time,
    test_going_back_after_an_error_look_up_leads_to_the_same_incident,
    test_going_back_and_sending_again_leads_to_the_same_incident,
    test_reloading_a_page_with_mistakes_keeps_its_key_and_fields,
    test_reloading_the_confirmation_records_nothing_twice,
)

__all__ = [
    "test_a_citizen_opens_an_own_file_and_removes_it",
    "test_a_double_click_records_one_message",
    "test_a_lost_answer_loses_and_doubles_nothing",
    "test_a_message_in_a_refused_form_can_be_sent_from_the_page_that_comes_back",
    "test_a_message_reaches_its_own_incident_although_another_one_is_open",
    "test_a_message_survives_the_end_of_the_session",
    "test_a_message_without_its_key_comes_back_and_is_taken_the_second_time",
    "test_after_a_message_one_is_at_the_new_message",
    "test_an_outdated_form_comes_back_complete_and_is_taken_the_second_time",
    "test_going_back_after_an_error_look_up_leads_to_the_same_incident",
    "test_going_back_and_sending_again_leads_to_the_same_incident",
    "test_going_back_from_the_sent_incident_leads_through_its_forms",
    "test_going_back_to_a_wrong_message_shows_it_until_one_leaves",
    "test_reloading_a_page_with_mistakes_keeps_its_key_and_fields",
    "test_reloading_the_confirmation_records_nothing_twice",
    "test_the_page_says_by_itself_when_a_file_has_been_scanned",
    "test_the_question_its_end_and_the_box_are_what_a_phone_shows_first",
]


@pytest.fixture
def javascript() -> bool:
    """Whether the browser runs scripts."""
    return False
