# SPDX-License-Identifier: BSD-3-Clause
"""Shellcheck has nothing to say against the scripts. Argument: shellcheck."""
import subprocess
import sys
import unittest

import tap
import tree

SHELLCHECK = [sys.argv[1], '--severity=style', '--format=gcc', '--external-sources']


def complaints(path, text=None):
    done = subprocess.run([*SHELLCHECK, path], cwd=tree.ROOT, input=text, capture_output=True,
                          text=True)
    return done.stdout + done.stderr


class Shell(unittest.TestCase):
    def test_a_bad_script_is_found(self):
        self.assertIn('SC2086', complaints('-', '#!/bin/sh\nrm $1\n'))
        self.assertEqual(complaints('-', '#!/bin/sh\nrm "$1"\n'), '')

    def test_every_script(self):
        scripts = list(tree.scripts('sh', 'bash'))
        self.assertIn('scripts/check', scripts)
        for path in scripts:
            with self.subTest(path):
                self.assertEqual(complaints(path), '')


tap.run(sys.modules[__name__])
