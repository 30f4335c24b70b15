"""The archive of a folder: fetched whole though the network fails, unpacked where it belongs."""

import errno
import io
import zipfile

import pytest
from automlv2_handlers import errors
from automlv2_handlers.aws import unpack
from automlv2_handlers.aws.boto3_gateway import Boto3Gateway
from botocore.response import StreamingBody

from .streams import BREAKS, Broken


class Folder:
    """S3 with one archive, which keeps what is written."""

    def __init__(self, *names):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name in names:
                archive.writestr(name, name.upper())
        self.packed = packed.getvalue()
        self.written = {}

    def get_object(self, **_):
        return {"Body": StreamingBody(io.BytesIO(self.packed), len(self.packed))}

    def upload_fileobj(self, Fileobj, Bucket, Key, Config):  # noqa: N803
        self.written[f"{Bucket}/{Key}"] = Fileobj.read()


def test_the_files_of_an_archive_are_written_below_the_prefix():
    s3 = Folder("a.csv", "sub/", "sub/b.csv")

    done = Boto3Gateway(lambda _: s3).unpack("assets", "1.zip", "s3://out/inputs/", 0)

    assert done == (2, 2)
    assert s3.written == {"out/inputs/a.csv": b"A.CSV", "out/inputs/sub/b.csv": b"SUB/B.CSV"}


def test_unpacking_goes_on_where_it_ended_and_stops_when_time_is_up(monkeypatch):
    s3 = Folder(*(f"{number:02}.csv" for number in range(40)))
    aws = Boto3Gateway(lambda _: s3)
    moments = iter([0, 1, 999, 0, 1, 2, 3])
    monkeypatch.setattr(unpack.time, "monotonic", lambda: next(moments))

    assert aws.unpack("assets", "1.zip", "s3://out/", 0) == (16, 40)
    assert aws.unpack("assets", "1.zip", "s3://out/", 16) == (40, 40)
    assert len(s3.written) == 40


class Network(Folder):
    """S3 whose streams are broken off after half of what is left, some times."""

    def __init__(self, *names, breaks=(), tells_length=True):
        super().__init__(*names)
        self.breaks = list(breaks)
        self.tells_length = tells_length
        self.ranges = []

    def get_object(self, Range="bytes=0-", **_):  # noqa: N803
        self.ranges.append(Range)
        rest = self.packed[int(Range.removeprefix("bytes=").removesuffix("-")) :]
        length = {"ContentLength": len(rest)} if self.tells_length else {}
        if self.breaks:
            return {"Body": Broken(rest[: len(rest) // 2], self.breaks.pop(0)), **length}
        return {"Body": StreamingBody(io.BytesIO(rest), len(rest)), **length}


@pytest.mark.parametrize("error", BREAKS, ids=lambda error: type(error).__name__)
def test_a_stream_that_is_broken_off_goes_on_where_it_ended(error):
    s3 = Network("a.csv", "b.csv", breaks=[error] * 3)

    assert unpacked(s3) == (2, 2)
    assert set(s3.written.values()) == {b"A.CSV", b"B.CSV"}
    assert len(set(s3.ranges)) == 4


def test_a_network_that_fails_again_and_again_is_tried_at_the_next_look():
    s3 = Network("a.csv", breaks=[BREAKS[0]] * 99)

    with pytest.raises(errors.BusyError, match="was broken off 5 times"):
        unpacked(s3)


def test_a_stream_of_unknown_length_that_is_broken_off_is_tried_at_the_next_look():
    s3 = Network("a.csv", breaks=[BREAKS[0]], tells_length=False)

    with pytest.raises(errors.BusyError, match=r"GetObject 1\.zip: ReadTimeoutError"):
        unpacked(s3)


def test_an_archive_larger_than_the_disk_is_said_before_it_is_fetched(monkeypatch):
    s3 = Network("a.csv")
    monkeypatch.setattr(unpack.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1}))

    with pytest.raises(errors.RefusedError, match="the function's disk 0 MB; upload the folder"):
        unpacked(s3)


def test_a_disk_that_is_full_is_said(monkeypatch):
    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(unpack.tempfile, "TemporaryFile", Full)

    with pytest.raises(errors.RefusedError, match="does not fit on the function's disk"):
        unpacked(Network("a.csv"))


def test_a_fault_of_the_disk_that_may_pass_is_tried_at_the_next_look(monkeypatch):
    class Odd(io.BytesIO):
        def write(self, _):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(unpack.tempfile, "TemporaryFile", Odd)

    with pytest.raises(errors.BusyError, match="Input/output error"):
        unpacked(Network("a.csv"))


def test_what_is_no_archive_is_said():
    s3 = Network("a.csv")
    s3.packed = b"<html>not an archive</html>"

    with pytest.raises(errors.RefusedError, match="the folder's archive is damaged"):
        unpacked(s3)


@pytest.mark.parametrize(
    "name",
    ["../a.csv", "sub/../../a.csv", "/etc/passwd", "a//b.csv", "./a.csv", "a\\b.csv", "a\nb.csv"],
)
def test_a_name_that_leads_out_of_the_prefix_is_refused_before_anything_is_written(name):
    s3 = Network("good.csv", name)

    with pytest.raises(errors.RefusedError, match="has a file of the name"):
        unpacked(s3)
    assert not s3.written


def unpacked(s3):
    return Boto3Gateway(lambda _: s3).unpack("assets", "1.zip", "s3://out/inputs/", 0)
