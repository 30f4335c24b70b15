"""Sessions of boto3 whose clients answer from memory."""

import io


class Session:
    """A boto3 session whose clients answer from memory."""

    def __init__(self, pages=None, body=b"", content_type="text/csv", job=None):
        self.pages = pages or []
        self.body = body
        self.content_type = content_type
        self.job = job or {}
        self.requests = []

    def client(self, service):
        return self

    def describe_auto_ml_job_v2(self, AutoMLJobName):  # noqa: N803
        return {"AutoMLJobName": AutoMLJobName, **self.job}

    def list_candidates_for_auto_ml_job(self, **request):
        self.requests.append(dict(request))
        return self.pages.pop(0)

    def invoke_endpoint(self, **request):
        self.requests.append(request)
        return {"Body": io.BytesIO(self.body), "ContentType": self.content_type}
