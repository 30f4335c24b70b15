"""The example notebook runs from top to end, and shows what it promises."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from .fake_world import ended, job_request, wait_for

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "candidates.ipynb"
CHART = "application/vnd.vegalite.v6+json"


# Jupyter's own event loop leaves its sockets to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_notebook_shows_a_table_a_chart_and_settings(sagemaker, url, monkeypatch, tmp_path):
    sagemaker.create_auto_ml_job_v2(**job_request())
    wait_for(lambda: ended(sagemaker, "churn"))
    environment = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AUTOML_JOB": "churn",
        "IPYTHONDIR": str(tmp_path),
        "JUPYTER_RUNTIME_DIR": str(tmp_path),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()

    table, chart, settings = (
        cell.outputs[-1]["data"] for cell in notebook.cells if cell.cell_type == "code"
    )
    assert table["text/html"].index("candidate-01") < table["text/html"].index("candidate-02")
    values = chart[CHART]["data"]["values"]
    assert [item["value"] for item in values] == [0.9, 0.7, 0.5]
    assert "<table" in chart["text/html"]
    assert "AutoMLTabularConfig(target_attribute_name=" in settings["text/html"]
    assert "Token[" not in str(settings)


def test_the_notebook_is_kept_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    nbformat.validate(notebook)
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")
