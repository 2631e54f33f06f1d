# SPDX-License-Identifier: BSD-3-Clause
"""scripts/coverage counts what gcovr tells, and accepts no excuse that is not needed."""
import importlib.machinery
import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path

import tap
import tree

LOADER = importlib.machinery.SourceFileLoader('coverage', str(tree.ROOT / 'scripts/coverage'))
coverage = importlib.util.module_from_spec(importlib.util.spec_from_loader('coverage', LOADER))
LOADER.exec_module(coverage)

SOURCE = 'int f(int a)\n{\n\tif (a && g)\n\t\treturn 1;\n\treturn 0;\n}'


def line(number, count, ways=(), noncode=False):
    return {'line_number': number, 'count': count, 'gcovr/noncode': noncode,
            'branches': [{'count': way} for way in ways]}


def file(path, *lines):
    return coverage.File({'file': path, 'lines': lines}, SOURCE)


PART = file('src/set/a.c', line(1, 2), line(2, 0, noncode=True), line(3, 2, (2, 0, 1, 1)),
            line(4, 0), line(5, 2))
FULL = file('src/set/b.c', line(1, 2), line(3, 2, (1, 1)))
ELSEWHERE = file('sim/a.c', line(4, 0))
BRANCH, LINE = ('src/set/a.c', 'if (a && g)'), ('src/set/a.c', 'return 1;')


class Coverage(unittest.TestCase):
    def test_lines_and_branches_are_counted(self):
        self.assertEqual(PART.counts(), (3, 4, 3, 4))
        rows = {row.split('  ')[0]: row.split()[-6:]
                for row in coverage.table([PART, FULL, ELSEWHERE])}
        self.assertEqual(rows['all of src/set/'], ['6', '5', '83.3%', '6', '5', '83.3%'])
        self.assertEqual(rows['all of src/'], rows['all of src/set/'])
        self.assertEqual(rows['all of sim/'], ['1', '0', '0.0%', '0', '0', '100.0%'])

    def test_what_is_missing_is_listed_where_all_is_wanted(self):
        self.assertEqual(list(coverage.complaints([PART, FULL, ELSEWHERE], {})),
                         ['src/set/a.c:3: 1 of 4 branches: if (a && g)',
                          'src/set/a.c:4: never run: return 1;'])
        self.assertEqual(list(coverage.complaints([PART], {BRANCH: 'why', LINE: 'why'})), [])

    def test_what_is_compiled_for_vectors_is_a_file_of_its_own(self):
        lines = {'file': 'src/space/a.c', 'lines': [line(4, 0)]}
        files = [coverage.File(lines | {'lines': [line(4, 1)]}, SOURCE),
                 coverage.File(lines, SOURCE, ', vector')]
        self.assertEqual(list(coverage.complaints(files, {})),
                         ['src/space/a.c, vector:4: never run: return 1;'])
        with tempfile.TemporaryDirectory() as build:
            for name in ('libiova_tree_vector.a.p', 'libtree-vector-4.a.p', 'libtree-4.a.p', 'x'):
                (Path(build) / 'src' / name).mkdir(parents=True)
            found = [Path(path).name for path in coverage.vector_folders(Path(build))]
        self.assertEqual(found, ['libiova_tree_vector.a.p', 'libtree-vector-4.a.p'])

    def test_an_excuse_has_to_be_needed(self):
        found = list(coverage.complaints([FULL], {BRANCH: 'why'}))
        self.assertEqual(len(found), 1)
        self.assertIn('excused', found[0])
        gone = ('src/set/a.c', 'x')
        found = list(coverage.complaints([PART], {LINE: 'why', BRANCH: 'why', gone: 'why'}))
        self.assertEqual(len(found), 1)


tap.run(sys.modules[__name__])
