# SPDX-License-Identifier: BSD-3-Clause
"""The program that is counted does all that the document has numbers of, and scripts/count-instructions
tells what moved. The argument is the program."""
import importlib.machinery
import importlib.util
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import tap

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = sys.argv[1]
ROWS = '''# Head

## 64 mappings

| commit | made with | a | b |
|---|---|---|---|
| 1234567 | x 1 | 100 / 200 | 300 / 400 |

## 1024 mappings

| commit | made with | a | b |
|---|---|---|---|
| 1234567 | x 1 | 100 / 200 | 300 / 400 |

## 65536 mappings

| commit | made with | a | b |
|---|---|---|---|
| 1234567 | x 1 | 100 / 200 | 300 / 400 |
'''


def load():
    """The script as a module, which leaves nothing beside it."""
    sys.dont_write_bytecode = True
    path = str(ROOT / 'scripts/count-instructions')
    loader = importlib.machinery.SourceFileLoader('count_instructions', path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


script = load()


def played(*sizes):
    done = subprocess.run([PROGRAM, *map(str, sizes)], capture_output=True, text=True, check=True)
    return [line.rsplit(' ', 1)[0].split('|') for line in done.stdout.splitlines()]


def counts(**changed):
    """As the rows above have them, but for what is given by workload: (vector, scalar)."""
    values = {'a': (100, 200), 'b': (300, 400)} | changed
    return {(workload, way, n): value for workload, both in values.items()
            for way, value in zip(('vector', 'scalar'), both) for n in script.SIZES}


class Program(unittest.TestCase):
    def test_it_does_what_the_document_has_columns_for(self):
        doc = script.Doc()
        done = list(dict.fromkeys(workload for workload, _, _ in played(16)))
        for n in script.SIZES:
            first, _ = doc.table(n)
            self.assertEqual(doc.row(first)[2:], done)

    def test_it_does_everything_with_each_number_of_mappings_and_in_each_way(self):
        done = played(16, 100)
        ways = {way for _, way, _ in done}
        self.assertIn('scalar', ways)
        self.assertEqual(len(done), len({workload for workload, _, _ in done}) * len(ways) * 2)
        self.assertEqual(len(done), len({tuple(each) for each in done}))

    def test_it_takes_no_other_argument(self):
        for wrong in ([], ['1'], ['x'], ['999999999999']):
            self.assertNotEqual(subprocess.run([PROGRAM, *wrong], capture_output=True, check=False).returncode,
                                0, wrong)


class Document(unittest.TestCase):
    def test_the_last_rows_have_a_number_for_each_workload(self):
        doc = script.Doc()
        for n in script.SIZES:
            last = doc.last(n)
            self.assertGreater(len(last), 2)
            for name in list(last)[2:]:
                self.assertRegex(last[name], r'^[1-9]\d*( / [1-9]\d*)?$', f'{name}, {n} mappings')

    def test_each_column_is_explained(self):
        doc = script.Doc()
        text = '\n'.join(doc.lines)
        first, _ = doc.table(script.SIZES[0])
        for name in doc.row(first)[2:]:
            self.assertRegex(text, rf'(?m)^\| {re.escape(name)} \| ')


class Script(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.addCleanup(setattr, script, 'ROOT', script.ROOT)
        script.ROOT = Path(self.folder.name)
        (script.ROOT / 'doc').mkdir()
        (script.ROOT / script.DOC).write_text(ROWS)

    def moved(self, made_with='x 1', **changed):
        return list(script.moved(script.Doc(), counts(**changed), made_with))

    def test_a_count_that_moved_is_told(self):
        self.assertEqual(self.moved(), [])
        self.assertEqual(self.moved(a=(102, 196)), [])
        self.assertEqual(self.moved(a=(103, 200))[0], 'a, 64 mappings: 103 / 200, not 100 / 200')
        self.assertEqual(len(self.moved(b=(300, 391))), 3)

    def test_with_other_tools_only_what_is_absent_is_told(self):
        self.assertEqual(self.moved('x 2', a=(150, 150)), [])
        self.assertEqual(self.moved('x 2', c=(1, 1))[0], 'c, 64 mappings: 1 / 1, and there was -')

    def test_a_row_is_added_behind_the_last_and_a_new_workload_is_a_new_column(self):
        doc = script.Doc()
        for n in script.SIZES:
            doc.add(n, 'this one', 'x 2', counts(c=(5, 6)))
        doc.save()
        text = (script.ROOT / script.DOC).read_text()
        self.assertEqual(text.count('| 1234567 | x 1 | 100 / 200 | 300 / 400 | - |\n'
                                    '| this one | x 2 | 100 / 200 | 300 / 400 | 5 / 6 |\n'), 3)
        self.assertEqual(text.count('| commit | made with | a | b | c |\n|---|---|---|---|---|\n'), 3)
        self.assertEqual(script.Doc().last(1024)['c'], '5 / 6')

    def test_a_row_that_was_not_committed_is_replaced(self):
        doc = script.Doc()
        for value in (5, 6):
            doc.add(64, script.THIS, 'x 2', counts(a=(value, value)))
        self.assertEqual(doc.row(doc.table(64)[1] - 2)[0], '1234567')
        self.assertEqual(doc.last(64), {'commit': script.THIS, 'made with': 'x 2', 'a': '6 / 6',
                                        'b': '300 / 400'})

    def test_a_row_gets_the_name_of_the_commit_that_brought_it(self):
        told = []
        self.addCleanup(setattr, script, 'git', script.git)
        (script.ROOT / script.DOC).write_text(ROWS.replace('1234567', script.THIS))
        doc = script.Doc()
        script.git = lambda *words: told.append(words) or ''
        doc.name_last()
        self.assertEqual(doc.last(64)['commit'], script.THIS)
        self.assertIn(f'| {script.THIS} | x 1 | 100 / 200 | 300 / 400 |', told[0])
        # The newest first, and the oldest one with that row is the one.
        script.git = lambda *words: 'abcdef2\nabcdef1'
        doc.name_last()
        self.assertEqual([doc.last(n)['commit'] for n in script.SIZES], ['abcdef1'] * 3)


tap.run(sys.modules[__name__])
