"""whylogs profiles of both sides and its drift scores for every float64 column (sketches).

usage: python3 whylogs_sketch.py REFERENCE.parquet CANDIDATE.parquet
"""

import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import whylogs as why
from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores


def main(reference, candidate):
    schema = pq.read_schema(reference)
    columns = [field.name for field in schema if pa.types.is_float64(field.type)]
    ours, theirs = (
        why.log(pd.read_parquet(path, columns=columns)).view() for path in (reference, candidate)
    )
    print(len(calculate_drift_scores(theirs, ours)), "columns")


main(*sys.argv[1:])
