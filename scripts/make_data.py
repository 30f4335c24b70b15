"""Writes data/diagnosis_*.csv from the Wisconsin breast cancer data that scikit-learn carries.

569 tumours, 30 measurements each, and what they turned out to be. 60 are held out: they are not
learnt from, but sent to the endpoint. Source: https://doi.org/10.24432/C5DW2B (CC BY 4.0).
"""

from __future__ import annotations

import sys
from pathlib import Path

from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

HELD_OUT = 60


def main(folder: Path) -> None:
    """Write the training rows and the held-out rows, both with header and target."""
    source = load_breast_cancer(as_frame=True)
    table = source.data.rename(columns=lambda name: name.replace(" ", "_"))
    table.insert(0, "diagnosis", source.target.map(dict(enumerate(source.target_names))))
    train, held_out = train_test_split(
        table, test_size=HELD_OUT, random_state=0, stratify=table["diagnosis"]
    )
    train.to_csv(folder / "diagnosis_train.csv", index=False)
    held_out.to_csv(folder / "diagnosis_held_out.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
