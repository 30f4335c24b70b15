"""Images of AWS, which lie in a registry of each Region."""

from __future__ import annotations

import re

from aws_cdk import region_info

_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(.+)")


def image_in(image: str, source: str, target: str) -> str | None:
    """Return a Deep Learning Container of one Region as it is called in another.

    Args:
        image: Its URI.
        source: The Region that it is of.
        target: The other one.

    Returns:
        ``None`` if it is no Deep Learning Container, or its registry there is not known.
    """
    found = _IMAGE.fullmatch(image)
    of_source = region_info.RegionInfo.get(source).dlc_repository_account
    there = region_info.RegionInfo.get(target)
    if found is None or found[2] != source or found[1] != of_source:
        return None
    if there.dlc_repository_account is None or there.domain_suffix is None:
        return None
    return f"{there.dlc_repository_account}.dkr.ecr.{target}.{there.domain_suffix}/{found[3]}"
