# SPDX-License-Identifier: BSD-3-Clause
"""Codespell knows no better spelling. Argument: codespell."""
import subprocess
import sys
import unittest

import tap
import tree

CODESPELL = sys.argv[1]
DATA = ('tests/data/machines', 'tests/data/caps/', 'tests/fuzz/corpus/', 'tests/data/regions/',
        'tests/lint/test-spelling.py')


def misspelt(paths, text=None):
    done = subprocess.run([CODESPELL, *paths], cwd=tree.ROOT, input=text, capture_output=True,
                          text=True)
    return done.stdout + done.stderr


class Spelling(unittest.TestCase):
    def test_a_wrong_word_is_found(self):
        self.assertIn('receive', misspelt(['-'], 'to recieve\n'))

    def test_every_file(self):
        self.assertEqual(misspelt([path for path in tree.files() if not path.startswith(DATA)]), '')


tap.run(sys.modules[__name__])
