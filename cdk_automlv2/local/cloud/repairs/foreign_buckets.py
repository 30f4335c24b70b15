"""Buckets of other accounts: objects are copied from them, and their policies may name roles.

ministack finds no source bucket of another account (NoSuchBucket, while GetObject works), and
compares a bucket policy with the caller's account only. Source:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

Answer = Any


def apply() -> None:
    """Let copies see their source, and policies the caller."""
    from ministack.services import s3

    copy, copy_part, allows = s3._copy_object, s3._upload_part_copy, s3._foreign_bucket_allows

    def copy_from_anywhere(bucket: str, key: str, headers: Mapping[str, str]) -> Answer:
        with _source_in_sight(headers):
            return copy(bucket, key, headers)

    def copy_part_from_anywhere(bucket: str, key: str, query: Any, headers: Any) -> Answer:
        with _source_in_sight(headers):
            return copy_part(bucket, key, query, headers)

    def allows_caller(
        owner: str, bucket: str, key: str, method: str, query: Any, caller: str, headers: Any = None
    ) -> bool:
        decision = _policy_decision(owner, bucket, key, method, query) if caller else ""
        if decision in ("Allow", "Deny"):
            return decision == "Allow"
        return bool(allows(owner, bucket, key, method, query, caller, headers))

    s3._copy_object = copy_from_anywhere
    s3._upload_part_copy = copy_part_from_anywhere
    s3._foreign_bucket_allows = allows_caller


@contextmanager
def _source_in_sight(headers: Mapping[str, str]) -> Iterator[None]:
    """Show the source of a copy in the account that copies, for the time of that.

    Rights are asked before: the caller's own, and those that the source's owner gives.
    """
    from ministack.core.responses import get_account_id
    from ministack.services import s3

    path = headers.get("x-amz-copy-source", "").lstrip("/").partition("?")[0]
    name = s3.url_unquote(path).partition("/")[0]
    owner, here = s3._bucket_owner_account(name), get_account_id()
    if owner in (None, here):
        yield
        return
    shown = [
        (store, key, value)
        for store, belongs in _stores(s3)
        for (account, key), value in list(store._data.items())
        if account == owner and belongs(key, name)
    ]
    for store, key, value in shown:
        store._data[here, key] = value
    try:
        yield
    finally:
        for store, key, _ in shown:
            store._data.pop((here, key), None)


def _stores(s3: Any) -> list[tuple[Any, Callable[[Any, str], bool]]]:
    """Return what holds buckets and their objects, and whether a key is of a bucket."""
    of_object = [s3._object_versions, s3._object_tags, s3._object_annotations]
    return [
        (s3._buckets, lambda key, name: key == name),
        *((store, lambda key, name: key[0] == name) for store in of_object),
    ]


def _policy_decision(owner: str, bucket: str, key: str, method: str, query: Any) -> str:
    """Return what a bucket's policy says of the caller, by its role or user."""
    from ministack.core import iam_actions, iam_evaluator
    from ministack.core.responses import get_region
    from ministack.services import s3

    policy = s3._bucket_policies.get_scoped(owner, None, bucket)
    action = iam_actions._s3_action(method, f"/{bucket}/{key}" if key else f"/{bucket}", query)
    caller = iam_evaluator.caller_arn()
    if not policy or not action:
        return ""
    asked = iam_evaluator.EvalContext(
        principal_arn=caller,
        principal_type="AssumedRole" if ":assumed-role/" in caller else "User",
        principal_account=caller.split(":")[4],
        action=f"s3:{action}",
        resource_arn=f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}",
        region=get_region(),
    )
    return str(iam_evaluator.evaluate_resource_policy(policy, asked).decision)
