# SPDX-License-Identifier: BSD-3-Clause
"""Doxygen has nothing to say against the comments of the public headers. Argument: doxygen."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import tap
import tree

DOXYGEN = sys.argv[1]
SAMPLE = '''/**
 * @file
 * A sample.
 */
/**
 * Do it.
 *
 * @param a  what
 * @return 0, or a negative errno:
 * @err{EINVAL}  a is 0
 * @onfail  nothing
 * @mt      MT-Safe
 * @kernel  none
 * @since   0.1
 */
IOVA_API int iova_do(int a);
'''


def warnings(headers):
    """What doxygen says of a folder of headers, or its status if it says nothing and still fails."""
    config = tree.read('tests/lint/Doxyfile')
    with tempfile.TemporaryDirectory() as out:
        config += f'INPUT = "{headers}"\nOUTPUT_DIRECTORY = "{out}"\n'
        done = subprocess.run([DOXYGEN, '-'], input=config, capture_output=True, text=True)
    return done.stderr or (f'status {done.returncode}' if done.returncode else '')


class Doxygen(unittest.TestCase):
    maxDiff = None

    def sample(self, text):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, 'a.h').write_text(text, encoding='utf-8')
            return warnings(folder)

    def test_a_good_comment_passes(self):
        self.assertEqual(self.sample(SAMPLE), '')

    def test_what_is_missing_or_wrong_is_found(self):
        for old, new in ((' * @param a  what\n', ''), ('@param a', '@param b'),
                         (' * @return 0, or a negative errno:\n * @err{EINVAL}  a is 0\n', ''),
                         ('@mt', '@thread')):
            self.assertRegex(self.sample(SAMPLE.replace(old, new)), 'warning|error', new)

    def test_the_headers(self):
        self.assertEqual(warnings(tree.ROOT / 'include'), '')


tap.run(sys.modules[__name__])
