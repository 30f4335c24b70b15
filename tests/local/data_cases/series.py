"""Demand of two shops, a week's shape over thirty days."""

from datetime import UTC, datetime, timedelta

from .case import PARQUET, Case, channel, in_train, parquet_of, request, text_of

HEADER = ["shop", "day", "demand"]
START = datetime(2025, 1, 1, tzinfo=UTC)


def job(frequency="1D", horizon=2, config=None, **more):
    columns = dict(
        zip(
            ("ItemIdentifierAttributeName", "TimestampAttributeName", "TargetAttributeName"),
            HEADER,
            strict=True,
        )
    )
    settings = {
        "ForecastFrequency": frequency,
        "ForecastHorizon": horizon,
        "TimeSeriesConfig": columns,
        "CandidateGenerationConfig": {"AlgorithmsConfig": [{"AutoMLAlgorithms": ["npts"]}]},
    }
    return request("TimeSeriesForecastingJobConfig", settings | (config or {}), **more)


def rows(form="%Y-%m-%d", shops=("north", "south"), count=30, step=timedelta(days=1)):
    times = [START + number * step for number in range(count)]
    write = form if callable(form) else (lambda time: time.strftime(form))
    return [
        (shop, write(time), number % 7 + 1) for shop in shops for number, time in enumerate(times)
    ]


def of(found, **more):
    return Case(job(**more), in_train(text_of(HEADER, found)))


def with_demand(value):
    found = rows()
    found[3] = (*found[3][:2], value)
    return of(found)


def forecast_of(shop, day="2025-01-31"):
    """Return a request for one shop and the beginning of its answer."""
    body = text_of(HEADER, rows(shops=(shop,)))
    return body, f"shop,day,p10,p50,p90\n{shop},{day} 00:00:00,"


def specified(content, price=lambda number: 10 + number % 3):
    """A column of prices, and a feature specification."""
    body = text_of([*HEADER, "price"], [(*row, price(n)) for n, row in enumerate(rows())])
    request = job(config={"FeatureSpecificationS3Uri": "s3://in/features.json"})
    return Case(request, in_train(body) | {"in/features.json": content})


YEAR = timedelta(days=366)
CASES = {
    "a feature specification": lambda: specified(
        b'{"FeatureAttributeNames": ["price"], "FeatureDataTypes": {"price": "numeric"}}'
    ),
    "a feature specification that is not there": lambda: Case(
        job(config={"FeatureSpecificationS3Uri": "s3://in/none.json"}),
        in_train(text_of(HEADER, rows())),
    ),
    "a feature specification with another column": lambda: specified(
        b'{"FeatureAttributeNames": ["weather"]}'
    ),
    "a feature specification with the shop, the time or the demand": lambda: specified(
        b'{"FeatureAttributeNames": ["price", "day"]}'
    ),
    "a feature specification with another type": lambda: specified(
        b'{"FeatureDataTypes": {"price": "money"}}'
    ),
    "words in a column that is declared numeric": lambda: specified(
        b'{"FeatureDataTypes": {"price": "numeric"}}', lambda number: "dear" if number else 1
    ),
    "days and times with the year first": lambda: of(rows("%Y-%m-%dT%H:%M:%SZ")),
    "dd/mm/yyyy or mm/dd/yyyy, where one day is beyond the 12th": lambda: of(rows("%d/%m/%Y")),
    "YYYYMMDD": lambda: of(rows("%Y%m%d")),
    "months by name": lambda: of(rows("%d %b %Y")),
    "years": lambda: of(rows("%Y", step=YEAR), frequency="1Y"),
    "seconds, milliseconds, microseconds or nanoseconds since 1970": lambda: of(
        rows(lambda time: int(time.timestamp()))
    ),
    "shops NA and 001": lambda: Case(
        job(),
        in_train(text_of(HEADER, rows(shops=("NA", "001")))),
        [forecast_of("NA"), forecast_of("001")],
    ),
    "steps without demand": lambda: with_demand(""),
    "several rows a step": lambda: of(rows() + rows()),
    "Parquet with times": lambda: Case(
        job(channels=[channel(ContentType=PARQUET)]),
        in_train(
            parquet_of(dict(zip(HEADER, zip(*rows(lambda time: time), strict=True), strict=True)))
        ),
    ),
    "dd/mm/yyyy, where no day is beyond the 12th": lambda: of(rows("%d/%m/%Y", count=12)),
    "times written in two ways": lambda: of([*rows(), ("north", "31/01/2025", 1)]),
    "years of two digits": lambda: of(rows("%d/%m/%y")),
    "what is no time": lambda: of([*rows(), ("north", "soon", 1)]),
    "days that there are not": lambda: of([*rows(), ("north", "2025-02-30", 1)]),
    "a time far from the others": lambda: of([*rows(), ("north", "9999-12-31", 1)]),
    "1,234 as demand": lambda: with_demand("1,234"),
    "words or infinities as demand": lambda: with_demand("inf"),
    "no demand": lambda: of([(*row[:2], "") for row in rows()]),
    "a row without shop or time": lambda: of([*rows(), ("", "2025-01-31", 1)]),
    "a horizon beyond a quarter of the longest series": lambda: of(rows(), horizon=10),
    "four steps": lambda: of(rows(count=4), horizon=1),
    "no such column": lambda: Case(job(), in_train(text_of(["shop", "date", "demand"], rows()))),
}
