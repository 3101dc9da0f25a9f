"""Writes the same pair of snapshots in many physical layouts.

usage: layouts.py FOLDER

Makes FOLDER/<layout>/{reference,candidate}/ for each layout and prints their names. Every column
but `sparse` has more values than a check sorts whole.
"""

import pathlib
import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SEED = 20261123
ROWS = {"reference": 560_000, "candidate": 530_001}
FLOATS = ["normal", "single", "steps", "sparse"]
INTEGERS = ["walk", "small", "at"]


def table(side):
    n, drifted = ROWS[side], side == "candidate"
    rng = np.random.default_rng([SEED, drifted])
    def gaps(values, share):
        return pa.array(values, mask=rng.random(n) < share)
    sparse = rng.normal(size=n)
    sparse[rng.random(n) < 0.05] = np.nan
    cities = np.array([f"city-{i:02d}" for i in range(60)])
    return pa.table({
        "normal": rng.normal(0.01 if drifted else 0.0, 1.0, n),
        "single": gaps(rng.lognormal(0, 1, n).astype("f4"), 0.01),
        # Few values in the reference, many in the candidate.
        "steps": rng.normal(size=n) if drifted else rng.integers(0, 6, n).astype(float),
        "sparse": gaps(sparse, 0.6),
        "walk": np.cumsum(rng.integers(-3, 5, n)),
        "small": rng.integers(0, 9 if drifted else 8, n).astype("i1"),
        "price": pa.array(rng.integers(0, 10**7, n)).cast(pa.decimal128(19, 0)).cast(
            pa.decimal128(22, 3)),
        "at": pa.array(1_700_000_000_000_000 + rng.integers(0, 10**13, n), pa.timestamp("us", "UTC")),
        "flag": rng.random(n) < 0.3,
        "city": gaps(cities[np.minimum(rng.geometric(0.1, n), 60) - 1], 0.02),
        "region": np.array(["north", "south"])[rng.integers(0, 2, n)],
    })


def one_file(**options):
    def write(table, folder):
        pq.write_table(table, folder / "part-0.parquet", **options)
    return write


def two_files(table, folder):
    cut = 200_003
    pq.write_table(table.slice(0, cut), folder / "a.parquet", compression="lz4")
    pq.write_table(table.slice(cut), folder / "b.parquet", compression="snappy",
                   row_group_size=50_000)


def partitioned(table, folder):
    for region in ("north", "south"):
        part = table.filter(pc.equal(table["region"], region)).drop_columns("region")
        inner = folder / f"region={region}"
        inner.mkdir()
        pq.write_table(part, inner / "part-0.parquet", compression="zstd")


def other_arrow_types(table, folder):
    for name in ("city", "region"):
        at = table.column_names.index(name)
        text = table.column(name)
        text = text.dictionary_encode() if name == "city" else text.cast(pa.large_string())
        table = table.set_column(at, name, text)
    pq.write_table(table, folder / "part-0.parquet", row_group_size=300_000)


ENCODINGS = {name: "BYTE_STREAM_SPLIT" for name in FLOATS}
ENCODINGS |= {name: "DELTA_BINARY_PACKED" for name in INTEGERS}
ENCODINGS |= {"city": "DELTA_BYTE_ARRAY", "region": "DELTA_LENGTH_BYTE_ARRAY", "flag": "RLE"}

LAYOUTS = {
    "plain": one_file(compression="none", use_dictionary=False, row_group_size=1 << 20),
    "snappy_pages_v2": one_file(
        compression="snappy", data_page_version="2.0", row_group_size=100_000),
    "zstd_small_pages": one_file(
        compression="zstd", data_page_size=4096, row_group_size=65_537, write_page_index=True,
        write_page_checksum=True),
    "gzip_delta_and_split": one_file(
        compression="gzip", use_dictionary=False, column_encoding=ENCODINGS,
        data_page_version="2.0", row_group_size=250_000),
    "brotli_without_statistics": one_file(
        compression="brotli", compression_level=1, write_statistics=False, store_schema=False),
    "small_dictionaries": one_file(dictionary_pagesize_limit=2048, row_group_size=40_000),
    "two_files": two_files,
    "partitioned": partitioned,
    "other_arrow_types": other_arrow_types,
}


def main(folder):
    for side in ROWS:
        rows = table(side)
        for name, write in LAYOUTS.items():
            target = pathlib.Path(folder) / name / side
            target.mkdir(parents=True)
            write(rows, target)
    print("\n".join(LAYOUTS))


if __name__ == "__main__":
    main(*sys.argv[1:])
