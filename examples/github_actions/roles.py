"""The roles that the workflows assume by OIDC, without a key that could be lost.

`cdk deploy --app "python roles.py" -c repository=me/models`, once, by a person. Repositories made
since July 2026 have ids in their subjects: `-c repository=me@123/models@456`.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

ISSUER = "token.actions.githubusercontent.com"
READ = (
    "cloudformation:DescribeStackResource",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListStackResources",
    "cloudformation:ListStacks",
)
LOCK = ("dynamodb:GetItem", "dynamodb:Query", "sagemaker:DescribeAutoMLJobV2", "s3:GetObject")

app = cdk.App()
stack = cdk.Stack(app, "Deployers")
repository = app.node.try_get_context("repository") or "me/models"
provider = iam.CfnOIDCProvider(
    stack, "GitHub", url=f"https://{ISSUER}", client_id_list=["sts.amazonaws.com"]
)


def role(id: str, subject: str) -> iam.Role:
    """Return a role for jobs of the workflows with that subject, and for no others."""
    said = {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": f"repo:{repository}:{subject}"}
    trusted = iam.WebIdentityPrincipal(provider.attr_arn, {"StringEquals": said})
    made = iam.Role(stack, id, assumed_by=trusted)
    # Reading is by names that nobody knows beforehand; data and keys are not among it.
    made.add_to_policy(iam.PolicyStatement(actions=list(READ), resources=["*"]))
    cdk.CfnOutput(stack, f"{id}Arn", value=made.role_arn)
    return made


role("Plan", "pull_request")
for stage in ("dev", "prod"):
    deployer = role(stage.title(), f"environment:{stage}")
    bootstrap = stack.format_arn(
        service="iam", region="", resource="role", resource_name="cdk-hnb659fds-*"
    )
    deployer.add_to_policy(iam.PolicyStatement(actions=["sts:AssumeRole"], resources=[bootstrap]))
    if stage == "dev":
        deployer.add_to_policy(iam.PolicyStatement(actions=list(LOCK), resources=["*"]))
app.synth()
