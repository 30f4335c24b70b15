import pytest
from automlv2_handlers.domain.fingerprint import UNKNOWN, Fingerprint, fingerprint
from automlv2_handlers.errors import BusyError, DeniedError, NotFoundError


class Listing:
    def __init__(self, *objects, error=None):
        self._objects = objects
        self._error = error
        self.asked = []

    def objects(self, bucket, prefix):
        self.asked.append((bucket, prefix))
        if self._error:
            raise self._error
        return iter(self._objects)


def request(kind="S3Prefix", **config):
    source = {"S3DataType": kind, "S3Uri": "s3://in/train/"}
    return {
        "AutoMLJobInputDataConfig": [{"DataSource": {"S3DataSource": source}}],
        "AutoMLProblemTypeConfig": {"TabularJobConfig": config},
    }


A = ("train/a.csv", "e1", 10)


def test_equal_for_equal_configuration_and_data():
    assert fingerprint(request(), {}, Listing(A)) == fingerprint(request(), {}, Listing(A))


def test_differs_with_key_etag_size_and_configuration():
    made = {
        fingerprint(request(), {}, Listing(A)),
        fingerprint(request(), {}, Listing(("train/b.csv", "e1", 10))),
        fingerprint(request(), {}, Listing(("train/a.csv", "e2", 10))),
        fingerprint(request(), {}, Listing(("train/a.csv", "e1", 11))),
        fingerprint(request(), {}, Listing(A, A)),
        fingerprint(request(), {"a": 1}, Listing(A)),
    }

    assert len(made) == 6


def test_the_feature_specification_is_data_too():
    listing = Listing(A)

    fingerprint(request(FeatureSpecificationS3Uri="s3://spec/features.json"), {}, listing)

    assert listing.asked == [("in", "train/"), ("spec", "features.json")]


@pytest.mark.parametrize("error", [DeniedError("no"), BusyError("SlowDown")])
def test_what_may_pass_is_left_to_the_caller(error):
    with pytest.raises(type(error)):
        fingerprint(request(), {}, Listing(error=error))


def test_unknown_with_the_reason_where_there_is_no_bucket():
    found = fingerprint(request(), {}, Listing(error=NotFoundError("no such bucket")))

    assert found == Fingerprint(UNKNOWN, "no such bucket")


def test_unknown_for_a_manifest_whose_objects_are_elsewhere():
    found = fingerprint(request("ManifestFile"), {}, Listing(A))

    assert found == Fingerprint(UNKNOWN, "ManifestFile s3://in/train/ names the objects")


def test_a_hundred_thousand_objects_count_each():
    many = [(f"train/{i:07d}.csv", f"etag-{i}", i) for i in range(100_000)]
    found = fingerprint(request(), {}, Listing(*many))

    many[77_777] = ("train/0077777.csv", "another", 77_777)

    assert UNKNOWN != found.value != fingerprint(request(), {}, Listing(*many)).value


@pytest.mark.parametrize(
    ("output", "written"),
    [
        ("s3://in/train/models/", "train/models/job-1/any/file"),
        ("s3://in/train_output", "train_output/job-1/any/file"),
        ("s3://in/train/", "train/job-1/sagemaker-automl-candidates/c/model.tar.gz"),
        ("s3://in", "train/documentation/report.json"),
    ],
)
def test_what_a_job_wrote_among_its_data_is_not_data(output, written):
    asked = request() | {"OutputDataConfig": {"S3OutputPath": output}}
    prefix = "s3://in/train" if written.startswith("train_") else "s3://in/train/"
    asked["AutoMLJobInputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = prefix

    before = fingerprint(asked, {}, Listing(A))
    after = fingerprint(asked, {}, Listing(A, (written, "e9", 99)))

    assert before == after


def test_data_below_the_output_path_are_data():
    asked = request() | {"OutputDataConfig": {"S3OutputPath": "s3://in/"}}

    before = fingerprint(asked, {}, Listing(A))

    assert before != fingerprint(asked, {}, Listing(A, ("train/more/b.csv", "e9", 99)))
