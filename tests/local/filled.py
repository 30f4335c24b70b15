"""A page about an account in memory where every table has rows, long names and texts in them."""

import asyncio
import io
import socket
import threading
from contextlib import contextmanager
from types import SimpleNamespace

from hypercorn.asyncio import serve
from hypercorn.config import Config

from cdk_automlv2.cli.page.account import Account as PageAccount
from cdk_automlv2.cli.page.server import application
from cdk_automlv2.local.cloud.page_sessions import PageSessions
from tests.cli import running
from tests.cli.account import START, Account, at, candidate, endpoint, job

LONG = "customer-churn-by-month-and-region-abcdefg-x4k2m7p3q5"
REASON = (
    "AlgorithmError: ClientError: the column 'churned' of s3://data/train/rows.csv has one value"
)
MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:AutoMLV2ProviderWaiter-Xy12Ab"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)
VARIANTS = [
    {"VariantName": "AllTraffic", "CurrentInstanceCount": 1, "DesiredInstanceCount": 2},
    {"VariantName": "Challenger", "CurrentServerlessConfig": {"MemorySizeInMB": 4096}},
]


class Full(Account):
    """Jobs, endpoints, releases, executions, stacks and logs, in each of their states."""

    def __init__(self):
        super().__init__()
        self.sent = []
        running.deploy(running.user_of_shop(), self)
        self.clinic()
        self.cloudformation.described["Shop"] |= {"StackStatus": "UPDATE_ROLLBACK_COMPLETE"}
        self.cloudformation.described["Shop"]["StackStatusReason"] = REASON
        self.sagemaker.jobs[LONG] = job(
            "Failed", AutoMLJobName=LONG, FailureReason=REASON, EndTime=at(3700)
        )
        self.sagemaker.jobs["pictures"] = job(AutoMLJobName="pictures", EndTime=at(95))
        self.sagemaker.candidates[LONG] = [
            candidate("lost", status="Failed") | {"FailureReason": REASON},
            candidate("works", 0.5, AUC=0.25, Accuracy=0.125, Recall=0.5, LogLoss=0.6931),
        ]
        self.sagemaker.endpoints |= {
            LONG: endpoint("Failed", EndpointName=LONG, FailureReason=REASON),
            "moving": endpoint("Updating", EndpointName="moving", ProductionVariants=VARIANTS),
        }
        for kind, name in (("jobs", "list_auto_ml_jobs"), ("endpoints", "list_endpoints")):
            setattr(self.sagemaker, name, self._listing(kind))
        self.executions.list_state_machines = lambda: {
            "stateMachines": [{"stateMachineArn": MACHINE, "name": MACHINE.rpartition(":")[2]}]
        }
        self.executions.list_executions = lambda **_: {"executions": list(_executions())}
        found = self.cloudformation.described
        self.cloudformation._describe_stacks = lambda: [{"Stacks": list(found.values())}]
        self.logs.get_paginator = self._of_logs
        self.runtime.invoke_endpoint = self._invoke

    def _listing(self, kind):
        member = {"jobs": "AutoMLJobSummaries", "endpoints": "Endpoints"}[kind]
        return lambda **_: {member: list(getattr(self.sagemaker, kind).values())}

    def _of_logs(self, operation):
        if operation == "describe_log_groups":
            groups = [{"logGroupName": f"/aws/lambda/{LONG}"}]
            return SimpleNamespace(paginate=lambda: [{"logGroups": groups}])
        event = {"timestamp": int(START.timestamp() * 1000), "message": REASON, "eventId": "1"}
        return SimpleNamespace(paginate=lambda **_: [{"events": [event]}])

    def _invoke(self, **request):
        self.sent.append(request)
        return {
            "Body": io.BytesIO(b'{"predicted_label": "cat", "probability": 0.97}'),
            "ContentType": "application/json",
            "InvokedProductionVariant": "AllTraffic",
        }


def _executions():
    for number, status in enumerate(("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")):
        ended = {} if status == "RUNNING" else {"stopDate": at(60 * number + 90)}
        name = f"release-{number}-5k7hjofmnb6m3o43ping-1000000-1"
        arn = f"{MACHINE}:{name}"
        yield {
            "executionArn": arn,
            "name": name,
            "status": status,
            "startDate": at(60 * number),
        } | ended


@contextmanager
def served(account):
    """Serve a page about an account; yields the link that opens it."""
    sessions = PageSessions()
    own = socket.create_server(("127.0.0.1", 0))
    port = own.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{own.detach()}"]
    config.accesslog = config.errorlog = None
    app = application({"000000000000": PageAccount(account.client)}, sessions)
    loop, ended = asyncio.new_event_loop(), asyncio.Event()
    worker = threading.Thread(
        target=lambda: loop.run_until_complete(serve(app, config, shutdown_trigger=ended.wait))
    )
    worker.start()
    try:
        yield f"http://127.0.0.1:{port}/page#{sessions.code()}"
    finally:
        loop.call_soon_threadsafe(ended.set)
        worker.join(20)
        loop.close()
