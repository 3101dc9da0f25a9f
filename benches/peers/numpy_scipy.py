"""PSI and KS of every floating-point column with NumPy and SciPy, as a careful script would.

usage: python3 numpy_scipy.py REFERENCE.parquet CANDIDATE.parquet    (needs numpy, scipy, pyarrow)

One column at a time; PSI over reference deciles with half a row added to each bin; the exact KS
distance and its p by the law that ks_2samp uses above 10,000 rows. Prints a line per column.
"""

import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import stats


def values(path, column):
    array = pq.read_table(path, columns=[column])[column].drop_null().to_numpy()
    return np.sort(array[~np.isnan(array)])


def psi(reference, candidate):
    n = len(reference)
    edges = np.unique([reference[-(-k * n // 10) - 1] for k in range(1, 10)])
    counts = [
        np.diff(np.r_[0, np.searchsorted(side, edges, side="right"), len(side)])
        for side in (reference, candidate)
    ]
    p, q = ((c + 0.5) / (c.sum() + 0.5 * len(c)) for c in counts)
    return float(((q - p) * np.log(q / p)).sum())


def ks(reference, candidate):
    both = np.concatenate([reference, candidate])
    ours = np.searchsorted(reference, both, side="right") / len(reference)
    theirs = np.searchsorted(candidate, both, side="right") / len(candidate)
    d = float(np.abs(ours - theirs).max())
    size = len(reference) * len(candidate) / (len(reference) + len(candidate))
    return d, float(stats.kstwo.sf(d, np.round(size)))


def main(reference, candidate):
    schema = pq.read_schema(reference)
    for field in schema:
        if pa.types.is_floating(field.type):
            sides = values(reference, field.name), values(candidate, field.name)
            d, p = ks(*sides)
            print(f"{field.name} psi={psi(*sides):.17g} d={d:.17g} p={p:.6g}")


main(*sys.argv[1:])
