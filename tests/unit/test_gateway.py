import json

import pytest
from automlv2_handlers import errors
from automlv2_handlers.aws.boto3_gateway import Boto3Gateway
from automlv2_handlers.aws.classify import classify
from botocore.exceptions import ClientError, ConnectTimeoutError, ParamValidationError


def _quota(limit, used, asked):
    return (
        f"The account-level service limit 'ml.m5.large for endpoint usage' is {limit} Instances, "
        f"with current utilization of {used} Instances and a request delta of {asked} Instances. "
        "Please use AWS Service Quotas to request an increase for this quota."
    )


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("ThrottlingException", "Rate exceeded", errors.BusyError),
        ("ResourceLimitExceeded", "quota of 4", errors.QuotaError),
        ("ResourceLimitExceeded", _quota(limit=4, used=3, asked=2), errors.QuotaError),
        ("ResourceLimitExceeded", _quota(limit=0, used=0, asked=1), errors.RefusedError),
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


PASSING = [
    *("ThrottlingException", "Throttling", "ThrottledException", "RequestThrottled"),
    *("RequestThrottledException", "EC2ThrottledException", "TooManyRequestsException"),
    *("RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "SlowDown"),
    *("ProvisionedThroughputExceededException", "PriorRequestNotComplete"),
    *("TransactionInProgressException", "ServiceUnavailable", "ServiceUnavailableException"),
    *("InternalError", "InternalFailure", "InternalServerError", "InternalServerException"),
    *("InternalServiceError", "InternalServiceException", "RequestTimeout", "IncompleteBody"),
    *("RequestTimeoutException", "ExpiredToken", "ExpiredTokenException", "RequestExpired"),
    *("RequestTimeTooSkewed", "UnrecognizedClientException", "InvalidClientTokenId"),
    *("com.amazonaws#ThrottlingException", "500", "502", "503", "504", "429", "408"),
]


@pytest.mark.parametrize("status", [0, 400, 403])
@pytest.mark.parametrize("code", PASSING)
def test_what_passes_is_asked_again(code, status):
    assert type(classify(code, "words", "DescribeAutoMLJobV2", status)) is errors.BusyError


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.RefusedError),
        (403, errors.DeniedError),
        (404, errors.NotFoundError),
        (408, errors.BusyError),
        (429, errors.BusyError),
        (500, errors.BusyError),
        (502, errors.BusyError),
        (503, errors.BusyError),
        (529, errors.BusyError),
    ],
)
def test_an_unknown_code_is_told_by_its_http_status(status, kind):
    assert type(classify("SomethingNew", "words", "CreateModel", status)) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDenied", errors.DeniedError),
        ("UnauthorizedOperation", errors.DeniedError),
        ("403", errors.DeniedError),
        ("404", errors.NotFoundError),
        ("NoSuchBucket", errors.NotFoundError),
        ("NoSuchKey", errors.NotFoundError),
        ("ServiceQuotaExceededException", errors.QuotaError),
        ("ValidationError", errors.RefusedError),
    ],
)
def test_a_code_is_told_without_words(code, kind):
    assert type(classify(code, "", "CreateModel")) is kind


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


@pytest.mark.parametrize("error", [ConnectionResetError("reset"), TimeoutError("t"), OSError("x")])
def test_a_connection_that_breaks_is_busy(error):
    aws, _ = gateway(describe_model=[error])

    with pytest.raises(errors.BusyError, match="describe_model: "):
        aws.call("describe_model", ModelName="m")


def test_the_http_status_of_an_error_counts():
    answer = {"Error": {"Code": "Novel", "Message": "m"}}
    answer["ResponseMetadata"] = {"HTTPStatusCode": 500}
    aws, _ = gateway(describe_model=[ClientError(answer, "DescribeModel")])

    with pytest.raises(errors.BusyError, match="DescribeModel: Novel: m"):
        aws.call("describe_model", ModelName="m")


def test_a_list_whose_page_follows_itself_ends():
    page = {"Tags": [{"Key": "a", "Value": "1"}], "NextToken": "t"}
    aws, client = gateway(list_tags=[page, page, page])

    with pytest.raises(errors.RefusedError, match="never ends"):
        aws.tags_of("arn")

    assert len(client.calls) == 2


@pytest.mark.parametrize("uri", ["s3://bucket", "s3://bucket/", "s3://bucket//"])
def test_a_whole_bucket_is_never_emptied(uri):
    aws, client = gateway()

    with pytest.raises(errors.RefusedError, match="whole bucket"):
        aws.remove_objects(uri)

    assert not client.calls


@pytest.mark.parametrize("uri", ["s3://bucket/p/1", "s3://bucket/p/1/"])
def test_what_lies_beside_a_prefix_is_not_deleted(uri):
    page = {"Contents": [{"Key": "p/1/a", "ETag": "1", "Size": 1}]}
    aws, client = gateway(list_objects_v2=[page], delete_objects=[{}])

    aws.remove_objects(uri)

    assert client.calls[0][1] == {"Bucket": "bucket", "Prefix": "p/1/"}
    assert client.calls[1][1]["Delete"] == {"Objects": [{"Key": "p/1/a"}]}


def test_more_than_a_thousand_objects_are_deleted_in_batches():
    page = {"Contents": [{"Key": f"p/{n}", "ETag": "1", "Size": 1} for n in range(1001)]}
    aws, client = gateway(list_objects_v2=[page], delete_objects=[{}, {}])

    aws.remove_objects("s3://bucket/p/")

    assert [len(call["Delete"]["Objects"]) for _, call in client.calls[1:]] == [1000, 1]


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


def test_the_status_of_the_stack_is_told():
    aws, client = gateway(describe_stacks=[{"Stacks": [{"StackStatus": "UPDATE_IN_PROGRESS"}]}])

    assert aws.stack_status("id") == "UPDATE_IN_PROGRESS"
    assert client.calls == [("describe_stacks", {"StackName": "id"})]


@pytest.mark.parametrize(
    ("status", "found"),
    [("CREATE_COMPLETE", "churn-1"), ("UPDATE_COMPLETE", "churn-1"), ("CREATE_FAILED", "")],
)
def test_the_physical_id_of_a_resource_is_told_once_it_is_complete(status, found):
    detail = {"PhysicalResourceId": "churn-1", "ResourceStatus": status}
    aws, _ = gateway(describe_stack_resource=[{"StackResourceDetail": detail}])

    assert aws.physical_id("stack", "Churn") == found


def test_a_resource_that_is_not_there_has_no_physical_id():
    missing = client_error("ValidationError", "Resource Churn does not exist for stack Shop")
    aws, _ = gateway(describe_stack_resource=[missing])

    assert aws.physical_id("stack", "Churn") == ""


def test_an_object_that_is_not_deleted_is_an_error():
    page = {"Contents": [{"Key": "p/a", "ETag": "1", "Size": 1}]}
    refused = {"Errors": [{"Key": "p/a", "Code": "AccessDenied", "Message": "no"}]}
    aws, _ = gateway(list_objects_v2=[page], delete_objects=[refused])

    with pytest.raises(errors.DeniedError, match="DeleteObjects p/a: AccessDenied: no"):
        aws.remove_objects("s3://bucket/p/")


def test_tags_are_added_and_removed():
    aws, client = gateway(add_tags=[{}], delete_tags=[{}])

    aws.add_tags("arn", [{"Key": "a", "Value": "1"}])
    aws.remove_tags("arn", ["b"])

    assert client.calls == [
        ("add_tags", {"ResourceArn": "arn", "Tags": [{"Key": "a", "Value": "1"}]}),
        ("delete_tags", {"ResourceArn": "arn", "TagKeys": ["b"]}),
    ]


@pytest.mark.parametrize("operation", ["AddTags", "TagResource"])
def test_a_resource_full_of_tags_is_not_waited_for(operation):
    error = classify("ResourceLimitExceeded", "more than 50 tags", operation)

    assert type(error) is errors.RefusedError
