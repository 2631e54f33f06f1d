# SPDX-License-Identifier: BSD-3-Clause
"""test-judged.py PROGRAM STAGE [SOURCE]: the simulated twin of a guest against what the guest's kernel
answered when it was recorded. Where virtual machines run, tests/vm/run compares with the kernel itself.
STAGE `all`: every guest is recorded, and doc/judges.md is what scripts/judges makes of the records."""

import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/vm"))
from vmlib import guest, tap, transcript  # pylint: disable=wrong-import-position

RECORDS = ROOT / "tests/data/judged"


def judge(writer, program, stage):
    with tempfile.TemporaryDirectory() as work:
        path = pathlib.Path(work) / "model.txt"
        printed = transcript.play(program, stage, path)
        transcript.judge(stage, path, RECORDS / f"{stage}.txt", writer.point, writer.comment)
    if writer.failed:
        for line in printed.splitlines():
            if "ok" not in line.split()[:1]:
                writer.comment(f"| {line}")


# What the model said, what the kernel said, whether that is a difference, and of what kind.
SAMPLES = [
    ("= a passed\nmap = 0\n", "= a passed\nmap = 0\n", False, "nothing"),
    ("= a passed\nmap = 0\n", "= a passed\nmap = EINVAL\n", True, "another errno"),
    ("= a passed\nmap = 0\n", "= a passed\nmap = 0\nmap = 0\n", True, "a call more"),
    ("= a passed\nmap = 0\n", "= a failed\nmap = 0\n", True, "an outcome"),
    ("= a failed\nmap = 0\n", "= a failed\nmap = 0\n", True, "two failures"),
    ("= a passed\nmap = 0\n", "", True, "a scenario that the kernel lacks"),
    ("", "= a passed\nmap = 0\n", True, "a scenario that the model lacks"),
    ("- a: why\n", "- a: why\n", False, "the same reason"),
    ("- a: why\n", "- a: because\n", True, "another reason"),
    ("- a: why\n", "= a passed\n", True, "a reason against an outcome"),
]


def check_comparison(writer):
    with tempfile.TemporaryDirectory() as work:
        for ours, theirs, differs, what in SAMPLES:
            told = []
            for name, text in (("model", ours), ("kernel", theirs)):
                path = pathlib.Path(work) / name
                path.write_text(text)
                told.append(transcript.Transcript(path))
            writer.point(bool(transcript.differences("a", *told)) == differs,
                         f"a comparison sees {what}")


def check_all(writer, program):
    check_comparison(writer)
    stages = transcript.stages(program)
    writer.point(sorted(stages) == sorted(path.stem for path in RECORDS.glob("*.txt")),
                 "every stage is recorded, and nothing else")
    # Without an IOMMU there are no scenarios.
    guests = [name for name in guest.names() if not name.startswith("mock-")]
    writer.point(all(name in stages for name in guests), "every guest is a stage")
    writer.point(all(any(stage == name or stage.startswith(name + "-") for name in guests)
                     for stage in stages), "every stage is a guest, or a state of one")
    made = subprocess.run([ROOT / "scripts/judges", "--markdown", "--program", program], check=False,
                          stdout=subprocess.PIPE, text=True)
    writer.point(made.returncode == 0, "scripts/judges finds no difference")
    page = ROOT / "doc/judges.md"
    writer.point(page.exists() and made.stdout == page.read_text(),
                 "doc/judges.md is what scripts/judges makes")
    made = subprocess.run([ROOT / "scripts/promises", "--check"], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    writer.point(made.returncode == 0,
                 "every promise was shown by every backend or cannot be, as doc/backends.md says")
    for line in made.stdout.splitlines():
        writer.comment(line)


def main():
    writer = tap.Writer(sys.stdout)
    program, stage = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    if stage == "all":
        check_all(writer, program)
    else:
        judge(writer, program, stage)
    return 0 if writer.finish() else 1


sys.exit(main())
