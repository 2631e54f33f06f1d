# SPDX-License-Identifier: BSD-3-Clause
"""The steps a guest runs: tests/vm/steps, whose head explains the format."""

import fnmatch
import pathlib

from .elf import is_program

EACH = "each "  # a command of this form stands for every program of a directory
BUT = " but "   # except these
NOT = "!"       # before a pattern: not these guests


class Step:
    """One command, and how its outcome is judged."""

    def __init__(self, name, options, command):
        self.name, self.command = name, command
        self.tap = False       # output is TAP: each test point is a case
        self.warns = False     # kernel warnings are expected
        self.user = False      # runs as an ordinary user
        self.memlock = None    # limit of locked memory, in KiB
        self.limit = 120       # seconds
        self.exit = 0          # the exit status that means success
        for word in options.split():
            key, equals, value = word.partition("=")
            if key in ("tap", "warns", "user") and not equals:
                setattr(self, key, True)
            elif key in ("memlock", "limit", "exit") and value.isdigit():
                setattr(self, key, int(value))
            else:
                raise ValueError(f"step {name}: unknown option '{word}'")

    def line(self):
        """For the guest's init: fields that are never empty, since its shell joins empty ones."""
        user = "user" if self.user else "root"
        memlock = "-" if self.memlock is None else str(self.memlock)
        return "\t".join([self.name, user, memlock, str(self.limit), self.command])


def load(path, guest, build):
    """The steps of one guest, with `each` expanded to the programs found in the build directory."""
    steps = []
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("|", 3)]
        if len(fields) != 4 or "\t" in line:
            raise ValueError(f"{path}:{number}: not 'guests | name | options | command'")
        guests, name, options, command = fields
        if not _is_for(guest, guests.split()):
            continue
        if command.startswith(EACH):
            steps += _each(name, options, command[len(EACH):].strip(), build)
        else:
            steps.append(Step(name, options, command))
    if not steps:
        raise ValueError(f"{path}: no steps for {guest}")
    return steps


def _is_for(guest, patterns):
    """Some pattern matches, and none of those that begin with NOT does."""
    def matches(pattern):
        return fnmatch.fnmatchcase(guest, pattern)
    return (any(matches(pattern) for pattern in patterns if pattern[0] != NOT)
            and not any(matches(pattern[1:]) for pattern in patterns if pattern[0] == NOT))


def _each(name, options, directory, build):
    directory, _, left_out = directory.partition(BUT)
    programs = sorted(p for p in (build / directory).glob("*") if is_program(p))
    if not programs:
        raise ValueError(f"no programs in {build / directory}: is everything built?")
    programs = [p for p in programs if p.name not in left_out.split()]
    return [Step(f"{name}/{p.name}", options, f"/build/{directory}/{p.name}") for p in programs]
