# SPDX-License-Identifier: BSD-3-Clause
"""Each public header compiles alone, and twice in a row, as every language its users may write in.
Arguments: "c" or "c++", compiler and its arguments."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import headers
import tap
import tree

LANGUAGE, COMPILER = sys.argv[1], sys.argv[2:]
STANDARDS = {'c': ('c99', 'c11', 'c17', 'gnu11'), 'c++': ('c++11', 'c++17', 'c++20')}[LANGUAGE]
WARNINGS = ['-pedantic', '-Werror', '-Wall', '-Wextra', '-Wundef', '-Wconversion', '-Wcast-qual',
            '-Wredundant-decls']
# In C++ a function with the name of a struct, as stat() has one, shadows its constructor.
WARNINGS += {'c': ['-Wshadow', '-Wstrict-prototypes', '-Wmissing-prototypes', '-Wwrite-strings'],
             'c++': ['-Wold-style-cast', '-Wzero-as-null-pointer-constant']}[LANGUAGE]


def complaints(standard, lines, folder=tree.ROOT / 'include'):
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, 'use.c')
        source.write_text(''.join(f'{line}\n' for line in lines), encoding='utf-8')
        done = subprocess.run([*COMPILER, f'-std={standard}', *WARNINGS, f'-I{folder}', '-x', LANGUAGE,
                               '-fsyntax-only', source], capture_output=True, text=True)
    return done.stderr or ('' if done.returncode == 0 else f'status {done.returncode}')


class Headers(unittest.TestCase):
    maxDiff = None

    def test_a_bad_header_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            for text in ('size_t f(void);\n', 'struct s { int a; };\n', '#if NOT_DEFINED\n#endif\n'):
                Path(folder, 'a.h').write_text(text, encoding='utf-8')
                for standard in STANDARDS:
                    self.assertIn('error', complaints(standard, ['#include <a.h>'] * 2, folder))

    def test_each_header_alone_and_twice(self):
        for path in headers.names():
            name = path.removeprefix('include/')
            for standard in STANDARDS:
                with self.subTest(f'{name} as {standard}'):
                    self.assertEqual(complaints(standard, [f'#include <{name}>'] * 2), '')

    def test_every_header_belongs_to_a_library(self):
        self.assertEqual(sorted(headers.names()),
                         sorted(path for library in headers.LIBRARIES for path in headers.names(library)))

    def test_the_umbrella_includes_all(self):
        for library, (umbrella, _) in headers.LIBRARIES.items():
            self.assertGreater(len(headers.names(library)), 5)
            text = tree.read(f'include/{umbrella}')
            for path in headers.names(library):
                if path != f'include/{umbrella}':
                    self.assertIn(f'#include <{path.removeprefix("include/")}>\n', text)

    def test_initialisers_are_clean(self):
        for standard in STANDARDS:
            self.assertEqual(complaints(standard, [
                '#include <libiova/libiova.h>', 'struct iova_failure failure = IOVA_FAILURE_INIT;']), '')


tap.run(sys.modules[__name__])
