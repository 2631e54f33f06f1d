# SPDX-License-Identifier: BSD-3-Clause
"""From a guest's report (see tests/vm/init) to test points."""

import base64
import time

from . import tap

MARK = "@@libiova "
TAIL = 40  # lines of a step's output kept for its failure


class Report:
    """Fed with the lines of the report as they come; finish() once the guest is gone."""

    def __init__(self, steps, writer, progress):
        self._steps, self._out, self._progress = steps, writer, progress
        self._step = None        # the step that runs
        self._next = 0           # index of the step expected next
        self._tail = []
        self._archive = None     # lines of base64, while /out is being sent
        self._problems = []
        self._warnings = []
        self.files = None        # the compressed tar of /out
        self.booted = self.done = False

    def line(self, text):
        at = text.find(MARK)
        if at < 0:
            self._output(text)
            return
        if text[:at]:
            self._output(text[:at])
        word, _, rest = text[at + len(MARK):].partition(" ")
        getattr(self, "_mark_" + word.replace("-", "_"), self._mark_unknown)(rest)

    def _output(self, text):
        if self._archive is not None:
            self._archive.append(text)
        elif self._step and self._step.tap:
            self._reader.line(text)
        else:
            self._keep(text)

    def _keep(self, text):
        """Output that only a failure shows. In a TAP step the comments of a failed point follow it at
        once, since that is the only place where they make sense."""
        if not text:
            return
        if self._step and self._step.tap and text.startswith("#"):
            self._out.comment(text[1:].strip())
            return
        self._tail = [*self._tail[-TAIL + 1:], text]

    def _mark_problem(self, text):
        self._problems.append(text)

    def _mark_kernel(self, text):
        self._warnings.append(text)

    def _mark_ready(self, uptime):
        self.booted = True
        self._progress(f"ready {uptime} s after the kernel's start")
        self._out.point(not self._problems, "the guest is set up")
        for text in self._problems:
            self._out.comment(text)
        self._check_log("boot", False)
        self._tail = []

    def _mark_step(self, text):
        number, _, _ = text.partition(" ")
        self._step = self._steps[int(number) - 1]
        self._next = int(number)
        self._tail = []
        self._started = time.monotonic()
        name = self._step.name
        self._reader = tap.Reader(
            lambda good, test, skip: self._out.point(good, f"{name}: {test}", skip), self._keep)

    def _mark_end(self, text):
        step, self._step = self._step, None
        status = int(text.split()[1])
        self._progress(f"step {step.name}: {time.monotonic() - self._started:.1f} s, status {status}")
        complaint = None
        if status in (124, 143):
            complaint = f"ended by a signal, or by its limit of {step.limit} s"
        elif step.tap:
            # A failed test makes the status 1 or more; the points have told that already.
            complaint = self._reader.complaint()
            if not complaint and status > 128:
                complaint = f"killed by signal {status - 128}"
            elif not complaint and status and not self._failed_since():
                complaint = f"exit status {status}, although no test failed"
        elif status != step.exit:
            complaint = f"exit status {status}, not {step.exit}"

        if complaint or not step.tap:
            self._out.point(not complaint, step.name)
        if complaint:
            self._out.comment(complaint)
        if complaint or (step.tap and self._failed_since()):
            for line in self._tail:
                self._out.comment("| " + line)
        self._check_log(step.name, step.warns)
        self._failed_before = self._out.failed

    _failed_before = 0

    def _failed_since(self):
        return self._out.failed > self._failed_before

    def _check_log(self, name, tolerated):
        """A warning of the kernel is a failure of the step that provoked it."""
        if self._warnings and not tolerated:
            self._out.point(False, f"{name}: the kernel's log is clean")
        for text in self._warnings:
            self._out.comment(text)
        self._warnings = []

    def _mark_out(self, _):
        self._archive = []

    def _mark_out_end(self, _):
        self.files = base64.b64decode("".join(self._archive))
        self._archive = None

    def _mark_done(self, uptime):
        self.done = True
        self._progress(f"done {uptime} s after the kernel's start")

    def _mark_unknown(self, text):
        self._output(text)

    def finish(self, how):
        """`how` the guest ended. One that did not run every step has failed."""
        if self.done and self._next == len(self._steps):
            return True
        if not self.booted:
            where = "before it was set up"
        elif self._step:
            where = f"in step {self._step.name}"
        else:
            where = f"after {self._next} of {len(self._steps)} steps"
        self._out.point(False, f"the guest ran to the end ({how} {where})")
        for line in [*self._problems, *self._warnings, *("| " + line for line in self._tail)]:
            self._out.comment(line)
        return False
