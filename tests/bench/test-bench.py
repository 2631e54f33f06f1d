# SPDX-License-Identifier: BSD-3-Clause
"""The benchmark runs on all it should, finds structures that err, and says what it measured. How
fast anything is does not matter here. Arguments: the program, the build directory, its sanitizers."""
import json
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import document  # noqa: E402
import plot      # noqa: E402
import results   # noqa: E402
import tap       # noqa: E402
from results import Row  # noqa: E402

HARNESS, BUILD, SANITIZE = sys.argv[1:4]
ROOT = HERE.parents[1]
SMALL = ('-r', '2', '-t', '20')

LOOKUPS = ('lookup-hit', 'lookup-mix', 'lookup-dependent')
CHANGES = ('map-unmap', 'churn-random', 'churn-fifo', 'build-sequential', 'teardown-ascending')
ALLOCS = ('alloc-4k-cold', 'alloc-4k', 'alloc-2m', 'alloc-mixed', 'alloc-worst')
# What a structure may do wrong, and the workloads that have to notice.
LIARS = {
    'misses': (*LOOKUPS, 'build-random'), 'finds-another': (*LOOKUPS, 'build-random'),
    'finds-always': ('lookup-miss', 'teardown-ascending'), 'inserts-less': CHANGES,
    'removes-less': CHANGES, 'idles': CHANGES, 'builds-less': ('build-sorted',),
    'allocates-higher': ALLOCS, 'allocates-nothing': ALLOCS,
}


def harness(*args):
    return subprocess.run([HARNESS, *args], capture_output=True, text=True, check=False)


def script(*args):
    return subprocess.run([ROOT / 'scripts' / 'bench', '--built', BUILD, *args],
                          capture_output=True, text=True, check=False)


def expected(sizes):
    for workload in results.WORKLOADS:
        for n in sizes:
            for structure in results.STRUCTURES:
                if structure != results.IOCTLS or workload == 'map-unmap':
                    yield workload, n, structure


class Harness(unittest.TestCase):
    def test_every_structure_runs_every_workload_and_all_agree(self):
        done = harness('-n', '64', '-n', '300', *SMALL)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = results.read(done.stdout)
        self.assertEqual(sorted(row[:3] for row in rows), sorted(expected((64, 300))))
        for row in rows:
            self.assertGreater(row.ns, 0, row)
            if row.workload.startswith('build-') and SANITIZE != 'none':
                # An allocator of a sanitizer does not say how much is in use.
                self.assertGreaterEqual(row.bytes, 0, row)
            elif row.workload.startswith('build-'):
                # First and last address alone are 16 bytes, and no tree takes ten times that.
                self.assertTrue(16 < row.bytes < 200, row)
            else:
                self.assertIsNone(row.bytes, row)

    def test_progress_is_told_of_each_workload(self):
        done = harness('-n', '64', *SMALL)
        for workload in results.WORKLOADS:
            self.assertIn(f'bench: n = 64: {workload}: ', done.stderr)

    def test_one_that_does_nothing_wrong_is_accepted(self):
        done = harness('-n', '64', *SMALL, '-l', 'honest')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('\tliar\t', done.stdout)

    def test_one_that_errs_is_found(self):
        for liar, workload in ((liar, name) for liar, names in LIARS.items() for name in names):
            with self.subTest(f'{liar}, {workload}'):
                done = harness('-n', '64', *SMALL, '-l', liar, '-w', workload)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stderr, rf'{workload}, n = 64: liar(: | disagrees with GTree)')

    def test_what_cannot_be_run_is_refused(self):
        for args in ((), ('-n', '15'), ('-n', '64', '-r', '1'), ('-n', '64', '-l', 'unknown'),
                     ('-n', '64', '-w', 'lookup')):
            done = harness(*args)
            self.assertEqual((done.returncode, done.stdout), (2, ''), args)


def made(workload, n, **ns):
    names = {'gtree': 'GTree', 'absl': 'absl::btree_map', 'own': results.PLAIN,
             'index': results.INDEX, 'ioctls': results.IOCTLS}
    return [Row(workload, n, names[name], value, None) for name, value in ns.items()]


class Results(unittest.TestCase):
    def outcome(self, rows):
        found = list(results.outcomes(rows))
        self.assertEqual(len(found), 1)
        return found[0]

    def test_a_line_is_read(self):
        self.assertEqual(results.read('build-random\t64\tGTree\t12.50\t80.00\nalloc-4k\t64\tGTree\t-\t-\n'),
                         [Row('build-random', 64, 'GTree', 12.5, 80.0),
                          Row('alloc-4k', 64, 'GTree', None, None)])

    def test_the_ratio_is_to_the_best_of_the_others(self):
        found = self.outcome(made('lookup-hit', 64, gtree=100.0, absl=40.0, own=18.0, index=1.0))
        self.assertEqual((found.value, found.limit, found.met), (.45, .45, True))
        found = self.outcome(made('lookup-hit', 64, gtree=30.0, absl=40.0, own=18.0))
        self.assertEqual((found.value, found.met), (.6, False))

    def test_one_that_was_left_out_is_not_the_best(self):
        found = self.outcome(made('churn-fifo', 64, gtree=None, absl=40.0, own=20.0))
        self.assertEqual(found.value, .5)
        self.assertEqual(list(results.outcomes(made('churn-fifo', 64, gtree=None, own=20.0))), [])
        self.assertEqual(list(results.outcomes(made('churn-fifo', 64, absl=40.0, own=None))), [])

    def test_a_pair_is_compared_with_system_calls(self):
        found = self.outcome(made('map-unmap', 64, absl=10.0, own=100.0, ioctls=400.0))
        self.assertEqual((found.value, found.met), (.25, True))
        self.assertEqual(list(results.outcomes(made('map-unmap', 65536, own=1.0, ioctls=2.0))), [])

    def test_with_the_index_another_goal_holds(self):
        found = {outcome.goal.structure: outcome.limit for outcome in results.outcomes(
            made('churn-random', 1 << 20, absl=10.0, own=1.0, index=1.0))}
        self.assertEqual(found, {results.PLAIN: .7, results.INDEX: .75})

    def test_goals_go_by_size(self):
        for n, wanted in ((16, .45), (64, .45), (1023, .45), (1024, .1), (65535, .1), (65536, .001)):
            found = self.outcome(made('alloc-4k', n, absl=1.0, index=1.0))
            self.assertEqual(found.limit, wanted, n)

    def test_memory_is_counted_in_bytes(self):
        rows = [Row('build-sequential', 64, results.PLAIN, 1.0, 39.0)]
        self.assertEqual([(found.value, found.met) for found in results.outcomes(rows)],
                         [(39.0, False)])

    def test_every_goal_is_about_something(self):
        for goal in results.GOALS:
            self.assertIn(goal.workload, results.WORKLOADS)
            self.assertIn(goal.structure, results.STRUCTURES)
            self.assertEqual(len(goal.limits), len(results.SIZES))

    def test_the_table_marks_what_is_met_and_what_is_missed(self):
        rows = made('lookup-hit', 64, gtree=None, absl=40.0, own=10.0) + \
            made('lookup-hit', 1024, gtree=50.0, absl=40.0, own=20.0)
        head, small, large = results.table(rows, 'ns')
        cells = dict(zip(head, small))
        self.assertEqual((cells['libiova'], cells['libiova: ratio'], cells['goal']),
                         ('10.0', '0.25', ''))
        self.assertEqual((cells['GTree'], small[6]), ('-', '<= 0.45 met'))
        self.assertEqual(large[5:7], ['0.50', '<= 0.45 MISSED'])
        self.assertEqual(list(results.missed(rows)),
                         ['lookup-hit, n = 1024, libiova: 0.50 of the best of the others where 0.45 '
                          'is the goal'])
        self.assertIn('1 of 2 goals are met', list(results.text(rows)))

    def test_numbers_are_short(self):
        for ns, wanted in ((9.96, '10.0'), (99.94, '99.9'), (140.4, '140'), (9999.4, '9999'),
                           (12345.0, '12.3 us'), (3.8e6, '3800 us'), (70.2e6, '70.2 ms'),
                           (None, '-')):
            self.assertEqual(results.number(ns), wanted)


class Script(unittest.TestCase):
    maxDiff = None

    def test_json_is_an_array_of_all_results_and_nothing_else(self):
        done = script('--json', '--sizes', '64', '100', '--rounds', '2', '--slice', '20')
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        for each in told:
            self.assertEqual(list(each), ['workload', 'n', 'structure', 'ns', 'bytes'])
        self.assertEqual(sorted((each['workload'], each['n'], each['structure']) for each in told),
                         sorted(expected((64, 100))))
        self.assertTrue(all(isinstance(each['ns'], float) for each in told))
        self.assertIn('alloc-worst', done.stderr)

    def test_the_plot_has_a_panel_for_each_workload(self):
        done = script('--sizes', '16', '64', '--rounds', '2', '--slice', '20')
        self.assertEqual(done.returncode, 0, done.stderr)
        drawing = Path(BUILD, 'speed.svg')
        drawn = xml.etree.ElementTree.parse(drawing).getroot()
        self.assertEqual(drawn.tag.rpartition('}')[2], 'svg')
        words = ''.join(f'{word}\n' for word in drawn.itertext())
        for name in (*results.WORKLOADS, *results.STRUCTURES):
            self.assertIn(f'{name}\n', words)
        self.assertIn('SPDX-License-Identifier', drawing.read_text(encoding='utf-8').split('\n')[1])
        self.assertIn('goals are met', done.stdout)
        self.assertRegex(done.stdout, r'(?m)^processor: \S')
        self.assertRegex(done.stdout, r'(?m)^compilers: .*-O')
        self.assertRegex(done.stdout, r'(?m)^libraries: GLib \d.*, abseil \d+, libbsd \d')

    def test_a_part_is_not_put_into_the_document(self):
        for args in (['--quick'], ['--workload', 'lookup']):
            done = script('--document', *args)
            self.assertEqual(done.returncode, 2, done.stderr)

    def test_a_program_that_fails_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, 'tests', 'bench', 'iova-bench')
            program.parent.mkdir(parents=True)
            program.write_text("#!/bin/sh\nprintf 'lookup-hit\\t64\\tGTree\\t1\\t-\\n'\n"
                               'echo disagrees >&2\nexit 1\n', encoding='utf-8')
            program.chmod(0o755)
            Path(folder, 'compile_commands.json').write_bytes(
                Path(BUILD, 'compile_commands.json').read_bytes())
            done = subprocess.run([ROOT / 'scripts' / 'bench', '--built', folder, '--json'],
                                  capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('disagrees', done.stderr)


class Document(unittest.TestCase):
    TEXT = f'before\n{document.BEGIN}old\n{document.CLOSE}after\n'

    def test_what_is_around_the_run_stays(self):
        rows = made('lookup-hit', 64, absl=40.0, own=20.0)
        rows += [Row('build-sorted', 64, results.PLAIN, 1.0, 30.0)]
        text = document.merged(self.TEXT, ['processor: X'], rows)
        self.assertTrue(text.startswith(f'before\n{document.BEGIN}'))
        self.assertTrue(text.endswith(f'{document.CLOSE}after\n'))
        self.assertNotIn('old', text)
        for part in ('- processor: X\n', '| lookup-hit | 64 |', '(speed.svg)', 'Missed:'):
            self.assertIn(part, text)
        self.assertEqual(document.merged(text, ['processor: X'], rows), text)

    def test_every_workload_and_structure_is_explained(self):
        text = (ROOT / 'doc' / 'speed.md').read_text(encoding='utf-8')
        self.assertEqual((text.count(document.BEGIN), text.count(document.CLOSE)), (1, 1))
        explained = re.findall(r'^\| `([^`]*)` \|', text, re.MULTILINE)
        self.assertEqual(sorted(explained), sorted((*results.WORKLOADS, *results.STRUCTURES)))

    def test_every_structure_has_a_line_in_the_plot(self):
        self.assertEqual(set(plot.STYLES), set(results.STRUCTURES))
        self.assertEqual(len(set(plot.STYLES.values())), len(plot.STYLES))

    def test_help_tells_of_all_options(self):
        done = script('--help')
        self.assertEqual(done.returncode, 0)
        for option in ('--quick', '--json', '--document', '--sizes', '--built'):
            self.assertIn(option, done.stdout)


tap.run(sys.modules[__name__])
