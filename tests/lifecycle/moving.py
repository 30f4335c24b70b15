"""An endpoint that serves a model, and one that moves to another."""

from .events import ENDPOINT_TYPE, MODEL_TYPE, endpoint


def served(stack, aws, model, **more):
    """Let an endpoint serve a model."""
    name = stack.create(MODEL_TYPE, model)["PhysicalResourceId"]
    properties = endpoint(name, **more)
    shop = stack.create(ENDPOINT_TYPE, properties, LogicalResourceId="Shop")
    return name, properties, shop["PhysicalResourceId"]


def moved(stack, aws, model, to_end="InService", **more):
    """Let the endpoint begin to move to another model, and its answer come at once."""
    old, before, shop = served(stack, aws, model, Wait=False, **more)
    aws.wait(3600)
    changed = model | {"EnableNetworkIsolation": True}
    new = stack.update(MODEL_TYPE, old, model, changed)["PhysicalResourceId"]
    aws.update_end = to_end
    after = endpoint(new, Wait=False, **more)
    event = stack.event(
        "Update", ENDPOINT_TYPE, after, LogicalResourceId="Shop", PhysicalResourceId=shop
    )
    old_event = stack.event("Update", ENDPOINT_TYPE, before)
    event["OldResourceProperties"] = old_event["ResourceProperties"]
    del stack.answers[old_event["RequestId"]]
    stack.deliver(event)
    aws.run(lambda: bool(stack.answers[event["RequestId"]]))
    assert aws.seen_endpoint(shop)["EndpointStatus"] == "Updating"
    return old, new, shop
