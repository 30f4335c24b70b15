"""``automlv2 cost``: hours, and figures that have a source."""

import json

import pytest

from cdk_automlv2.cli import times

from .account import ENDPOINT, at, endpoint

PRICES = {
    "source": "my contract",
    "currency": "EUR",
    "training": {"candidate-hour": 6.0},
    "hosting": {"ml.m5.large": 0.5},
}


def product(price, **attributes):
    dimension = {"unit": "Hrs", "pricePerUnit": {"USD": str(price)}}
    terms = {"OnDemand": {"t": {"priceDimensions": {"d": dimension}}}}
    return {"product": {"attributes": attributes}, "terms": terms}


@pytest.fixture(autouse=True)
def clinic(account, monkeypatch):
    monkeypatch.setattr(times, "now", lambda: at(7200))
    account.clinic()
    running = [{"VariantName": "A", "CurrentInstanceCount": 2}]
    account.sagemaker.endpoints[ENDPOINT] = endpoint(ProductionVariants=running)
    variant = {"VariantName": "A", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    account.sagemaker.configs["config"] = {"ProductionVariants": [variant]}


@pytest.fixture
def billed(call, tmp_path):
    def billed(*arguments, prices=PRICES):
        if prices:
            (tmp_path / "prices.json").write_text(json.dumps(prices))
            arguments = (*arguments, "--prices", tmp_path / "prices.json")
        done = call("cost", *arguments, "--json")
        assert done.exit_code == 0, done.stderr
        shown = json.loads(done.stdout)
        return shown, {item["what"]: item for item in shown["items"]}

    return billed


@pytest.mark.parametrize("names", [(), ("Clinic",), ("Clinic/Job", ENDPOINT)])
def test_an_endpoint_costs_as_many_instances_as_run_and_a_job_its_candidates(billed, names):
    shown, found = billed(*names)

    assert (found["endpoint"]["hourly"], found["endpoint"]["total"]) == (1.0, 2.0)
    assert found["job"]["total"] == pytest.approx(3 / 60 * 6.0)
    assert shown["hourly"] == 1.0
    assert shown["prices"] == {"source": "my contract", "currency": "EUR"}


def test_what_is_named_twice_is_on_the_bill_once(billed):
    shown, _ = billed("Clinic", "Clinic/Job", ENDPOINT)

    assert [item["what"] for item in shown["items"]] == ["job", "endpoint"]


def test_a_stack_whose_resources_are_gone_costs_nothing_and_says_so(account, call):
    account.sagemaker.jobs.clear()
    account.sagemaker.endpoints.clear()

    done = call("cost", "Clinic")

    assert done.stdout.splitlines()[1:] == []
    assert done.stderr.splitlines()[-1] == "next: automlv2 describe"


def test_without_prices_there_are_hours_and_no_figure(billed):
    shown, found = billed(prices=None)

    assert shown["prices"] is None
    assert found["endpoint"]["hours"] == 2.0
    assert [item["total"] for item in found.values()] == [None, None]
    assert shown["unknown"] == 2


def test_a_type_without_a_price_has_no_figure_and_says_so(billed):
    _, found = billed(prices={**PRICES, "hosting": {}})

    assert found["endpoint"]["hourly"] is None
    assert found["endpoint"]["how"] == "no price of ml.m5.large in my contract"


def test_a_serverless_endpoint_has_no_hourly_price(account, billed):
    variant = {"VariantName": "A", "ServerlessConfig": {"MemorySizeInMB": 2048}}
    account.sagemaker.configs["config"] = {"ProductionVariants": [variant]}

    _, found = billed()

    assert found["endpoint"]["how"] == "serverless: by request"


def test_the_price_list_is_asked_for_hosting_and_named_as_the_source(account, billed):
    account.prices.products["ml.m5.large"] = [
        product(0.1, component="Training"),
        product(0.25, component="Hosting"),
    ]

    shown, found = billed("--price-list", prices=None)

    assert found["endpoint"]["hourly"] == 0.5
    assert shown["prices"]["source"].startswith("AWS price list of 2026-11-01, eu-west-1")


def test_two_prices_of_one_type_are_none(account, billed):
    products = [product(price, platoinstancetype="Hosting") for price in (0.1, 0.2)]
    account.prices.products["ml.m5.large"] = products

    _, found = billed("--price-list", prices=None)

    assert found["endpoint"]["hourly"] is None


def test_a_file_of_no_prices_is_said_in_words(call, tmp_path):
    (tmp_path / "prices.json").write_text("[]")

    done = call("cost", "--prices", tmp_path / "prices.json")

    assert done.exit_code == 1
    assert "must be an object" in done.stderr


def test_a_terminal_is_told_the_sum_and_its_source(call, tmp_path):
    (tmp_path / "prices.json").write_text(json.dumps(PRICES))

    done = call("cost", "Clinic", "--prices", tmp_path / "prices.json")

    assert "1.00 EUR an hour, 2.30 so far (prices: my contract)" in done.stderr


def test_prices_that_cannot_be_read_are_one_line_and_the_next_command(account, call, tmp_path):
    account.clinic()
    path = tmp_path / "typo.json"
    path.write_text('{"source": 1')

    failed = call("cost", "Clinic", "--prices", str(path))

    assert failed.exit_code == 1
    assert failed.stderr.startswith(f"Error: {path} is no file of prices: ")
    assert "next: automlv2 cost Clinic" in failed.stderr
    assert "--help" not in failed.stderr
