# SPDX-License-Identifier: BSD-3-Clause
"""Runs the test cases of a module and reports them as TAP."""
import sys
import unittest


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.number = 0

    def line(self, verdict, test, error=None):
        self.number += 1
        print(f'{verdict} {self.number} - {test.id().split(".", 1)[-1]}', flush=True)
        if error:
            text = self._exc_info_to_string(error, test) + getattr(test, 'at', '')
            print(''.join(f'# {line}\n' for line in text.splitlines()), end='', flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.line('ok', test)

    def addError(self, test, err):
        super().addError(test, err)
        self.line('not ok', test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line('not ok', test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self.line('not ok', subtest, err)


def run(module):
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    print('TAP version 13', flush=True)
    result = TapResult()
    suite.run(result)
    print(f'1..{result.number}', flush=True)  # last: each subtest that fails has its own line
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
