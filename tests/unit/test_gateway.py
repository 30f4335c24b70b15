import json

import pytest
from automlv2_handlers import errors
from automlv2_handlers.gateway import Boto3Gateway, classify
from botocore.exceptions import ClientError, ConnectTimeoutError, ParamValidationError


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("ThrottlingException", "Rate exceeded", errors.BusyError),
        ("ResourceLimitExceeded", "quota of 4", errors.BusyError),
        ("ValidationException", "Cannot update in-progress endpoint", errors.BusyError),
        ("AccessDeniedException", "not authorized", errors.DeniedError),
        ("ValidationException", "Could not assume role arn:x", errors.DeniedError),
        ("ValidationException", 'Could not find endpoint "arn:x".', errors.NotFoundError),
        ("ResourceNotFound", "AutoML job x does not exist", errors.NotFoundError),
        ("ResourceInUse", "x", errors.NameTakenError),
        ("ValidationException", "Cannot create already existing model", errors.NameTakenError),
        ("ValidationException", "bad S3 URI", errors.RefusedError),
    ],
)
def test_errors_of_the_service_are_told_apart(code, message, kind):
    error = classify(code, message, "CreateModel")

    assert type(error) is kind
    assert str(error) == f"CreateModel: {code}: {message}"


class Client:
    """A boto3 client whose operations answer from a list."""

    def __init__(self, **answers):
        self.calls = []
        for name, results in answers.items():
            setattr(self, name, self._operation(name, results))

    def _operation(self, name, results):
        def call(**request):
            self.calls.append((name, request))
            result = results.pop(0)
            if isinstance(result, Exception):
                raise result
            return result

        return call


def gateway(**answers):
    client = Client(**answers)
    return Boto3Gateway(lambda service: client), client


def client_error(code, message="m"):
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def test_find_returns_none_for_what_does_not_exist():
    aws, _ = gateway(describe_model=[client_error("ValidationException", "Could not find model")])

    assert aws.find("describe_model", ModelName="m") is None


def test_find_raises_other_errors():
    aws, _ = gateway(describe_model=[client_error("ThrottlingException")])

    with pytest.raises(errors.BusyError):
        aws.find("describe_model", ModelName="m")


def test_an_unreachable_service_is_busy():
    aws, _ = gateway(describe_model=[ConnectTimeoutError(endpoint_url="https://x")])

    with pytest.raises(errors.BusyError):
        aws.call("describe_model", ModelName="m")


def test_a_request_that_boto3_refuses_is_refused():
    aws, _ = gateway(create_model=[ParamValidationError(report="Missing\nparameter")])

    with pytest.raises(errors.RefusedError, match=r"create_model: .* Missing parameter"):
        aws.call("create_model")


def test_all_pages_of_tags_are_read():
    pages = [
        {"Tags": [{"Key": "a", "Value": "1"}], "NextToken": "t"},
        {"Tags": [{"Key": "b", "Value": "2"}]},
    ]
    aws, client = gateway(list_tags=pages)

    assert aws.tags_of("arn") == {"a": "1", "b": "2"}
    assert client.calls[1] == ("list_tags", {"ResourceArn": "arn", "NextToken": "t"})


def test_all_pages_of_objects_are_read():
    pages = [
        {
            "Contents": [{"Key": "a", "ETag": "1", "Size": 1}],
            "IsTruncated": True,
            "NextContinuationToken": "t",
        },
        {"Contents": [{"Key": "b", "ETag": "2", "Size": 2}], "IsTruncated": False},
    ]
    aws, _ = gateway(list_objects_v2=pages)

    assert list(aws.objects("bucket", "p/")) == [("a", "1", 1), ("b", "2", 2)]


@pytest.mark.parametrize(
    ("answer", "first"),
    [({}, True), (client_error("ExecutionAlreadyExists", "Execution Already Exists"), False)],
)
def test_start_execution_tells_whether_it_is_the_first_of_that_name(answer, first):
    aws, client = gateway(start_execution=[answer])

    assert aws.start_execution("arn", "name", {"a": 1}) is first
    assert json.loads(client.calls[0][1]["input"]) == {"a": 1}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"Stacks": [{"StackStatus": "UPDATE_ROLLBACK_IN_PROGRESS"}]}, True),
        ({"Stacks": [{"StackStatus": "UPDATE_IN_PROGRESS"}]}, False),
        (client_error("AccessDenied"), False),
    ],
)
def test_is_rolling_back(answer, verdict):
    aws, _ = gateway(describe_stacks=[answer])

    assert aws.is_rolling_back("id") is verdict


def test_tags_are_added_and_removed():
    aws, client = gateway(add_tags=[{}], delete_tags=[{}])

    aws.add_tags("arn", [{"Key": "a", "Value": "1"}])
    aws.remove_tags("arn", ["b"])

    assert client.calls == [
        ("add_tags", {"ResourceArn": "arn", "Tags": [{"Key": "a", "Value": "1"}]}),
        ("delete_tags", {"ResourceArn": "arn", "TagKeys": ["b"]}),
    ]
