"""Evidently's drift report with PSI and with KS for every float64 column.

usage: python3 evidently_report.py REFERENCE.parquet CANDIDATE.parquet
"""

import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset


def main(reference, candidate):
    schema = pq.read_schema(reference)
    columns = [field.name for field in schema if pa.types.is_float64(field.type)]
    definition = DataDefinition(numerical_columns=columns)
    ours, theirs = (
        Dataset.from_pandas(pd.read_parquet(path, columns=columns), data_definition=definition)
        for path in (reference, candidate)
    )
    for method in ("psi", "ks"):
        report = Report([DataDriftPreset(columns=columns, num_method=method)]).run(theirs, ours)
        print(method, len(report.dict()["metrics"]), "metrics")


main(*sys.argv[1:])
