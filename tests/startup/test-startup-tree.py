# SPDX-License-Identifier: BSD-3-Clause
"""test-startup-tree.py IOVACTL: a machine of 500 groups, as a directory of files and as a
description: iovactl finds all of it."""
import json
import re
import sys
import tempfile
import unittest
from pathlib import Path

import tap
import tree
from iovactl import pairs, run, run_json

GROUPS = 500
PAGE = 4096


def address_space(groups, policy):
    """[usable, avoid] as sorted pages by a plain look at every region, below 2^48."""
    bounds = {0, 1 << 48}
    strict, relaxed = [], []
    for group in range(groups):
        for start, last, word in tree.regions(group):
            start, last = start // PAGE * PAGE, last // PAGE * PAGE + PAGE - 1
            bounds |= {start, last + 1}
            gentle = word == 'direct-relaxable' and policy == 'warn'
            (relaxed if gentle else strict).append((start, last))
    tiers = {'usable': [], 'avoid': []}
    bounds = sorted(bounds)
    for start, behind in zip(bounds, bounds[1:]):
        if any(a <= start <= b for a, b in strict):
            continue
        tier = 'avoid' if any(a <= start <= b for a, b in relaxed) else 'usable'
        tiers[tier].append((start, behind - 1))
    return tiers


def joined(ranges):
    whole = []
    for start, last in sorted(ranges):
        if whole and whole[-1][1] + 1 == start:
            whole[-1] = (whole[-1][0], last)
        else:
            whole.append((start, last))
    return whole


class Tree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tree.scratch()
        cls.roots = {}
        for modalias in (True, False):
            cls.roots[modalias] = f'{cls.folder.name}/{modalias}'
            tree.write(cls.roots[modalias], GROUPS, modalias)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def documents(self, *options):
        for modalias, root in self.roots.items():
            self.at = f'modalias {modalias} {options}'
            status, document = run_json('show', '--root', root, '--width', 48, *options)
            self.assertEqual(status, 0)
            yield document

    def test_every_group_and_device_is_there(self):
        made = tree.devices(GROUPS)
        self.assertGreater(len(made), 2000)
        for document in self.documents():
            found = {}
            for group in document['groups']:
                for device in group['devices']:
                    found[device['address']] = (
                        group['id'], int(device['vendor'], 0), int(device['device'], 0),
                        int(device['class'], 0), device['driver'])
            self.assertEqual(found, made)
            self.assertEqual([group['id'] for group in document['groups']], list(range(GROUPS)))

    def test_every_region_is_there(self):
        for document in self.documents():
            for group in document['groups']:
                self.assertEqual([(int(region['start'], 0), int(region['last'], 0), region['word'])
                                  for region in group['regions']], tree.regions(group['id']))

    def test_the_tiers_are_those_of_a_plain_look_at_every_region(self):
        for policy in ('warn', 'strict'):
            expected = address_space(GROUPS, policy)
            for document in self.documents('--policy', policy):
                for tier, ranges in expected.items():
                    self.assertEqual(joined(pairs(document[tier])), joined(ranges))

    def test_tables_and_drawing_name_every_device_and_region(self):
        done = run('show', '--root', self.roots[True], '--width', 48)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        groups, regions = done.stdout.split('\nReserved regions (sysfs)\n')
        rows = {line.split()[2]: int(line.split()[0]) for line in groups.splitlines()[2:] if line}
        self.assertEqual(rows, {name: facts[0] for name, facts in tree.devices(GROUPS).items()})
        regions = regions.split('\nValid ranges')[0].splitlines()[1:]
        starts = [int(line.split()[0], 0) for line in regions if line.strip()]
        made = {region for group in range(GROUPS) for region in tree.regions(group)}
        self.assertEqual(starts, sorted(start for start, _, _ in made))
        self.assertTrue(any(re.search(r' msi +groups 3, 7, 11, 15, ', line) for line in regions))

    def test_a_device_is_selected_by_its_name(self):
        for name, facts in list(tree.devices(GROUPS).items())[::400]:
            status, document = run_json('show', '--root', self.roots[True], '--device', name)
            self.assertEqual((status, [group['id'] for group in document['groups']]),
                             (0, [facts[0]]))

    def test_a_modalias_says_what_the_three_files_say(self):
        one, other = self.documents()
        self.assertEqual(one, other)
        # and it is what is read: here it says something else than they do
        name, facts = next(iter(tree.devices(1).items()))
        with tree.scratch() as folder:
            tree.write(folder, 1)
            device = Path(folder) / 'sys/bus/pci/devices' / name
            rest = 'sv00000000sd00000000bc02sc00i00'
            for text, vendor in ((f'pci:v0000ABCDd00001000{rest}\n', 0xabcd),
                                 (f'pci:v0000ABCDd00001000{rest}', facts[1]),
                                 (f'pci:v0000ABCDd0000100x{rest}\n', facts[1]),
                                 ('platform:xhci\n', facts[1]), ('pci:v8086\n', facts[1]),
                                 ('', facts[1])):
                (device / 'modalias').write_text(text)
                status = run('show', '--root', folder)
                self.assertEqual(status.returncode, 0)
                self.assertRegex(status.stdout, rf'{name} +{vendor:04x}:1000 +Ethernet')

    def test_a_device_that_is_met_in_two_groups_is_found_in_the_lower_one(self):
        name = next(iter(tree.devices(1)))
        with tree.scratch() as folder:
            tree.write(folder, 3)
            groups = Path(folder) / 'sys/kernel/iommu_groups'
            for group in (2, 1):
                (groups / f'{group}/devices/{name}').symlink_to(f'../../0/devices/{name}')
            status, document = run_json('show', '--root', folder, '--device', name)
            self.assertEqual((status, [group['id'] for group in document['groups']]), (0, [0]))
            (groups / f'0/devices/{name}').unlink()
            run_json.cache_clear()
            status, document = run_json('show', '--root', folder, '--device', name)
            self.assertEqual((status, [group['id'] for group in document['groups']]), (0, [1]))


class Simulated(unittest.TestCase):
    """Which groups the kernel is asked for, of a machine that is described in a file."""

    def show(self, drivers):
        """drivers: of the devices of each group."""
        groups = [{'id': group, 'devices': [
            {'address': f'0000:{group >> 5:02x}:{group & 31:02x}.{i}', 'vendor': 1, 'device': 2,
             'class': 3, 'driver': driver} for i, driver in enumerate(members)]}
                  for group, members in enumerate(drivers)]
        with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
            json.dump({'groups': groups}, file)
            file.flush()
            done = run('show', '--sim', file.name, '--json')
        self.assertEqual(done.returncode, 0)
        return json.loads(done.stdout)

    def test_of_many_groups_those_are_asked_for_that_vfio_has(self):
        document = self.show([('vfio-pci',) * 2 if group % 9 == 4 else ('nvme', None, 'vfio-pci')
                              for group in range(GROUPS)])
        self.assertEqual(document['kernel_groups'], list(range(4, GROUPS, 9)))
        self.assertNotIn('kernel_failure', document)

    def test_a_group_without_a_driver_of_vfio_hides_no_other_reason(self):
        document = self.show([('nvme',), (None,), ('nvme', 'vfio-pci'), ('xhci_hcd', 'vfio-pci')])
        self.assertEqual(document['kernel_groups'], [])
        self.assertIn('0000:00:02.0', document['kernel_failure']['remedy'])
        self.assertEqual(document['kernel_failure']['errno'], 'EPERM')

    def test_of_equal_reasons_that_of_the_first_group_is_told(self):
        document = self.show([('nvme',), (None,), ('nvme',)])
        self.assertIn('group 0 ', document['kernel_failure']['cause'])
        self.assertEqual(document['kernel_failure']['errno'], 'ENOENT')


tap.run(sys.modules[__name__])
