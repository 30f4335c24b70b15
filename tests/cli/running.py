"""A stack ``Shop`` whose first release still trains: its records are the function's own."""

from tests.lifecycle.fake_aws import FakeAws
from tests.lifecycle.releases import KEY, TYPE, User
from tests.lifecycle.stack import Stack

from .account import candidate, custom, job

__all__ = ["KEY", "deploy", "user_of_shop"]
RUNNING = ("InProgress", "ModelTuning")


def user_of_shop():
    """Return a user of an account where a job takes a day."""
    aws = FakeAws()
    aws.job_seconds = 24 * 3600
    return User(Stack(aws))


def deploy(user, account):
    """Deploy the stack, up to the start of its job."""
    user.deploy()
    user.aws.run(lambda: bool(user.release(1).job))
    name = user.release(1).job
    account.services["dynamodb"] = user.aws.client("dynamodb")
    arn = {"Fn::GetAtt": ["Function", "Arn"]}
    properties = {"Key": KEY, "TableName": {"Ref": "Table"}, "ServiceToken": arn}
    account.cloudformation.add(
        "Shop",
        {
            "Churn": custom(TYPE, f"Shop/{KEY}/Resource", **properties),
            "Table": {"Type": "AWS::DynamoDB::Table"},
            "Function": {"Type": "AWS::Lambda::Function"},
            "AutoMLV2ProviderFunctionLog1": {"Type": "AWS::Logs::LogGroup"},
        },
        {
            "Churn": "churn",
            "Table": user.stack.table,
            "Function": "function",
            "AutoMLV2ProviderFunctionLog1": "function-log",
        },
    )
    account.sagemaker.jobs[name] = {**job(*RUNNING), "AutoMLJobName": name}
    account.sagemaker.candidates[name] = [
        candidate("good", 0.9),
        {**candidate("bad", status="Failed"), "FailureReason": "out of memory"},
    ]
