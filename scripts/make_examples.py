"""Writes the data of the examples: from what scikit-learn carries, or from words and rules.

digits: https://doi.org/10.24432/C50P49, diabetes: https://hastie.su.domains/Papers/LARS, iris:
https://doi.org/10.24432/C56C76, wine: https://doi.org/10.24432/C5PC7J, tumours:
https://doi.org/10.24432/C5DW2B (all as scikit-learn ships them). Texts, questions and the demand
of shops are made up by rule.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from PIL import Image
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine

PER_DIGIT = 40
DIGITS = (0, 1, 2)


def main(folder: Path) -> None:
    """Write the data of every example below its folder."""
    _digits(folder / "image_classification" / "data")
    _diabetes(folder / "regression" / "data")
    _texts(folder / "text_classification" / "data")
    _demand(folder / "time_series_forecasting" / "data")
    _questions(folder / "text_generation" / "data")
    _measurements(folder / "forty_models" / "data")


def _digits(folder: Path) -> None:
    source = load_digits()
    for digit in DIGITS:
        (folder / str(digit)).mkdir(parents=True, exist_ok=True)
        pictures = source.images[source.target == digit][:PER_DIGIT]
        for number, picture in enumerate(pictures):
            pixels = (picture * 255 / 16).astype("uint8")
            Image.fromarray(pixels).save(folder / str(digit) / f"{number:03d}.png")


def _diabetes(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    source = load_diabetes(as_frame=True)
    table = source.data.assign(progression=source.target).round(6)
    table.to_csv(folder / "train.csv", index=False)


def _texts(folder: Path) -> None:
    generator = random.Random(7)
    things = {
        "delivery": ["parcel", "courier", "delivery", "shipment", "package"],
        "payment": ["invoice", "refund", "payment", "charge", "card"],
        "product": ["screen", "battery", "button", "cable", "speaker"],
    }
    faults = {
        "delivery": ["is late", "never came", "went to the wrong door", "is still on its way"],
        "payment": ["was taken twice", "is wrong", "was refused", "does not show"],
        "product": ["is broken", "makes a noise", "does not turn on", "came off"],
    }
    starts = ["Hello, my", "The", "I think the", "Please help: the", "Since Monday the"]
    rows = []
    for _ in range(600):
        kind = generator.choice(sorted(things))
        words = (generator.choice(part) for part in (starts, things[kind], faults[kind]))
        rows.append((" ".join(words), kind))
    _write(folder / "train.csv", ("message", "department"), rows)


def _demand(folder: Path) -> None:
    generator = random.Random(11)
    rows = []
    for shop, level in (("north", 40), ("south", 80), ("west", 20)):
        for day in range(180):
            when = date(2025, 1, 1) + timedelta(days=day)
            weekend = 1.6 if when.weekday() >= 5 else 1.0
            demand = level * weekend * (1 + day / 720) + generator.gauss(0, level / 20)
            rows.append((shop, when.isoformat(), round(demand)))
    _write(folder / "train.csv", ("shop", "day", "demand"), rows)


def _questions(folder: Path) -> None:
    hours = {"monday": "nine", "tuesday": "ten", "friday": "eight", "sunday": "noon"}
    rows = []
    for number in range(300):
        day = sorted(hours)[number % len(hours)]
        verb = ("open", "start")[number // 4 % 2]
        rows.append((f"when do you {verb} on {day}", f"we {verb} at {hours[day]} on {day}"))
    _write(folder / "train.csv", ("input", "output"), rows)


def _measurements(folder: Path) -> None:
    """Four tables of measurements, each with what was found out in the end."""
    iris, wine, tumours = load_iris(), load_wine(), load_breast_cancer()
    diabetes = load_diabetes(scaled=False)
    for name, source, columns, result, kinds in (
        ("iris", iris, iris.feature_names, "species", iris.target_names),
        ("wine", wine, wine.feature_names, "cultivar", ("barolo", "grignolino", "barbera")),
        ("tumours", tumours, tumours.feature_names[:10], "diagnosis", tumours.target_names),
        ("diabetes", diabetes, diabetes.feature_names, "progression", None),
    ):
        header = (*(_column(column) for column in columns), result)
        rows = [
            (*(round(float(value), 4) for value in row[: len(columns)]), _found(target, kinds))
            for row, target in zip(source.data, source.target, strict=True)
        ]
        _write(folder / f"{name}.csv", header, rows)


def _column(name: str) -> str:
    return name.removesuffix(" (cm)").replace("/", "_").replace(" ", "_")


def _found(target: float, kinds: Sequence[str] | None) -> object:
    return float(target) if kinds is None else str(kinds[int(target)])


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
