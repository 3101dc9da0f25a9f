"""A small real model: how likely a flight is to arrive more than 15 minutes late.

    python model.py train MODEL-FOLDER DATA...
    python model.py predict MODEL-FOLDER DATA OUT.parquet

A logistic regression of scikit-learn on what is known when a flight leaves the gate. What is kept
of it are its numbers, as JSON: a model that is read is never a program that is run.
"""

import json
import pathlib
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sklearn.linear_model import LogisticRegression

LATE_MINUTES = 15
CARRIERS = "9E AA AS B6 DL EV F9 FL HA MQ OO UA US VX WN YV".split()
ORIGINS = ["EWR", "JFK", "LGA"]


def arrived(table: pa.Table) -> pa.Table:
    """The flights that have an answer: neither cancelled nor diverted."""
    return table.filter(pc.is_valid(table["arr_delay"]))


def labels(table: pa.Table) -> np.ndarray:
    return table["arr_delay"].to_numpy() > LATE_MINUTES


def features(table: pa.Table) -> np.ndarray:
    """One row for each flight; carriers and airports that nobody knows are zeros."""
    delay = table["dep_delay"].to_numpy().astype(float)
    columns = [
        delay / 60,
        np.sqrt(np.maximum(delay, 0) / 60),
        table["distance"].to_numpy() / 1000,
        table["hour"].to_numpy() / 24,
    ]
    for name, known in (("carrier", CARRIERS), ("origin", ORIGINS)):
        values = np.array(table[name].to_pylist())
        columns += [(values == value).astype(float) for value in known]
    return np.column_stack(columns)


def read(path: str) -> pa.Table:
    """All flights of a file or folder, which come in no order of their own."""
    return arrived(pq.read_table(path))


def train(folder: pathlib.Path, paths: list[str]) -> None:
    table = pa.concat_tables(read(path) for path in paths)
    found = LogisticRegression(max_iter=1000).fit(features(table), labels(table))
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {"intercept": found.intercept_[0], "coefficients": found.coef_[0].tolist()}
    (folder / "model.json").write_text(json.dumps(numbers, indent=1) + "\n")


def load(folder: pathlib.Path):
    numbers = json.loads((folder / "model.json").read_text())
    weights, intercept = np.array(numbers["coefficients"]), numbers["intercept"]
    return lambda rows: 1 / (1 + np.exp(-(rows @ weights + intercept)))


def latencies_ms(score, rows: np.ndarray) -> np.ndarray:
    """How long each answer takes here, flights asked about one by one."""
    times = np.empty(len(rows))
    for place, row in enumerate(rows):
        started = time.perf_counter()
        score(row)
        times[place] = (time.perf_counter() - started) * 1000
    return times


def predict(folder: pathlib.Path, path: str, out: str) -> None:
    table = read(path)
    score, rows = load(folder), features(table)
    predictions = {
        "late": labels(table),
        "score": score(rows),
        "carrier": table["carrier"],
        "origin": table["origin"],
        "latency_ms": latencies_ms(score, rows),
    }
    pq.write_table(pa.table(predictions), out, compression="zstd")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["train", folder, *paths] if paths:
            train(pathlib.Path(folder), paths)
        case ["predict", folder, path, out]:
            predict(pathlib.Path(folder), path, out)
        case _:
            sys.exit(__doc__)
