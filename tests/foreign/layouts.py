"""Writes one pair of tables in many layouts of Parquet: usage layouts.py OUT

OUT/<layout>/{reference,candidate}/*.parquet hold the same rows in the same order.
"""

import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

LAYOUTS = {
    "plain": dict(compression="none", use_dictionary=False, row_group_size=600_000),
    "snappy": dict(compression="snappy", row_group_size=100_000),
    "zstd_v2": dict(compression="zstd", data_page_version="2.0", row_group_size=37_123),
    "gzip": dict(compression="gzip", row_group_size=250_000, data_page_size=5_000),
    "brotli": dict(compression="brotli", row_group_size=600_000, write_page_index=True),
    "lz4": dict(compression="lz4", row_group_size=90_001, write_page_checksum=True),
    "delta": dict(
        compression="zstd", use_dictionary=False, row_group_size=200_000,
        column_encoding={"normal": "BYTE_STREAM_SPLIT", "count": "DELTA_BINARY_PACKED", "word": "DELTA_BYTE_ARRAY"},
    ),
    "files": dict(compression="snappy", row_group_size=50_000),
}


def table(g, n, moved):
    normal = g.normal(0.01 * moved, 1, n)
    normal[g.random(n) < 0.01] = np.nan
    words = np.array(["a", "bb", "ccc", "dddd", "é"])
    return pa.table({
        "normal": pa.array(normal, mask=g.random(n) < 0.05),
        "price": pa.array(np.round(g.lognormal(3, 1, n), 2)),
        "zeros": pa.array(np.where(g.random(n) < 0.7, 0.0, g.exponential(10, n))),
        "count": pa.array(g.poisson(7, n)),
        "word": pa.array(words[g.integers(0, 5, n)], mask=g.random(n) < 0.02),
        "at": pa.array(np.sort(g.integers(0, 10**9, n)), pa.timestamp("ms")),
    })


def main(out):
    g = np.random.default_rng(7)
    for side, n in [("reference", 600_000), ("candidate", 560_000)]:
        data = table(g, n, side == "candidate")
        for layout, how in LAYOUTS.items():
            folder = os.path.join(out, layout, side)
            os.makedirs(folder)
            if layout == "files":
                for part, start in enumerate(range(0, n, 200_000)):
                    pq.write_table(data.slice(start, 200_000), os.path.join(folder, f"{part}.parquet"), **how)
            else:
                pq.write_table(data, os.path.join(folder, "0.parquet"), **how)


main(sys.argv[1])
