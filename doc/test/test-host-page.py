# SPDX-License-Identifier: BSD-3-Clause
"""iova-host(5) describes each key that the reader of tools/simfile/ knows, and no other. The
argument is the source."""
import os
import re
import sys
import unittest

ROOT = sys.argv[1]
sys.path.insert(0, os.path.join(ROOT, 'tests', 'data'))
import tap  # noqa: E402

# Each table of the reader, and the part of the page on the objects it is for.
PARTS = {'host_fields': 'The host', 'kernel_fields': 'The kernel', 'iommu_fields': 'An IOMMU',
         'memory_fields': 'The memory', 'group_fields': 'A group', 'device_fields': 'A device',
         'region_fields': 'A region', 'file_fields': 'A file', 'reply_fields': 'A reply',
         'call_fields': 'A call'}
# Of bad_memory; its two keys are described there.
WITHOUT_PART = {'range_fields': 'bad_memory'}


def read(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8') as file:
        return file.read()


def tables(text):
    """{table: {key: whether it is needed}}"""
    found = {}
    for name, body in re.findall(r'struct field (\w+)\[\] = \{\n(.*?)^\};', text, re.DOTALL | re.MULTILINE):
        fields = re.findall(r'\b(?:FIELD\("|FEATURE\()(\w+)(.*?)(?=\bFIELD\(|\bFEATURE\(|\Z)', body, re.DOTALL)
        found[name] = {key: '.required = true' in rest for key, rest in fields}
    return found


def part(page, title):
    return re.search(rf'^## {title}\n(.*?)(?=^##? |\Z)', page, re.DOTALL | re.MULTILINE)[1]


def described(text):
    """{key: whether it is needed} of a part of the page."""
    return {key: bool(re.search(r'\bneeded\b', body))
            for key, body in re.findall(r'^\*(\w+)\*\n((?:\t.*\n)+)', text, re.MULTILINE)}


def words(text, table):
    body = re.search(rf'struct word {table}\[\] = \{{\n(.*?)^\}};', text, re.DOTALL | re.MULTILINE)[1]
    return re.findall(r'\{ "([\w-]+)"', body)


READER = ''.join(read('tools', 'simfile', name) for name in sorted(os.listdir(f'{ROOT}/tools/simfile'))
                 if name.endswith('.c'))
PAGE = read('doc', 'man', 'iova-host.5.scd')


class Keys(unittest.TestCase):
    def test_a_key_too_many_or_too_few_is_found(self):
        text = 'static const struct field a_fields[] = {\n\tFIELD("x", U64, .required = true),\n\tFEATURE(y),\n};\n'
        self.assertEqual(tables(text), {'a_fields': {'x': True, 'y': False}})
        self.assertEqual(described('*x*\n\tNeeded by nobody.\n\n*y*\n\tAn y; needed.\n'), {'x': False, 'y': True})

    def test_each_table_has_its_part(self):
        self.assertEqual(set(tables(READER)), set(PARTS) | set(WITHOUT_PART))
        self.assertEqual(set(re.findall(r'^## (.*)$', PAGE, re.MULTILINE)), set(PARTS.values()))

    def test_each_part_describes_the_keys_of_its_table(self):
        found = tables(READER)
        for table, title in PARTS.items():
            self.assertTrue(found[table])
            here = {key: needed and key not in WITHOUT_PART.values()
                    for key, needed in described(part(PAGE, title)).items()}
            self.assertEqual(here, found[table], title)

    def test_the_keys_of_ranges_are_told_where_they_belong(self):
        for table, key in WITHOUT_PART.items():
            text = re.search(rf'^\*{key}\*\n((?:\t.*\n)+)', PAGE, re.MULTILINE)[1]
            self.assertEqual(set(re.findall(r'_(\w+)_', text)), set(tables(READER)[table]))

    def test_kinds_of_calls_and_rules_are_told(self):
        calls = re.search(r'^\*call\*\n((?:\t.*\n)+)', PAGE, re.MULTILINE)[1]
        told = re.split(r', | or ', ' '.join(calls.split(':', 1)[1].split()).rstrip('.'))
        self.assertEqual(told, words(READER, 'calls'))
        direct = re.search(r'^\*direct\*\n((?:\t.*\n)+)', PAGE, re.MULTILINE)[1]
        self.assertEqual(re.findall(r'"([\w-]+)"', direct), words(READER, 'directs'))

    def test_each_feature_of_a_kernel_has_its_key(self):
        header = read('include', 'libiova-sim', 'kernel.h')
        struct = re.search(r'^struct iova_sim_kernel \{\n(.*?)^\};', header, re.DOTALL | re.MULTILINE)[1]
        members = set(re.findall(r'^\tuint\d+_t (\w+);', struct, re.MULTILINE)) - {'pad'}
        self.assertEqual(members, set(tables(READER)['kernel_fields']) - {'release'})

    def test_each_part_of_an_iommu_has_its_key(self):
        header = read('include', 'libiova-sim', 'iommu.h')
        struct = re.search(r'^struct iova_sim_iommu \{\n(.*?)^\};', header, re.DOTALL | re.MULTILINE)[1]
        members = set(re.findall(r'^\tuint\d+_t (\w+);', struct, re.MULTILINE)) - {'pad'}
        self.assertEqual(members, set(re.findall(r'struct iommu, parts\.(\w+)', READER)))

    def test_the_limits_are_told(self):
        header = read('tools', 'simfile', 'simfile.h')
        limits = dict(re.findall(r'^#define (SIMFILE_\w+_MAX) (?:\(\(size_t\))?(\d+)', header, re.MULTILINE))
        self.assertEqual(limits['SIMFILE_SIZE_MAX'], '1')
        text = ' '.join(PAGE.split())
        self.assertIn('may have 1 MiB', text)
        self.assertIn(f'nested {limits["SIMFILE_DEPTH_MAX"]} deep', text)
        self.assertIn(f'{limits["SIMFILE_ITEMS_MAX"]} elements', text)
        self.assertIn(f'{limits["SIMFILE_DEVICES_MAX"]} devices', text)
        self.assertIn(f'{limits["SIMFILE_REGIONS_MAX"]} regions', text)


tap.run(sys.modules[__name__])
