"""Faults that a lifecycle step can end in.

::

    Exception
    ├── LifecycleError     the request fails; the text is the stack event's reason
    └── GatewayError       a call to AWS did not do what was asked
        ├── NotFoundError  the resource does not exist
        ├── NameTakenError a resource of that name exists already
        ├── BusyError      throttled or not reachable; ask again later
        │   ├── QuotaError a quota is full; ask again when something has ended
        │   └── ChangedError somebody else has written a record first; read it again
        ├── DeniedError    not allowed, or not yet: policies take a while to spread
        └── RefusedError   the service said no, and will say no again

    BaseException
    └── OutOfTimeError     a step takes longer than the function has; no ``except`` of it stops that
"""


class LifecycleError(Exception):
    """When a request of CloudFormation cannot be fulfilled; one line, for the stack event."""


class GatewayError(Exception):
    """When a call to AWS failed; one line."""


class NotFoundError(GatewayError):
    """When the resource does not exist."""


class NameTakenError(GatewayError):
    """When a resource of that name exists already."""


class BusyError(GatewayError):
    """When the service is throttling, busy with the resource, or unreachable."""


class QuotaError(BusyError):
    """When an account's quota is full but would be large enough."""


class ChangedError(BusyError):
    """When a record has been written since it was read."""


class DeniedError(GatewayError):
    """When a right is missing; new policies need up to a minute to take effect."""


class RefusedError(GatewayError):
    """When the service refuses the request for good."""


class OutOfTimeError(BaseException):
    """When a step takes longer than the function may; it is taken again later."""
