# SPDX-License-Identifier: BSD-3-Clause
"""Reading and writing the Test Anything Protocol."""

import re

POINT = re.compile(r"^(not )?ok\b(?:\s+(\d+))?\s*(?:-\s*)?(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#.*)?$")
# cmocka writes "not ok 3 # SKIP name" for a skipped test.
SKIP = re.compile(r"^(.*?)\s*#\s*SKIP\b\s*(.*)$", re.IGNORECASE)


class Writer:
    """One well-formed stream: points numbered on, the plan at the end."""

    def __init__(self, out):
        self._out = out
        self.count = self.failed = 0

    def _line(self, text):
        print(text, file=self._out, flush=True)

    def point(self, good, name, skip=None):
        self.count += 1
        self.failed += not good
        # '#' would begin a directive.
        name = name.replace("#", "")
        self._line(f"{'ok' if good else 'not ok'} {self.count} - {name}"
                   + (f" # SKIP {skip}".rstrip() if skip is not None else ""))

    def comment(self, text):
        self._line(f"# {text}")

    def finish(self):
        """The plan, last. An empty stream would be a success to some readers: it is a failure."""
        if not self.count:
            self.point(False, "no test was run")
        self._line(f"1..{self.count}")
        return self.failed == 0


class Reader:
    """The output of one program, which may hold several plans one after another (cmocka writes one a
    test group) and other output between the points. Each point goes to `point(good, name, skip)`,
    each other line to `other(text)`."""

    def __init__(self, point, other):
        self._point, self._other = point, other
        self.planned = None
        self.seen = 0
        self.bailed = False

    def line(self, text):
        match = PLAN.match(text)
        if match:
            self.planned = (self.planned or 0) + int(match[1])
            return
        match = POINT.match(text)
        if match:
            self.seen += 1
            good, name, skip = not match[1], match[3] or f"test {self.seen}", None
            skipped = SKIP.match(name)
            if skipped:
                good, name, skip = True, skipped[1] or skipped[2], skipped[2] if skipped[1] else ""
            self._point(good, name, skip)
            return
        if text.startswith("Bail out!"):
            self.bailed = True
        self._other(text)

    def complaint(self):
        """What is wrong with the output as a whole, or None."""
        if self.bailed:
            return "bailed out"
        if self.planned is None:
            return "printed no plan"
        if self.planned != self.seen:
            return f"planned {self.planned} tests, ran {self.seen}"
        return None
