"""A stack with one endpoint, and a deployment of it that fails in the end."""

from .cloudformation import CloudFormation, Resource
from .events import ENDPOINT_TYPE as TYPE
from .events import endpoint
from .stack import STACK_ID


def deployed(aws, properties):
    stack = CloudFormation(aws, STACK_ID)
    assert stack.deploy([Resource("Endpoint", TYPE, lambda _: properties)])
    return stack, stack.live["Endpoint"].physical_id


def broken_after(properties):
    """Return a template whose deployment fails once the endpoint is as it is to be."""
    nobody = endpoint("nobody") | {"EndpointName": "other"}
    return [
        Resource("Endpoint", TYPE, lambda _: properties),
        Resource("Broken", TYPE, lambda _: nobody, depends_on=("Endpoint",)),
    ]
