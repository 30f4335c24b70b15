"""Run by the SageMaker SDK's own Python: the requests that its ``AutoMLV2`` sends.

Reads a list of ``{"kind", "config", "channels", "options"}``, prints the list of requests.
"""

import json
import sys

import boto3
import sagemaker
from sagemaker.automl import automlv2


class Recorder:
    """Keeps what would be sent."""

    def __init__(self):
        self.sent = []

    def create_auto_ml_job_v2(self, **request):
        self.sent.append(request)


def main():
    recorder = Recorder()
    boto = boto3.Session("test", "test", region_name="us-east-1")
    session = sagemaker.Session(boto, sagemaker_client=recorder)
    for case in json.load(sys.stdin):
        config = getattr(automlv2, case["kind"])(**case["config"])
        auto_ml = automlv2.AutoMLV2(config, sagemaker_session=session, **case["options"])
        channels = [automlv2.AutoMLDataChannel(**channel) for channel in case["channels"]]
        auto_ml.fit(inputs=channels, wait=False, job_name="parity")
    sys.stdout.write("\n" + json.dumps(recorder.sent))


if __name__ == "__main__":
    main()
