# SPDX-License-Identifier: BSD-3-Clause
"""The C sources are as clang-format 14 leaves them. Argument: clang-format.
To make them so:  clang-format -i $(git ls-files '*.[ch]')"""
import re
import subprocess
import sys
import unittest

import tap
import tree

CLANG_FORMAT = sys.argv[1]


def wrong_lines(path, text):
    done = subprocess.run([CLANG_FORMAT, '--dry-run', f'--style=file:{tree.ROOT}/.clang-format',
                           f'--assume-filename={path}'],
                          input=text, capture_output=True, text=True, check=True)
    lines = re.findall(r'^[^:]+:(\d+):\d+: warning', done.stderr, re.MULTILINE)
    return ' '.join(dict.fromkeys(lines))


class Format(unittest.TestCase):
    def test_a_bad_layout_is_found(self):
        self.assertEqual(wrong_lines('a.c', 'int f(void)\n{\n\treturn 0;\n}\n'), '')
        for bad in ('int f(void)\n{\n    return 0;\n}\n', 'int f(void) {\n\treturn 0;\n}\n',
                    'int f (void);\n', 'char* f(void);\n'):
            self.assertTrue(wrong_lines('a.c', bad), bad)

    def test_every_file(self):
        for path in tree.c_files(*tree.C_DIRS):
            with self.subTest(path):
                self.assertEqual(wrong_lines(path, tree.read(path)), '', 'lines')


tap.run(sys.modules[__name__])
