"""Times driftgate beside the decode floor and beside its peers, and writes benches/RESULTS.md.

usage: python3 benches/peers/run.py [--rows N] [--small-rows N] [--runs N] [--smoke]

Needs cargo and Python 3.11 with venv; peers are installed below target/peers. Every contender is a
whole process; those of a group run in turn (A B C A B C …), after one turn that warms the page
cache and is not counted. Times are CPU seconds (user + system) and wall seconds, memory is the
peak resident set as the kernel counts it. `--smoke` uses few rows and only NumPy, and writes to
target/peers instead.
"""

import argparse
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "benches" / "peers"
WORK = ROOT / "target" / "peers"
PINNED = {
    "numeric": ["numpy==2.4.6", "scipy==1.17.1", "pyarrow==26.0.1"],
    "polars": ["polars==2.1.0"],
    "duckdb": ["duckdb==2.0.0"],
    "evidently": ["evidently==0.7.23", "pandas==2.3.3", "pyarrow"],
    "nannyml": ["nannyml==0.13.1", "statsmodels==0.15.0", "pyarrow"],
    "whylogs": ["whylogs[viz]==1.6.4", "pyarrow", "pandas"],
}
TEXTS = "s0_,s1_,s2_,s3_"
# PSI and exact KS of every column.
ANY = HERE / "any.yaml"


def build(smoke):
    """Builds all programs; gives driftgate and the benches by name.

    What is measured is built as users build it. For a smoke run the program that the benches bring
    with them does: its dependencies have other features on for the sake of tests.
    """
    command = ["cargo", "bench", "--locked", "--no-run", "--message-format=json"]
    command += ["--bench", "floor", "--bench", "generate"]
    built = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    programs = {}
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["kind"] in (["bench"], ["bin"]):
            programs[message["target"]["name"]] = message["executable"]
    if not smoke:
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
        programs["driftgate"] = str(ROOT / "target" / "release" / "driftgate")
    return programs


def python_of(name):
    """An interpreter with the pinned packages; None, with the reason, when they do not install."""
    venv = WORK / "venv" / name
    python = venv / "bin" / "python"
    done = venv / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        install = [python, "-m", "pip", "install", "--quiet", *PINNED[name]]
        found = subprocess.run(install, capture_output=True, text=True)
        if found.returncode != 0:
            return None, found.stderr.strip().splitlines()[-1][:200]
        done.touch()
    return str(python), None


SLOW_RUNS = 3


class Contender:
    """One command of a group, and what its runs took."""

    def __init__(self, name, command, may_fail=False, slow=False):
        self.name, self.command, self.may_fail, self.slow = name, command, may_fail, slow
        self.wall, self.cpu, self.memory, self.output, self.failed = [], [], [], "", None

    def run(self, counted):
        # What takes a minute needs no warming, and not as many runs.
        if self.failed or (self.slow and (not counted or len(self.wall) == SLOW_RUNS)):
            return
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in self.command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        output = process.stdout.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        code = os.waitstatus_to_exitcode(status)
        # driftgate says with 1 or 3 that the data drifted.
        if code not in ((0, 1, 3) if "driftgate" in str(self.command[0]) else (0,)):
            if not self.may_fail:
                raise SystemExit(f"{self.name} ended with {code}:\n{output[-2000:]}")
            self.failed = output.strip().splitlines()[-1][:120] if output.strip() else str(code)
            return
        self.output = output
        if counted:
            self.wall.append(wall)
            self.cpu.append(usage.ru_utime + usage.ru_stime)
            self.memory.append(usage.ru_maxrss / 1024)


def race(title, contenders, runs):
    print(f"== {title}", flush=True)
    for turn in range(runs + 1):
        for contender in contenders:
            contender.run(counted=turn > 0)
            took = f"{contender.wall[-1]:.2f} s" if contender.wall else "warmed"
            print(f"   {turn} {contender.name}: {contender.failed or took}", flush=True)
    return contenders


def spread(values):
    low, mid, high = min(values), statistics.median(values), max(values)
    return f"{mid:.3g} ({low:.3g}–{high:.3g})"


def table(contenders, base):
    """Rows of a group, with ratios to the first contender or to `base`."""
    lines = [
        "| what | CPU s: median (min–max) | × | wall s: median (min–max) | × | peak MiB | runs |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in contenders:
        if not one.wall:
            lines.append(f"| {one.name} | not measured: {one.failed} | | | | | |")
            continue
        cpu = statistics.median(one.cpu) / statistics.median(base.cpu)
        wall = statistics.median(one.wall) / statistics.median(base.wall)
        memory = f"{max(one.memory):.0f}"
        lines.append(
            f"| {one.name} | {spread(one.cpu)} | {cpu:.2f} | {spread(one.wall)} | {wall:.2f} |"
            f" {memory} | {len(one.wall)} |"
        )
    return "\n".join(lines) + "\n"


def distances(report):
    """PSI by deciles (None where a column has a bin per value) and D of each column."""
    details = json.loads((report / "report.details.json").read_text())
    found = {}
    for column in details["columns"]:
        metrics = column["metrics"]
        psi = next((m["value"] for i, m in metrics.items() if i.startswith("psi_quantile")), None)
        found[column["name"]] = (psi, metrics.get("ks_two_sample", {}).get("d"))
    return found


def agreement(ours, output):
    """Largest differences of PSI and D from a peer's lines `column psi=… d=…`."""
    worst = {"psi": 0.0, "d": 0.0}
    columns = 0
    for line in output.splitlines():
        words = line.split()
        if len(words) < 2 or words[0] not in ours or "psi=" not in line:
            continue
        columns += 1
        for word in words[1:]:
            key, _, number = word.partition("=")
            if key in worst:
                known = ours[words[0]][0 if key == "psi" else 1]
                # With a bin per value PSI is another number.
                if known is not None:
                    worst[key] = max(worst[key], abs(float(number) - known))
    return columns, worst


def standard_pair(generate, name, rows, codec, prefixes):
    """Both files of a standard pair, written if they are not there."""
    folder = WORK / f"{name}-{rows}"
    paths = [folder / "reference.parquet", folder / "candidate.parquet"]
    if not (folder / "written").exists():
        subprocess.run([generate, folder, str(rows), codec, prefixes], check=True)
        (folder / "written").touch()
    return paths


def flights(python, rows):
    """The bundled flights, repeated to about so many rows, by snappy and by zstd."""
    script = """
import sys, pyarrow as pa, pyarrow.dataset as ds, pyarrow.parquet as pq
source, out, codec, rows = sys.argv[1:]
table = ds.dataset(source).to_table()
times = max(1, int(rows) // len(table))
pq.write_table(pa.concat_tables([table] * times), out, compression=codec, row_group_size=500_000)
"""
    pairs = {}
    for codec in ("snappy", "zstd"):
        paths = []
        for side, source in (("reference", "summer"), ("candidate", "autumn")):
            path = WORK / f"flights-{codec}-{rows}" / f"{side}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                source = ROOT / "data" / "flights" / source
                subprocess.run([python, "-c", script, source, path, codec, str(rows)], check=True)
            paths.append(path)
        pairs[codec] = paths
    return pairs


def wide(python, columns, rows):
    """A pair of many columns of normal numbers."""
    script = """
import sys, numpy as np, pyarrow as pa, pyarrow.parquet as pq
out, columns, rows, seed = sys.argv[1], *map(int, sys.argv[2:])
random = np.random.default_rng(seed)
pq.write_table(pa.table({f"c{i:04}": random.normal(size=rows) for i in range(columns)}), out)
"""
    paths = []
    for seed, side in enumerate(("reference", "candidate")):
        path = WORK / f"wide-{columns}-{rows}" / f"{side}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            subprocess.run([python, "-c", script, path, str(columns), str(rows), str(seed)], check=True)
        paths.append(path)
    return paths


def copies(pair, times):
    """Folders that hold each file so many times under other names."""
    folders = []
    for path in pair:
        folder = path.parent / f"{path.stem}-x{times}"
        folder.mkdir(exist_ok=True)
        for number in range(times):
            copy = folder / f"{number}.parquet"
            if not copy.exists():
                os.link(path, copy)
        folders.append(folder)
    return folders


def goals(sections):
    """What was aimed at and what was found, as rows of a table."""
    found = {one.name: one for _, contenders, _ in sections for one in contenders}
    floors = [contenders[0] for _, contenders, _ in sections if contenders[0].name == "decode floor"]

    def median(name, values):
        one = found.get(name) if isinstance(name, str) else name
        return statistics.median(getattr(one, values)) if one and one.wall else None

    def ratio(over, under, values):
        over, under = median(over, values), median(under, values)
        return over / under if over and under else None

    lines = ["| goal | aim | found | |", "|---|---|---|---|"]

    def row(what, aim, value, met, form="{:.2f} ×"):
        shown = "not measured" if value is None else form.format(value)
        mark = "–" if value is None else "met" if met(value) else "**not met**"
        lines.append(f"| {what} | {aim} | {shown} | {mark} |")

    def at_most(what, limit, value, form="{:.2f} ×"):
        row(what, "≤ " + form.format(limit), value, lambda v: v <= limit, form)

    def at_least(what, limit, value, form="{:.2f} ×"):
        row(what, "≥ " + form.format(limit), value, lambda v: v >= limit, form)

    core = "PSI, exact KS, BLAKE3"
    for values in ("cpu", "wall"):
        at_most(f"20 float64 columns, {values}, to their floor", 1.5, ratio(core, floors[0], values))
        at_most(f"whole check, BLAKE3, {values}, to the floor", 1.6,
                ratio("whole check, BLAKE3", floors[1], values))
        at_most(f"whole check, BLAKE3, {values}, to the floor, by zstd", 1.6,
                ratio("whole check, BLAKE3, zstd", floors[2], values))
        at_most(f"whole check, SHA-256, {values}, to the floor", 2.2,
                ratio("whole check, SHA-256", floors[1], values))
        at_most(f"low-cardinality text, {values}, to its floor", 0.5,
                ratio("PSI, χ², BLAKE3, texts", floors[3], values))
        for floor, codec in zip(floors[4:], ("snappy", "zstd")):
            at_most(f"flights by {codec}, {values}, to their floor", 1.2,
                    ratio(f"drift of all columns, BLAKE3, {codec}", floor, values))
        at_most(f"1,000 columns, {values}, to their floor", 1.5,
                ratio("PSI, exact KS, BLAKE3, wide", floors[-1], values))
    ours, small = "driftgate, PSI and exact KS, BLAKE3", "driftgate, PSI and exact KS, BLAKE3, small"
    at_least("Polars, wall", 15, ratio("Polars", ours, "wall"))
    at_least("DuckDB, wall", 50, ratio("DuckDB", ours, "wall"))
    at_least("DuckDB without KS, wall", 5, ratio("DuckDB, PSI without KS", ours, "wall"))
    at_least("NumPy + SciPy, wall", 30, ratio("NumPy + SciPy", ours, "wall"))
    at_least("Evidently, wall, small pair", 500, ratio("Evidently, PSI and KS", small, "wall"))
    whole, tight = found.get("whole check, BLAKE3"), found.get("whole check, BLAKE3, 150 MiB")
    at_most("peak memory by default", 512, max(whole.memory), "{:.0f} MiB")
    at_most("peak memory with `--memory 150MiB`", 150, max(tight.memory), "{:.0f} MiB")
    at_most("time with it, CPU", 1.3, ratio(tight, whole, "cpu"))
    tenfold = found.get("PSI, exact KS, BLAKE3, ten files")
    at_most("ten times the rows, peak memory", 512, max(tenfold.memory), "{:.0f} MiB")
    at_most("ten times the rows, CPU", 11, ratio(tenfold, core, "cpu"))
    at_least("one thread to two, wall", 1.85, ratio("the same on one thread", core, "wall"))
    at_most("32 columns of 1,000 rows", 30, 1000 * median("whole process", "wall"), "{:.0f} ms")
    return "\n".join(lines) + "\n"


def machine():
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1]) >> 20
    return (
        f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, {memory} GiB, "
        f"{platform.system()} {platform.release()}"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--small-rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    if options.smoke:
        options.rows, options.small_rows, options.runs = 20_000, 10_000, 1
    WORK.mkdir(parents=True, exist_ok=True)
    programs = build(options.smoke)
    numeric, why = python_of("numeric")
    if numeric is None:
        raise SystemExit(f"NumPy does not install: {why}")
    pairs = {
        name: standard_pair(programs["generate"], name, *of)
        for name, of in {
            "all": (options.rows, "snappy", ""),
            "all-zstd": (options.rows, "zstd", ""),
            "floats": (options.rows, "snappy", "f"),
            "texts": (options.rows, "snappy", TEXTS),
            "floats-small": (options.small_rows, "snappy", "f"),
        }.items()
    }
    sections, notes = measure(options, programs, numeric, pairs)
    text = results(options, programs, sections, notes)
    path = WORK / "SMOKE.md" if options.smoke else ROOT / "benches" / "RESULTS.md"
    path.write_text(text)
    print(f"written: {path}")


def measure(options, programs, numeric, pairs):
    def check(name, policy, pair, *more):
        out = WORK / "reports" / re.sub(r"\W+", "-", name)
        command = [programs["driftgate"], "check", "--policy", policy, "--out", out]
        return Contender(name, [*command, "--reference", pair[0], "--candidate", pair[1], *more])

    def floor(name, pair, *more):
        return Contender(name, [programs["floor"], "--threads", "2", "--runs", "1", *more, *pair])

    big, runs = pairs["all"], options.runs
    whole = ROOT / "data" / "policies" / "standard-pair.yaml"
    blake = ("--digest", "blake3")
    sections = []

    def group(title, contenders, turns=runs, base=0):
        sections.append((title, race(title, contenders, turns), base))

    rows = f"{options.rows:,} + {options.rows:,} rows"
    floats = pairs["floats"]
    group(f"20 float64 columns, {rows}", [
        floor("decode floor", floats),
        check("PSI, exact KS, BLAKE3", ANY, floats, *blake),
        check("the same on one thread", ANY, floats, *blake, "--threads", "1"),
        check("the same in 150 MiB", ANY, floats, *blake, "--memory", "150MiB"),
        Contender("identity alone: BLAKE3", [programs["driftgate"], "snapshot", *floats, *blake]),
    ])
    ours = distances(WORK / "reports" / "PSI-exact-KS-BLAKE3")
    group(f"all 32 columns, {rows}", [
        floor("decode floor", big),
        check("whole check, BLAKE3", whole, big, *blake),
        check("whole check, SHA-256", whole, big),
        check("whole check, BLAKE3, 150 MiB", whole, big, *blake, "--memory", "150MiB"),
    ])
    group(f"all 32 columns by zstd, {rows}", [
        floor("decode floor", pairs["all-zstd"]),
        check("whole check, BLAKE3, zstd", whole, pairs["all-zstd"], *blake),
    ])
    group(f"20 float64 columns, ten times {rows}", [
        check("PSI, exact KS, BLAKE3, ten files", ANY, copies(floats, 10), *blake),
    ], turns=2)
    group(f"4 low-cardinality text columns, {rows}", [
        floor("decode floor", pairs["texts"]),
        check("PSI, χ², BLAKE3, texts", ANY, pairs["texts"], *blake),
    ])
    for codec, pair in flights(numeric, options.rows // 2).items():
        group(f"flights by {codec}, all columns, about {options.rows // 2:,} rows a side", [
            floor("decode floor", pair),
            check(f"drift of all columns, BLAKE3, {codec}", HERE / "flights.yaml", pair, *blake),
        ])
    columns = 50 if options.smoke else 1_000
    pair = wide(numeric, columns, min(options.small_rows, 100_000))
    group(f"{columns} columns of {min(options.small_rows, 100_000):,} rows", [
        floor("decode floor", pair),
        check("PSI, exact KS, BLAKE3, wide", ANY, pair, *blake),
    ])
    pair = wide(numeric, 32, 1_000)
    group("32 columns of 1,000 rows", [check("whole process", ANY, pair)])
    notes = peers(options, numeric, pairs, check, group, ours)
    return sections, notes


def peers(options, numeric, pairs, check, group, ours):
    big, small, blake = pairs["floats"], pairs["floats-small"], ("--digest", "blake3")
    exact = [Contender("NumPy + SciPy", [numeric, HERE / "numpy_scipy.py", *big], slow=True)]
    slow = []
    if not options.smoke:
        for name, title, script, more in (
            ("polars", "Polars", "polars_sort.py", []),
            ("duckdb", "DuckDB", "duckdb_sql.py", []),
            ("duckdb", "DuckDB, PSI without KS", "duckdb_sql.py", ["psi"]),
        ):
            python, why = python_of(name)
            contender = Contender(title, [python, HERE / script, *big, *more], True, slow=True)
            contender.failed = why
            exact.append(contender)
        for name, title, script in (
            ("evidently", "Evidently, PSI and KS", "evidently_report.py"),
            ("nannyml", "NannyML, KS", "nannyml_drift.py"),
            ("whylogs", "whylogs, sketches", "whylogs_sketch.py"),
        ):
            python, why = python_of(name)
            contender = Contender(title, [python, HERE / script, *small], True, slow=True)
            contender.failed = why
            slow.append(contender)
    rows = f"{options.rows:,} + {options.rows:,} rows"
    group(f"peers, 20 float64 columns, {rows}", [
        check("driftgate, PSI and exact KS, BLAKE3", ANY, big, *blake), *exact,
    ], turns=options.runs)
    small_rows = f"{options.small_rows:,} + {options.small_rows:,} rows"
    group(f"peers, 20 float64 columns, {small_rows}", [
        check("driftgate, PSI and exact KS, BLAKE3, small", ANY, small, *blake), *slow,
    ], turns=options.runs)
    notes = []
    for contender in exact:
        if contender.wall:
            columns, worst = agreement(ours, contender.output)
            if columns != 20:
                raise SystemExit(f"{contender.name} told {columns} of 20 columns")
            if worst["d"] > 1e-12 or worst["psi"] > 1e-9:
                raise SystemExit(f"{contender.name} disagrees: {worst}")
            notes.append(
                f"{contender.name}: PSI differs by at most {worst['psi']:.1e}, D by {worst['d']:.1e}"
            )
    return notes


def results(options, programs, sections, notes):
    version = subprocess.run([programs["driftgate"], "--version"], capture_output=True, text=True)
    lines = [
        "# Results",
        "",
        f"Written by `python3 benches/peers/run.py --rows {options.rows} --small-rows "
        f"{options.small_rows} --runs {options.runs}` on {datetime.date.today()}.",
        f"{version.stdout.strip()}; {machine()}; "
        + ", ".join(pin for pins in PINNED.values() for pin in pins if "==" in pin) + ".",
        "",
        "Whole processes, warm page cache, in turn. × is the ratio of medians to the first row of "
        "a table. The decode floor is the Arrow reader alone on two threads, hashing nothing. Peers "
        f"that take long run {SLOW_RUNS} times, in the same turns.",
        "",
    ]
    lines += ["## Goals", "", goals(sections)]
    for title, contenders, base in sections:
        lines += [f"## {title}", "", table(contenders, contenders[base])]
    lines += ["## Agreement", "", "Against the same columns by driftgate, all 20:", ""]
    lines += [f"- {note}" for note in notes]
    return "\n".join(lines) + "\n"


main()
