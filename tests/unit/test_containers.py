import pytest
from automlv2_handlers.domain.containers import choose, respond_with
from automlv2_handlers.errors import LifecycleError

from .containers import ALGORITHM, IN, LABELS, OUT, SUPPORTED, TRANSFORM


def test_the_order_of_the_containers_is_kept():
    candidate = {"CandidateName": "c", "InferenceContainers": [TRANSFORM, ALGORITHM, LABELS]}

    assert choose(candidate, "CPU") == [TRANSFORM, ALGORITHM, LABELS]


def test_containers_by_processing_unit_come_first():
    candidate = {
        "CandidateName": "c",
        "InferenceContainerDefinitions": {"GPU": [ALGORITHM], "CPU": [LABELS]},
        "InferenceContainers": [TRANSFORM],
    }

    assert choose(candidate, "GPU") == [ALGORITHM]


def test_rejects_a_processing_unit_the_candidate_lacks():
    candidate = {"CandidateName": "c", "InferenceContainerDefinitions": {"GPU": [ALGORITHM]}}

    with pytest.raises(LifecycleError, match="has containers for GPU, not for CPU; choose another"):
        choose(candidate, "CPU")


def test_rejects_a_candidate_without_containers():
    with pytest.raises(LifecycleError, match="'c' has no inference containers"):
        choose({"CandidateName": "c"}, "CPU")


def test_one_container_answers_with_the_keys_in_their_order():
    [container] = respond_with([LABELS], ["labels", "probability"])

    assert container["Environment"][OUT] == "labels,probability"
    assert container["Environment"][IN] == "predicted_label"


def test_three_containers_hand_the_keys_on_and_labels_comes_last():
    containers = respond_with(
        [TRANSFORM, ALGORITHM, LABELS], ["probability", "labels", "predicted_label"]
    )

    assert containers[0] == TRANSFORM
    assert containers[1]["Environment"][OUT] == "probability,predicted_label"
    assert containers[2]["Environment"][IN] == "probability,predicted_label"
    assert containers[2]["Environment"][OUT] == "probability,labels,predicted_label"


def test_the_candidate_itself_is_not_changed():
    respond_with([ALGORITHM], ["probability"])

    assert ALGORITHM["Environment"][OUT] == "predicted_label"


def test_no_keys_leave_the_containers_as_they_are():
    assert respond_with([TRANSFORM, ALGORITHM], []) == [TRANSFORM, ALGORITHM]


def test_rejects_keys_of_a_regression_which_has_none():
    with pytest.raises(LifecycleError, match="does not support probability; it supports none"):
        respond_with([{"Image": "i"}], ["probability"])


def test_labels_alone_come_from_the_last_container_and_the_one_before_keeps_its_answer():
    _, before, after = respond_with([TRANSFORM, ALGORITHM, LABELS], ["labels"])

    assert before == ALGORITHM
    assert after["Environment"][IN] == "predicted_label"
    assert after["Environment"][OUT] == "labels"


def test_a_container_hands_on_only_keys_that_it_supports_itself():
    poor = {"Image": "p", "Environment": {OUT: "predicted_label", SUPPORTED: "predicted_label"}}

    before, after = respond_with([poor, LABELS], ["probability", "predicted_label"])

    assert before["Environment"][OUT] == after["Environment"][IN] == "predicted_label"
    assert after["Environment"][OUT] == "probability,predicted_label"


def test_keys_are_those_of_the_last_container_whatever_one_before_it_supports():
    with pytest.raises(LifecycleError, match="does not support probability; it supports none"):
        respond_with([ALGORITHM, TRANSFORM], ["probability"])


def test_a_container_after_one_without_keys_expects_what_it_did():
    plain = {"Image": "plain", "Environment": {}}

    containers = respond_with([ALGORITHM, plain, LABELS], ["probability"])

    assert containers[1] == plain
    assert containers[2]["Environment"][IN] == "predicted_label"
