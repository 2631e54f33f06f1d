# SPDX-License-Identifier: BSD-3-Clause
"""A file holds one idea, and a function is seen at once."""
import sys
import unittest

import tap
import tree

FILE_MAX, HEADER_MAX, FUNCTION_MAX = 400, 150, 60

# Path, or path:function, and why it may be longer.
EXCUSED = {}


def limit(path):
    """The public headers are mostly comments, and those of tests hold code."""
    if path.startswith('include/'):
        return None
    return FILE_MAX if path.endswith('.c') or path.startswith('tests/') else HEADER_MAX


def long_functions(text):
    """(line, length) of each function body that is too long; in kernel style its braces stand alone."""
    opened = 0
    for number, line in enumerate(text.splitlines(), 1):
        if line == '{':
            opened = number
        elif line.startswith('}') and opened:
            length = number - opened - 1
            if length > FUNCTION_MAX:
                yield opened, length
            opened = 0


class Sizes(unittest.TestCase):
    def test_a_long_function_is_found(self):
        line = '\tx();\n'
        self.assertTrue(list(long_functions(f'int f(void)\n{{\n{line * (FUNCTION_MAX + 1)}}}\n')))
        self.assertFalse(list(long_functions(f'int f(void)\n{{\n{line * FUNCTION_MAX}}}\n')))

    def test_excuses_name_files(self):
        self.assertEqual(set(EXCUSED) - set(tree.files()), set())

    def test_files_are_short(self):
        for path in tree.c_files(*tree.C_DIRS):
            lines = tree.read(path).count('\n')
            if limit(path) and path not in EXCUSED:
                with self.subTest(path):
                    self.assertLessEqual(lines, limit(path))

    def test_functions_are_short(self):
        for path in tree.c_files(*tree.C_DIRS):
            with self.subTest(path):
                self.assertEqual(list(long_functions(tree.read(path))), [])


tap.run(sys.modules[__name__])
