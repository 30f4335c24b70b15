"""What the lifecycle asks of AWS: the only door to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from automlv2_handlers.aws.tables import Item

StoredObject = tuple[str, str, int]
"""Key, ETag and size in bytes of an object in S3."""


class Gateway(Protocol):
    """What the lifecycle asks of AWS; every call may raise a ``GatewayError``."""

    def request(
        self, operation: str, properties: Mapping[str, Any], service: str = "sagemaker"
    ) -> dict[str, Any]:
        """Return the members of the operation's input among ``properties``, typed."""

    def members(self, operation: str) -> frozenset[str]:
        """Return the names of the members of a SageMaker operation's input."""

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Call one SageMaker operation, named as in boto3, and return its answer."""

    def call_of(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        """Call one operation of another service, both named as in boto3."""

    def find(self, operation: str, **request: Any) -> dict[str, Any] | None:
        """Call an operation on a resource; ``None`` if it does not exist."""

    def tags_of(self, arn: str) -> dict[str, str]:
        """Return the tags of a SageMaker resource."""

    def add_tags(self, arn: str, tags: list[dict[str, str]]) -> None:
        """Add or overwrite tags."""

    def remove_tags(self, arn: str, keys: Sequence[str]) -> None:
        """Remove tags."""

    def objects(self, bucket: str, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects below a prefix, in the order of their keys."""

    def write(self, uri: str, body: bytes) -> None:
        """Write one object."""

    def unpack(self, bucket: str, key: str, uri: str, start: int) -> tuple[int, int]:
        """Write files of a zip archive below ``uri``, from the ``start``-th on, for some minutes.

        Returns:
            How many are written by now, and how many there are.
        """

    def remove_objects(self, uri: str) -> None:
        """Delete every object below ``uri``."""

    def fetch_artifact(self, source: str, target: str, sha256: str, key: str = "") -> None:
        """Let the object of that digest lie at ``target``, encrypted; refuse another one."""

    def start_execution(self, arn: str, name: str, state: Mapping[str, Any]) -> bool:
        """Start the state machine; whether it is the first execution of that name."""

    def stack_status(self, stack_id: str) -> str:
        """Return the ``StackStatus`` of a stack."""

    def alarm_states(self, names: Sequence[str]) -> dict[str, str]:
        """Return the states of those of the alarms that there are, by their names."""

    def physical_id(self, stack_id: str, logical_id: str) -> str:
        """Return the physical id of a resource; empty if that is not there, or not complete."""

    def resource_status(self, stack_id: str, logical_id: str) -> str:
        """Return the ``ResourceStatus`` of a stack's resource; empty if there is none."""

    def stop_execution(self, arn: str, why: str) -> None:
        """Stop an execution, if it runs."""

    def item(self, table: str, pk: str, sk: str) -> Item | None:
        """Return an item of a table as it is now."""

    def items(self, table: str, pk: str, prefix: str) -> Iterator[Item]:
        """Yield the items of one ``pk`` whose ``sk`` begins with ``prefix``, the last first."""

    def write_items(self, table: str, items: Sequence[Item]) -> None:
        """Write items, all or none, each only at the version that it was read at."""

    def put_event(self, event: Mapping[str, Any]) -> None:
        """Send one event to EventBridge, as an entry of ``PutEvents``."""

    def invoke_function(self, arn: str, payload: Mapping[str, Any]) -> Any:
        """Invoke a function of the user's, and return what it returns."""

    def invoke_endpoint(self, name: str, body: bytes, content_type: str) -> tuple[bytes, float]:
        """Ask an endpoint; return its answer and the seconds that it took."""
