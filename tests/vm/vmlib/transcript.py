# SPDX-License-Identifier: BSD-3-Clause
"""What was asked in each scenario and what came back, as tests/scenarios/transcript.h describes it:
reading it, and comparing two judges by it."""

import difflib
import pathlib
import re
import subprocess

DIGEST = re.compile(r"\b[0-9a-f]{16}\b")
TIMES = re.compile(r" \((\d+) times")
SHOWN = 24  # lines of a difference


class Transcript:
    """scenarios: {name: (outcome, lines)}; absent: {name: why}; answers: the long ones."""

    def __init__(self, path):
        self.scenarios, self.absent, self.answers = {}, {}, []
        lines = None
        for text in pathlib.Path(path).read_text().splitlines():
            mark, _, rest = text.partition(" ")
            if mark == "=":
                name, outcome = rest.split(" ")
                lines = []
                self.scenarios[name] = outcome, lines
            elif mark == "-":
                name, _, why = rest.partition(": ")
                self.absent[name] = why
            elif mark == "~":
                self.answers.append(rest)
            elif text and mark != "#":
                lines.append(text)

    def names(self):
        return [*self.scenarios, *self.absent]

    def outcome(self, name):
        """passed, failed, or None if it was not played."""
        return self.scenarios[name][0] if name in self.scenarios else None

    def calls(self):
        """How many calls all of its lines stand for."""
        return sum(int(found[1]) if (found := TIMES.search(line)) else 1
                   for _, lines in self.scenarios.values() for line in lines)


def differences(name, model, kernel):
    """What is not as it should be in one scenario: an empty list if both judges agree that it passes."""
    for who, told in (("the model", model), ("the kernel", kernel)):
        if name not in told.scenarios and name not in told.absent:
            return [f"{who} did not play it, and gave no reason"]
    if name in model.absent or name in kernel.absent:
        reasons = [told.absent.get(name, "played") for told in (model, kernel)]
        return [] if reasons[0] == reasons[1] else [f"model: {reasons[0]}; kernel: {reasons[1]}"]

    (ours, said), (theirs, heard) = model.scenarios[name], kernel.scenarios[name]
    found = [f"{who}: {outcome}" for who, outcome in (("model", ours), ("kernel", theirs))
             if outcome != "passed"]
    if said != heard:
        lines = [line for line in difflib.unified_diff(said, heard, "model", "kernel", lineterm="", n=1)
                 if not line.startswith("@@")]
        found += lines[:SHOWN]
        if len(lines) > SHOWN:
            found.append(f"... and {len(lines) - SHOWN} lines more")
        found += _long_differences(said, heard, model, kernel)
    return found


def _long_differences(said, heard, model, kernel):
    """The long answers that only one judge gave, where the lines differ in a digest of them."""
    sides = [set(DIGEST.findall("\n".join(lines))) for lines in (said, heard)]
    if sides[0] == sides[1]:
        return
    for sign, told, other in (("-", model, kernel), ("+", kernel, model)):
        for answer in told.answers:
            if answer not in other.answers:
                yield f"{sign}~ {answer}"


def stages(program):
    """The names of all stages that are guests, from tests/model/test-scenarios."""
    return subprocess.run([program, "--guests"], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.split()


def play(program, stage, path):
    """Has the model play a stage; returns what it printed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    done = subprocess.run([program, stage, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False)
    if not path.exists():
        raise RuntimeError(f"{program} {stage} wrote no transcript: {done.stdout[-2000:]}")
    return done.stdout


def judge(stage, model, kernel, point, comment):
    """A test point for each scenario of a stage; model and kernel are files."""
    try:
        model, kernel = Transcript(model), Transcript(kernel)
    except (OSError, ValueError) as error:
        point(False, f"{stage}: both judges have spoken")
        comment(str(error))
        return
    if not model.scenarios:
        point(False, f"{stage}: a scenario is played")
    for name in [*model.names(), *(name for name in kernel.names() if name not in model.names())]:
        found = differences(name, model, kernel)
        point(not found, f"{stage}: {name}: the model answers as this kernel does")
        for line in found:
            comment(line)
