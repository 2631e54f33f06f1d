# SPDX-License-Identifier: BSD-3-Clause
"""The ABI is that of the kept baseline. Arguments: abidiff, abidw, "libiova" or "libiova-sim", its
shared library.
A change on purpose: see baseline.py; the commit says why."""
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET
from collections import namedtuple
from pathlib import Path

import headers
import tap
import tree
from baseline import baseline

ABIDIFF, ABIDW, NAME, LIBRARY = sys.argv[1:5]
KEPT = Path(__file__).resolve().parent / f'{NAME}.abi'
Samples = namedtuple('Samples', 'values growing function handles')
SAMPLES = {
    'libiova': Samples(('iova_range', 'iova_conflict', 'iova_sys'),
                       ('iova_space_opts', 'iova_device_info', 'iova_check'),
                       'iova_range_make', ('iova_space', 'iova_host', 'iova_ctx')),
    'libiova-sim': Samples(('iova_range', 'iova_sys'),
                           ('iova_sim_kernel', 'iova_sim_iommu', 'iova_sim_report'),
                           'iova_sim_add_region', ('iova_sim',)),
}[NAME]


def suppressions():
    """What may grow, and what is no business of users: every type that no public header defines."""
    public = '|'.join(headers.structs())
    return tree.read('tests/abi/abi.suppr') + ''.join(
        f'[suppress_type]\n  type_kind = {kind}\n  name_not_regexp = ^({public})$\n'
        for kind in ('struct', 'union', 'enum'))


def difference(old, new):
    with tempfile.NamedTemporaryFile('w', suffix='.suppr') as file:
        file.write(suppressions())
        file.flush()
        done = subprocess.run([ABIDIFF, '--suppressions', file.name, '--fail-no-debug-info', old,
                               new], capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ''


class Baseline(unittest.TestCase):
    maxDiff = None

    def difference_from(self, change):
        """Between the baseline with a change made to it, as the old one, and itself."""
        corpus = ET.parse(KEPT)
        change(corpus)
        with tempfile.NamedTemporaryFile(suffix='.abi') as old:
            corpus.write(old.name)
            return difference(old.name, KEPT)

    @staticmethod
    def without_last_member(struct):
        def change(corpus):
            found = [node for node in corpus.iter('class-decl') if node.get('name') == struct]
            for node in found:
                member = node.findall('data-member')[-1]
                node.set('size-in-bits', member.get('layout-offset-in-bits'))
                node.remove(member)
            assert found
        return change

    def test_a_struct_that_grew_is_found(self):
        for struct in SAMPLES.values:
            self.assertIn(struct, self.difference_from(self.without_last_member(struct)))

    def test_what_carries_its_size_may_grow(self):
        for struct in SAMPLES.growing:
            self.assertEqual(self.difference_from(self.without_last_member(struct)), '')

    def test_a_changed_parameter_is_found(self):
        def change(corpus):
            for node in corpus.iter('function-decl'):
                if node.get('name') == SAMPLES.function:
                    node.remove(node.findall('parameter')[1])
        self.assertIn(SAMPLES.function, self.difference_from(change))

    def test_a_removed_function_is_found(self):
        def change(corpus):
            node = corpus.find('elf-function-symbols')
            ET.SubElement(node, 'elf-symbol', node[0].attrib | {'name': 'iova_gone'})
        self.assertIn('iova_gone', self.difference_from(change))

    def test_of_a_handle_nothing_but_its_name_is_in_the_baseline(self):
        known = {node.get('name'): node.get('is-declaration-only')
                 for node in ET.parse(KEPT).iter('class-decl')}
        for struct in SAMPLES.handles:
            self.assertEqual(known[struct], 'yes', struct)
        whole = {name for name, is_declared in known.items() if not is_declared}
        self.assertEqual(whole - set(headers.structs()), set())

    def test_no_type_is_left_that_nothing_uses(self):
        corpus = ET.parse(KEPT)
        ids = {node.get('id') for node in corpus.iter() if node.get('id')}
        used = {node.get('type-id') for node in corpus.iter()}
        self.assertLessEqual(used - {None}, ids)
        types = {node.get('id') for unit in corpus.iter('abi-instr') for node in unit
                 if node.get('id') and not node.get('name', '').startswith('iova_')}
        self.assertEqual(types - used, set())

    def test_every_public_struct_is_in_the_baseline(self):
        known = {node.get('name') for node in ET.parse(KEPT).iter('class-decl')
                 if node.get('is-declaration-only') != 'yes'}
        self.assertEqual(set(headers.structs(NAME)) - known, set())

    def test_the_baseline_is_of_this_headers_functions(self):
        known = {node.get('name') for node in ET.parse(KEPT).iter('elf-symbol')}
        self.assertEqual(known, {function.name for function in headers.functions(NAME)})

    def test_the_library(self):
        self.assertEqual(difference(KEPT, LIBRARY), '')

    def test_the_library_can_be_a_baseline(self):
        with tempfile.NamedTemporaryFile('w', suffix='.abi') as new:
            new.write(baseline(LIBRARY, ABIDW))
            new.flush()
            self.assertEqual(difference(KEPT, new.name), '')


tap.run(sys.modules[__name__])
