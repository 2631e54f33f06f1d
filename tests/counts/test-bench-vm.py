# SPDX-License-Identifier: BSD-3-Clause
"""How scripts/bench-vm reads what a guest measured, and what it makes of it. No guest is started."""
import importlib.machinery
import importlib.util
import sys
import unittest
from pathlib import Path

import tap

ROOT = Path(__file__).resolve().parents[2]
RUNS = ('one-page 16 fixed 100 103 1.03 1.02 1.04\n'
        'arrays 256 runs-of-16 25600 6400 0.25 0.2 0.5\n',
        'one-page 16 fixed 110 121 1.10 1.09 1.11\n'
        'arrays 256 runs-of-16 25600 5120 0.2 0.1 0.5\n',
        'one-page 16 fixed 105 109 1.04 1.03 1.05\n'
        'arrays 256 runs-of-16 51200 5120 0.125 0.1 0.25\n')


def load():
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader('bench_vm', str(ROOT / 'scripts/bench-vm'))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


script = load()


def cells(*runs):
    found = {}
    for text in runs:
        script.read(text, 'clock', found)
    return found


class Tables(unittest.TestCase):
    def test_one_page_has_medians_of_the_runs_and_the_goal(self):
        _, row = script.one_page(cells(*RUNS), 'clock')
        self.assertEqual(row, ['iova_ctx_map_fixed, iova_ctx_unmap', '16', '105', '109', '1.040',
                               '1.030 - 1.050', '1.030 - 1.100', '<= 1.05 met'])
        _, row = script.one_page(cells(RUNS[1]), 'clock')
        self.assertEqual(row[-1], '<= 1.05 MISSED')

    def test_the_goal_is_not_for_what_also_looks_for_an_address(self):
        _, row = script.one_page(cells('one-page 16 allocated 100 120 1.20 1.19 1.21'), 'clock')
        self.assertEqual(row[-2:], ['1.200 - 1.200', ''])

    def test_arrays_are_a_page_and_times_faster(self):
        _, row = script.arrays(cells(*RUNS), 'clock')
        self.assertEqual(row, ['runs of 16', '256', '100', '20', '5.00', '2.000 - 10.000', '4.000 - 8.000'])

    def test_what_was_counted_is_apart_from_what_was_timed(self):
        self.assertEqual(len(list(script.one_page(cells(*RUNS), 'instructions'))), 1)

    def test_the_table_for_people_has_its_columns_below_each_other(self):
        head, row = list(script.as_text(cells(*RUNS)))[1:3]
        self.assertEqual(head.index(' ratio') + 6, row.index('1.040') + 5)


class Objects(unittest.TestCase):
    def test_each_has_the_keys_of_a_benchmark(self):
        found = list(script.as_objects(cells(*RUNS)))
        self.assertEqual(found[0], {'workload': 'guest-one-page-fixed', 'n': 16, 'structure': 'bare ioctls',
                                    'ns': 105, 'bytes': None})
        self.assertEqual([each['structure'] for each in found], ['bare ioctls', 'libiova'] * 2)


class Document(unittest.TestCase):
    def test_it_has_a_place_for_the_run(self):
        text = script.DOC.read_text(encoding='utf-8')
        self.assertEqual((text.count(script.BEGIN), text.count(script.CLOSE)), (1, 1))
        self.assertLess(text.index(script.BEGIN), text.index(script.CLOSE))


tap.run(sys.modules[__name__])
