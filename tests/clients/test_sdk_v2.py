"""The SageMaker SDK's own ``AutoMLV2`` class against the local cloud, from fit to predict."""

import pytest

ANSWERS = {
    "tabular": ("benign,", "malignant,"),
    "text_classification": ("delivery",),
    "image_classification": ("2",),
    "time_series_forecasting": ("shop",),
    "text_generation": ("[", "{"),
}


@pytest.fixture(scope="session")
def outcomes(python_of, place):
    return python_of("sdk", "sdk_v2_kinds.py", place)


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_job_of_each_kind_is_fitted_deployed_and_asked(outcomes, kind):
    found = outcomes[kind]

    assert "error" not in found, found.get("error")
    assert found["status"] == "Completed"
    assert found["best"] in found["candidates"]
    assert found["attached"] == found["best"]
    assert found["answer"].startswith(ANSWERS[kind])
