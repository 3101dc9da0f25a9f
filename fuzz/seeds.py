"""Makes the seeds that fuzzing starts from: small, valid, one for each way of writing things.

usage: seeds.py DRIFTGATE FOLDER

DRIFTGATE is the program; FOLDER gets a folder of seeds for each target. Needs pyarrow, which the
tests' virtual environment has. Run in the repository's root.
"""

import base64
import itertools
import json
import pathlib
import shutil
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 60
POLICY = """\
version: 1
name: seeds
columns:
  - match: country
    kind: categorical
    expect:
      - one_of: [NO, SE, DK]
  - match: amount
    expect:
      - range: {min: 0, max: 50}
      - nulls: {max: 50%}
  - match: id
    expect:
      - unique: true
        on: both
gates:
  - {name: schema, kind: schema}
  - {name: volume, kind: volume, rows: {min: 10}, ratio: {min: 0.5, max: 2.0}}
  - {name: valid, kind: expectations}
  - name: drift
    kind: drift
    columns: "*"
    psi: {max: 0.2}
    ks: {d_max: 0.3, p_min: 0.001}
"""


def table(rows, moved=0.0):
    """Columns of every kind that is decoded in its own way."""
    numbers = list(range(rows))
    def gaps(values, every):
        return [None if i % every == 0 else value for i, value in enumerate(values)]
    return pa.table({
        "amount": pa.array(gaps([i * 0.25 + moved for i in numbers], 7), pa.float64()),
        "single": pa.array([float("nan") if i == 3 else i / 3 for i in numbers], pa.float32()),
        "clicks": pa.array(gaps([i * i % 17 for i in numbers], 5), pa.int32()),
        "id": pa.array(numbers, pa.int64()),
        "small": pa.array([i % 5 for i in numbers], pa.int8()),
        "fraud": pa.array([i % 3 == 0 for i in numbers], pa.bool_()),
        "country": pa.array(gaps([["NO", "SE", "DK"][i % 3] for i in numbers], 11)),
        "price": pa.array(numbers, pa.int64()).cast(pa.decimal128(19, 0)),
        "at": pa.array([1_700_000_000_000_000 + i for i in numbers], pa.timestamp("us", "UTC")),
        "day": pa.array(numbers, pa.int32()).cast(pa.date32()),
    })


def parquet_files():
    """Bytes of small files by name."""
    flat = table(ROWS)
    for codec, dictionary, version in itertools.product(
            ["none", "snappy", "zstd"], [True, False], ["1.0", "2.0"]):
        options = dict(compression=codec, use_dictionary=dictionary, data_page_version=version)
        yield f"{codec}-{dictionary}-{version}", flat, options
    yield "gzip", flat, dict(compression="gzip")
    yield "lz4", flat, dict(compression="lz4")
    yield "brotli", flat, dict(compression="brotli")
    yield "groups", flat, dict(row_group_size=20, data_page_size=64)
    yield "delta", flat.select(["id", "clicks"]), dict(
        use_dictionary=False, compression="none", column_encoding="DELTA_BINARY_PACKED")
    yield "texts", flat.select(["country"]), dict(
        use_dictionary=False, compression="none", column_encoding="DELTA_BYTE_ARRAY")
    yield "split", flat.select(["amount", "single"]), dict(
        use_dictionary=False, compression="none", column_encoding="BYTE_STREAM_SPLIT")
    yield "checked", flat.select(["amount"]), dict(write_page_checksum=True)
    nested = pa.table({"list": [[1, 2], None, [], [3]], "map": [{"a": 1}, None, {}, {"b": 2}]})
    yield "nested", nested, {}
    yield "empty", flat.slice(0, 0), {}
    for column in flat.column_names:
        yield f"only-{column}", flat.select([column]), dict(compression="none")


def main(driftgate, folder):
    shutil.rmtree(folder, ignore_errors=True)
    def place(target):
        made = folder / target
        made.mkdir(parents=True, exist_ok=True)
        return made
    for name, content, options in parquet_files():
        file = place("profile") / f"{name}.parquet"
        pq.write_table(content, file, **options)
        for target in ["footer", "page"]:
            shutil.copy(file, place(target) / file.name)

    # Folders that begin with a dot are kept apart from the seeds.
    scratch = place(".scratch")
    policy = place("policy") / "seeds.yaml"
    policy.write_text(POLICY)
    pq.write_table(table(200), scratch / "reference.parquet")
    pq.write_table(table(200, moved=9.0), scratch / "candidate.parquet")
    for source in [pathlib.Path("data/policies"), pathlib.Path("tests/it/policies")]:
        for file in source.rglob("*.yaml"):
            if file.stat().st_size <= 4096:
                shutil.copy(file, place("policy") / f"{file.parent.name}-{file.name}")

    # The first byte of a seed names its reader, as in targets/evidence.rs.
    readers = {".xml": 0, "trivy.json": 1, "grype.json": 2, "audit.json": 3, ".sarif": 5}
    for file in pathlib.Path("tests/it/evidence/documents").iterdir():
        for end, reader in readers.items():
            if file.name.endswith(end) and not file.name.startswith("pip"):
                place("evidence").joinpath(file.name).write_bytes(bytes([reader]) + file.read_bytes())
        if file.name.startswith("pip"):
            place("evidence").joinpath(file.name).write_bytes(bytes([4]) + file.read_bytes())
    place("evidence").joinpath("number").write_bytes(b'\x07test["p(95)"][0]\n{"test": {"p(95)": [1.5]}}')

    def run(*words, codes=(0,)):
        ran = subprocess.run([driftgate, *map(str, words)], capture_output=True, text=True)
        if ran.returncode not in codes:
            sys.exit(f"driftgate {words} gave {ran.returncode}: {ran.stderr}")
    run("key", "generate", "--out", scratch / "key.pem", "--kind", "ed25519")
    for side in ["reference", "candidate"]:
        run("check", "--policy", policy, "--reference", scratch / "reference.parquet",
            "--candidate", scratch / f"{side}.parquet", "--key", scratch / "key.pem",
            "--out", scratch / side, codes=(0, 1, 3))
        envelope = (scratch / side / "report.dsse.json").read_bytes()
        place("envelope").joinpath(f"{side}.dsse.json").write_bytes(envelope)
        statement = base64.b64decode(json.loads(envelope)["payload"])
        place("envelope").joinpath(f"{side}.statement.json").write_bytes(statement)
        shutil.copy(scratch / side / "snapshot.manifest", place("manifest") / f"{side}.manifest")
        run("profile", scratch / f"{side}.parquet", "-o", place("profile_codec") / f"{side}.profile")
    run("profile", scratch / "candidate.parquet", "--policy", policy,
        "-o", place("profile_codec") / "answers.profile")
    run("snapshot", "data/flights/summer", "--manifest", place("manifest") / "two.manifest")
    run("profile", place("profile") / "only-country.parquet",
        "-o", place("profile_codec") / "country.profile")
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
