"""sagemaker-core's resource classes against the local cloud."""


def test_the_resource_classes_create_wait_list_invoke_and_delete(python_of, place):
    found = python_of("core", "core_resources.py", place)

    assert found["status"] == "Completed"
    assert found["answer"].strip() in ("benign", "malignant")
    assert found["jobs"] == found["endpoints"] == found["models"] == ["core"]
    assert found["left"] == []
