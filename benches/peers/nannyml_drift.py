"""NannyML's univariate drift by KS for every float64 column.

usage: python3 nannyml_drift.py REFERENCE.parquet CANDIDATE.parquet
"""

import sys

import nannyml
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def main(reference, candidate):
    schema = pq.read_schema(reference)
    columns = [field.name for field in schema if pa.types.is_float64(field.type)]
    ours, theirs = (pd.read_parquet(path, columns=columns) for path in (reference, candidate))
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=columns,
        continuous_methods=["kolmogorov_smirnov"],
        chunk_number=1,
    )
    calculator.fit(ours)
    found = calculator.calculate(theirs).to_df()
    print(found.shape)


main(*sys.argv[1:])
