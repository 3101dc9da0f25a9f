"""Makes the predictions beside this script from ../flights.

    pip install scikit-learn==1.9.1 pyarrow==26.0.1
    python make.py

Two logistic regressions say how likely a flight is to arrive more than 15 minutes late, from what
is known when it leaves the gate. The champion was trained on June, the challenger on June and July;
both predict every flight of August that arrived. Labels, groups and scores are real. The column
`latency_ms` is not: it is drawn from a log-normal distribution with a fixed seed, since a model
that answers in a test has no latency worth the name.
"""

import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = pathlib.Path(__file__).parent
FLIGHTS = HERE.parent / "flights"
LATE_MINUTES = 15
SEED = 2013


def flights(*files: str) -> pa.Table:
    """Flights that arrived, in the order of the files."""
    table = pa.concat_tables(pq.read_table(FLIGHTS / file) for file in files)
    return table.filter(pc.is_valid(table["arr_delay"]))


def features(table: pa.Table) -> np.ndarray:
    delay = table["dep_delay"].to_numpy().astype(float)
    columns = [delay, np.maximum(delay, 0) ** 0.5]
    columns += [table[name].to_numpy().astype(float) for name in ("distance", "hour")]
    columns += [table[name].to_numpy() for name in ("carrier", "origin")]
    return np.array(columns, dtype=object).T


def labels(table: pa.Table) -> np.ndarray:
    return table["arr_delay"].to_numpy() > LATE_MINUTES


def trained(table: pa.Table):
    encoder = make_column_transformer(
        (StandardScaler(), [0, 1, 2, 3]),
        (OneHotEncoder(handle_unknown="ignore"), [4, 5]),
    )
    model = make_pipeline(encoder, LogisticRegression(max_iter=1000))
    return model.fit(features(table), labels(table))


def write(name: str, model, table: pa.Table, median_ms: float, seed: int) -> None:
    scores = model.predict_proba(features(table))[:, 1]
    latency = np.random.default_rng(seed).lognormal(np.log(median_ms), 0.4, len(scores))
    predictions = pa.table(
        {
            "late": labels(table),
            "score": pa.array(np.round(scores, 4), pa.float64()),
            "carrier": table["carrier"],
            "origin": table["origin"],
            "latency_ms": pa.array(np.round(latency, 1), pa.float64()),
        }
    )
    pq.write_table(predictions, HERE / name, compression="zstd", compression_level=19)


def main() -> None:
    august = flights("august/2013-08.parquet")
    june, july = "summer/2013-06.parquet", "summer/2013-07.parquet"
    write("champion.parquet", trained(flights(june)), august, 42, SEED)
    write("challenger.parquet", trained(flights(june, july)), august, 40, SEED + 1)


if __name__ == "__main__":
    main()
