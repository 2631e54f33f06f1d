# SPDX-License-Identifier: BSD-3-Clause
"""scripts/mutate: what it changes, what it calls it, and what it makes of what becomes of it."""
import contextlib
import importlib.util
import io
import re
import sys
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path

import combine
import csource
import excused
import places
import tap

HERE = Path(__file__).resolve().parent
SAMPLE = (HERE / 'sample.c').read_text(encoding='utf-8')


def load():
    loader = SourceFileLoader('mutate', str(HERE.parents[1] / 'scripts' / 'mutate'))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('mutate', loader))
    loader.exec_module(module)
    return module


mutate = load()


def squeezed(source):
    plain = re.sub(r'/\*.*?\*/', ' ', source, flags=re.DOTALL)
    return [token.text for token in csource.tokens(plain)]


class Places(unittest.TestCase):
    def setUp(self):
        self.mutants = places.mutants('src/set/sample.c', SAMPLE)
        self.ids = {mutant.id for mutant in self.mutants}

    def test_each_mutant_differs_from_the_source_and_from_each_other(self):
        made = [tuple(squeezed(mutant.apply(SAMPLE))) for mutant in self.mutants]
        self.assertNotIn(tuple(squeezed(SAMPLE)), made)
        self.assertEqual(len(made), len(set(made)))

    def test_a_mutant_changes_one_place_and_leaves_the_rest(self):
        for mutant in self.mutants:
            made = mutant.apply(SAMPLE)
            self.assertTrue(made.startswith(SAMPLE[:mutant.start]))
            self.assertTrue(made.endswith(SAMPLE[mutant.behind:]))
            self.assertIn(mutant.name, ('LIMIT', 'clamp', 'sum'))

    def test_comments_and_declarations_are_no_places(self):
        for mutant in self.mutants:
            line = SAMPLE[:mutant.start].rsplit('\n', 1)[-1]
            self.assertNotRegex(line, r'^/\*|^\tint \*|^struct')

    def test_every_kind_is_found(self):
        for wanted in ('clamp boundary: if (value {< to <=} low)',
                       'clamp compare: if (value {< to >=} low)',
                       'clamp force: if ({value < low to false})',
                       'clamp force: if ({value < low to true})',
                       'clamp logic: if (value > LIMIT {&& to ||} value != 99)',
                       'clamp check: if ({value > LIMIT to true} && value != 99)',
                       'clamp check: if (value > LIMIT && {value != 99 to true})',
                       'clamp compare: if (value > LIMIT && value {!= to ==} 99)',
                       'clamp return: if (value > LIMIT && value != 99) return {-EINVAL to 0};',
                       'sum off-by-one: total += clamp(pair[i].a, 3){+ 1 dropped};',
                       'sum sum: total += clamp(pair[i].a, 3) {+ to -} 1;',
                       'sum step: for (size_t i = 0; i < n; i{++ to --})',
                       'sum step: total {+= to -=} clamp(pair[i].a, 3) + 1;',
                       'sum constant: total += clamp(pair[i].a, {3 to 4}) + 1;',
                       'sum mask: return n ? total {<< to >>} 2 : 0;',
                       'sum force: return {n to false} ? total << 2 : 0;',
                       'LIMIT constant: {16 to 17}'):
            self.assertIn('set/sample.c ' + wanted, self.ids)
        self.assertTrue(any('{note(&pair[i]); dropped}' in name for name in self.ids))
        self.assertTrue(any('{.a = 1, dropped}' in name for name in self.ids))

    def test_ids_do_not_depend_on_lines_or_on_other_functions(self):
        other = 'static int other(int a)\n{\n\treturn a < 3;\n}\n\n'
        moved = SAMPLE.replace('static int sum', other + 'static int sum')
        moved = moved.replace('\tif (value <', '\n\t/* why */\n\tif (value <')
        again = {mutant.id for mutant in places.mutants('src/set/sample.c', moved)}
        self.assertTrue(self.ids)
        self.assertEqual(self.ids - again, set())
        self.assertTrue(again - self.ids)

    def test_ids_are_unique(self):
        self.assertEqual(len(self.ids), len(self.mutants))

    def test_the_sample_is_spread_and_always_the_same(self):
        files = {'a': self.mutants, 'b': self.mutants[:8]}
        twice = [list(mutate.sample(files, 20)) for _ in range(2)]
        self.assertEqual(twice[0], twice[1])
        self.assertGreaterEqual(len(twice[0]), 20)
        self.assertTrue(set(self.mutants[:8]) & set(twice[0]))
        self.assertLess(len(twice[0]), len(self.mutants))


class Reading(unittest.TestCase):
    """What csource makes of C that is harder to read than the sample."""

    def names(self, source):
        return [region.name for region in csource.regions(source)]

    def ids(self, source):
        return {mutant.id for mutant in places.mutants('src/set/a.c', source)}

    def test_a_table_that_two_branches_open_is_read_as_the_first_opens_it(self):
        source = ('#ifdef FAST\nconst struct ops fast = {\n\t.name = "fast",\n#else\n'
                  'const struct ops slow = {\n\t.name = "slow",\n#endif\n\t.find = find,\n};\n\n'
                  'static int after(int a)\n{\n\treturn a < 3;\n}\n')
        self.assertEqual(self.names(source), ['fast', 'after'])
        ids = ' '.join(self.ids(source))
        self.assertIn('{"fast" to "xfast"}', ids)
        self.assertIn('{.find = find, dropped}', ids)
        self.assertIn('set/a.c after compare', ids)
        self.assertNotRegex(ids, '#|slow')

    def test_branches_that_are_whole_are_all_read(self):
        source = ('int f(int a)\n{\n#if defined(FAST) && \\\n\tdefined(NEW)\n'
                  '\tif (a) {\n\t\treturn 1;\n\t}\n'
                  '#elif defined(SLOW)\n#ifdef OLD\n\treturn 7;\n#endif\n\treturn 2;\n'
                  '#else\n\treturn 3;\n#endif\n}\n')
        ids = ' '.join(self.ids(source))
        for value in '1723':
            self.assertIn(f'return {{{value} to 0}}', ids)

    def test_a_branch_inside_one_that_is_not_whole_goes_with_it(self):
        source = ('#ifdef A\nint f(int a)\n{\n#else\n#ifdef B\nint g(int a)\n#else\n'
                  'int h(int a)\n#endif\n{\n#endif\n\treturn a < 3;\n}\n')
        self.assertEqual(self.names(source), ['f'])

    def test_attributes_hide_neither_the_name_nor_what_is_returned(self):
        for head in ('void f(int a)', 'static void\nf(int a)',
                     'static __attribute__((noinline)) void f(int a)',
                     'static __attribute__((target("avx2"), noinline)) void\nf(int a)',
                     '#if defined(A) || B(c)\n#endif\nvoid f(int a)',
                     'int x;\n\nstatic inline __attribute__((always_inline)) void f(int a)'):
            source = head + '\n{\n\tg(a);\n}\n'
            with self.subTest(head):
                self.assertEqual(self.names(source), ['f'])
                self.assertTrue(combine.returns_nothing(source, source.index('{')))
                other = source.replace('void', 'int')
                self.assertFalse(combine.returns_nothing(other, other.index('{')))

    def test_every_source_that_is_mutated_is_read_to_its_end(self):
        for layer in mutate.LAYERS:
            for path in sorted((mutate.ROOT / layer).glob('*.c')):
                source = path.read_text(encoding='utf-8')
                defined = re.findall(r'(\w+)\((?:[^(){};"]|\([^()]*\))*\)\n\{\n', source)
                with self.subTest(path.name):
                    self.assertEqual(set(defined) - set(self.names(source)), set())


class Combined(unittest.TestCase):
    def test_it_holds_every_body_once_and_the_original_last(self):
        mutants = [mutant for mutant in places.mutants('src/set/sample.c', SAMPLE) if mutant.body]
        made = combine.combined(SAMPLE, dict(enumerate(mutants, 1)))
        self.assertGreater(len(mutants), 40)
        for number, mutant in enumerate(mutants, 1):
            start, behind = mutant.body
            body = SAMPLE[start:mutant.start] + mutant.new + SAMPLE[mutant.behind:behind]
            self.assertEqual(made.count(f'case {number}:\n#line 1 "mutant-{number}"\n{body}'), 1)
        for start, behind in {mutant.body for mutant in mutants}:
            self.assertEqual(made.count(f'default:\n#line 1 "original"\n{SAMPLE[start:behind]}'), 1)

    def test_macros_are_not_in_it(self):
        alone = [mutant.name for mutant in places.mutants('src/set/sample.c', SAMPLE)
                 if not mutant.body]
        self.assertEqual(set(alone), {'LIMIT'})

    def test_what_a_compiler_refuses_is_read_from_its_words(self):
        said = "mutant-7:3:5: error: x\nmutant-8:1:2: warning: y\nset.c:4:1: error: z\n"
        self.assertEqual(combine.refused(said), {7})


class Reports(unittest.TestCase):
    def setUp(self):
        self.mutants = places.mutants('src/set/sample.c', SAMPLE)[:4]
        self.results = {mutant.id: ('killed', 'set') for mutant in self.mutants}

    def report(self, listed):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            wrong = mutate.report(self.mutants, self.results, listed)
        return wrong, said.getvalue()

    def test_nothing_is_wrong_if_all_are_killed(self):
        wrong, said = self.report({})
        self.assertEqual(wrong, [])
        self.assertRegex(said, r'all +4 +4 +0 +0 +0\n')

    def test_a_survivor_is_wrong(self):
        self.results[self.mutants[1].id] = 'alive', None
        wrong, said = self.report({})
        self.assertEqual(wrong, [f'alive: {self.mutants[1].id}'])
        self.assertRegex(said, r'all +4 +3 +0 +1 +0\n')

    def test_a_listed_survivor_is_not(self):
        self.results[self.mutants[1].id] = 'alive', None
        wrong, said = self.report({self.mutants[1].id: 'only changes speed'})
        self.assertEqual(wrong, [])
        self.assertRegex(said, r'all +4 +3 +1 +0 +0\n')

    def test_what_is_listed_and_killed_is_wrong(self):
        wrong, _ = self.report({self.mutants[1].id: 'only changes speed'})
        self.assertEqual(len(wrong), 1)
        self.assertIn(self.mutants[1].id, wrong[0])

    def test_what_does_not_compile_or_change_anything_does_not_count(self):
        self.results[self.mutants[0].id] = 'invalid', None
        self.results[self.mutants[1].id] = 'same', None
        wrong, said = self.report({})
        self.assertEqual(wrong, [])
        self.assertRegex(said, r'all +2 +2 +0 +0 +1\n')


class Lists(unittest.TestCase):
    def read(self, text):
        with tempfile.NamedTemporaryFile('w', suffix='.txt') as file:
            file.write(text)
            file.flush()
            return excused.read(file.name)

    def test_an_entry_is_an_id_and_a_reason(self):
        listed, wrong = self.read('# c\n\na b: if (x)\n    It only\n    changes speed.\n')
        self.assertEqual((listed, wrong), ({'a b: if (x)': 'It only changes speed.'}, []))

    def test_an_entry_without_a_reason_and_one_twice_are_wrong(self):
        self.assertEqual(len(self.read('a b: c\nx y: f\n    Why.\n')[1]), 1)
        self.assertEqual(len(self.read('a b: c\n    Why.\na b: c\n    Why.\n')[1]), 1)

    def test_every_entry_of_the_list_is_a_mutant(self):
        listed, wrong = excused.read(HERE / 'equivalent.txt')
        self.assertEqual(wrong, [])
        known = {mutant.id for layer in mutate.LAYERS for path in (mutate.ROOT / layer).glob('*.c')
                 for mutant in places.mutants(path.relative_to(mutate.ROOT).as_posix(),
                                              path.read_text(encoding='utf-8'))}
        self.assertGreater(len(known), 200)
        self.assertEqual(set(listed) - known, set())


tap.run(sys.modules[__name__])
