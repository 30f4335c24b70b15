"""Prices of instances from AWS's price list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from cdk_automlv2.cli import times
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cost import Prices

_SERVICE: Final = "AmazonSageMaker"
_HOSTING: Final = "Hosting"
_CURRENCY: Final = "USD"
_USES: Final = ("component", "platoinstancetype")
"""Attributes that say what an instance is used for; lists have had either."""


def prices_of(client: Client, region: str, kinds: Iterable[str]) -> Prices:
    """Return what an hour of hosting on some types of instances costs; unknown ones are left out.

    Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
    """
    found = {kind: price for kind in kinds if (price := _price(client, region, kind)) is not None}
    source = f"AWS price list of {times.now():%Y-%m-%d}, {region}, on demand"
    return Prices(source, _CURRENCY, hosting=found)


def _price(client: Client, region: str, kind: str) -> float | None:
    """Return the one price of a type; nothing where there is none, or more than one."""
    filters = {"regionCode": region, "instanceName": kind}
    pages = (
        client("pricing")
        .get_paginator("get_products")
        .paginate(
            ServiceCode=_SERVICE,
            Filters=[{"Type": "TERM_MATCH", "Field": k, "Value": v} for k, v in filters.items()],
        )
    )
    products = [json.loads(item) for page in pages for item in page["PriceList"]]
    known = {price for item in products if _is_hosting(item) for price in _per_hour(item)}
    return known.pop() if len(known) == 1 else None


def _is_hosting(product: Mapping[str, Any]) -> bool:
    attributes = product.get("product", {}).get("attributes", {})
    return any(attributes.get(name) == _HOSTING for name in _USES)


def _per_hour(product: Mapping[str, Any]) -> Iterator[float]:
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term.get("priceDimensions", {}).values():
            if str(dimension.get("unit", "")).lower() in ("hrs", "hours", "hour"):
                yield float(dimension["pricePerUnit"][_CURRENCY])
