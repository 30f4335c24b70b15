"""Local data on their way to S3: a file as it is, a folder below a prefix."""

from __future__ import annotations

import json
from pathlib import Path
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.s3 import S3Location
from cdk_automlv2.job.folder import LEFT_OUT, read, shown

_BUCKETS: WeakKeyDictionary[cdk.Stack, dict[str, str]] = WeakKeyDictionary()
"""Names of buckets of assets, each by what it renders to."""


def upload_file(scope: Construct, id: str, path: str) -> S3Location:
    """Upload one file as an asset; its key holds a hash of its content."""
    return _location(s3_assets.Asset(scope, id, path=_absolute(path)))


def upload_folder(
    scope: Construct, id: str, path: str, output: S3Location, *, include_hidden: bool = False
) -> tuple[S3Location, cdk.CfnResource]:
    """Upload a folder as an asset and unpack it below ``output``.

    Returns:
        The location, to be granted, and the resource that unpacks, which returns its URI, so that
        whatever reads it comes after.
    """
    provider = AutoMLProvider.of(scope)
    asset = s3_assets.Asset(
        scope,
        f"{id}Asset",
        path=_absolute(path),
        exclude=None if include_hidden else list(LEFT_OUT),
        ignore_mode=cdk.IgnoreMode.GIT,
        # Where links lead has been looked at; a copy of a link would lead elsewhere.
        follow_symlinks=cdk.SymlinkFollowMode.ALWAYS,
    )
    if not include_hidden:
        _name_what_is_left_out(scope, path)
    folder = output.below(f"inputs/{provider.key_of(scope)}")
    location = folder.below(asset.asset_hash[:16])
    rights = provider.policy.for_user(scope)
    rights.read_object(_location(asset))
    rights.use_keys(location)
    resource = provider.resource(
        scope,
        id,
        "AutoMLInput",
        AssetBucket=_bucket_of(asset),
        AssetKey=asset.s3_object_key,
        Folder=folder.uri,
        S3Uri=location.uri,
    )
    rights.apply_before(resource)
    return location, resource


def _name_what_is_left_out(scope: Construct, path: str) -> None:
    left_out = read(Path(path), include_hidden=False).left_out
    if left_out:
        cdk.Annotations.of(scope).add_info(
            f"{path}: hidden files are not uploaded: {shown(left_out)}; include_hidden=True "
            "uploads them"
        )


def _location(asset: s3_assets.Asset) -> S3Location:
    """Return where an asset lies; its own URL is one token, of which no prefix can be granted."""
    return S3Location(f"s3://{_bucket_of(asset)}/{asset.s3_object_key}")


def _bucket_of(asset: s3_assets.Asset) -> str:
    """Return the bucket's name; of assets of one bucket the same text, so that rights are shared.

    The CDK makes another token for each asset.
    """
    stack, name = cdk.Stack.of(asset), asset.s3_bucket_name
    known = _BUCKETS.setdefault(stack, {})
    return known.setdefault(json.dumps(stack.resolve(name)), name)


def _absolute(path: str) -> str:
    """Return the path as it is meant: Node keeps the working directory it was started in."""
    return str(Path(path).absolute())
