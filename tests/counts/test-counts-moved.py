# SPDX-License-Identifier: BSD-3-Clause
"""The counts are those of the document's last row. The argument is a directory to build in."""
import subprocess
import sys
import unittest
from pathlib import Path

import tap

ROOT = Path(__file__).resolve().parents[2]
BUILD = sys.argv[1]


class Counts(unittest.TestCase):
    def test_no_count_moved_without_a_row(self):
        done = subprocess.run([ROOT / 'scripts/count-instructions', '--check', '--build', BUILD],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


tap.run(sys.modules[__name__])
