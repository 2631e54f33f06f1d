# SPDX-License-Identifier: BSD-3-Clause
"""Runs the examples as a user does: those that map on the simulated host (see simulated.c), those
that only read on the machines of tests/data. The arguments are the folders of the tests' data, of
the examples, and of the examples that are linked with the simulated host."""
import os
import subprocess
import sys
import unittest

DATA, BUILT, SIMULATED = sys.argv[1:4]
sys.path.insert(0, DATA)
import tap  # noqa: E402


def run(folder, name, *args):
    return subprocess.run([os.path.join(folder, name), *args], text=True, capture_output=True,
                          timeout=60, check=False)


def machine(name):
    return os.path.join(DATA, 'machines', name)


class Hello(unittest.TestCase):
    def test_maps_above_the_relaxable_range(self):
        done = run(SIMULATED, 'hello', '00:1f.2')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(done.stdout, 'the device reaches the buffer at 0x1000000\n')

    def test_explains_a_bad_name(self):
        done = run(SIMULATED, 'hello', '1f.2')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('"1f.2" is not a PCI address', done.stderr)

    def test_explains_a_direct_region(self):
        done = run(SIMULATED, 'hello', '03:00.0')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('direct', done.stderr)

    def test_names_the_driver_in_the_way(self):
        done = run(SIMULATED, 'hello', '04:00.0')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('snd_hda_intel', done.stderr)

    def test_maps_through_iommufd(self):
        for name, iova in (('00:1f.2', 0x1000000), ('01:00.0', 0x1000)):
            done = run(SIMULATED, 'hello-iommufd', name)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            self.assertEqual(done.stdout, f'the device reaches the buffer at {iova:#x}\n')

    def test_explains_what_iommufd_refuses(self):
        for name, word in (('03:00.0', '0x7c000000-0x7c0fffff'), ('04:00.0', 'snd_hda_intel'),
                           ('02:00.0', 'vfio-pci')):
            done = run(SIMULATED, 'hello-iommufd', name)
            self.assertEqual((done.returncode, done.stdout), (1, ''))
            self.assertIn(word, done.stderr)

    def test_fails_in_words_on_the_real_machine(self):
        done = run(BUILT, 'hello', 'ffff:ff:1f.7')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertEqual(len(done.stderr.splitlines()), 2)


class Adopt(unittest.TestCase):
    def test_maps_and_keeps_its_container(self):
        done = run(SIMULATED, 'adopt', '5')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(done.stdout, 'mapped at 0x1000000, 65534 mappings left\n'
                                      'the container is still ours\n')

    def test_reports_a_group_that_is_not_there(self):
        done = run(SIMULATED, 'adopt', '77')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('/dev/vfio/77: No such file or directory', done.stderr)

    def test_wants_a_group(self):
        self.assertEqual(run(SIMULATED, 'adopt').returncode, 2)


class Pages(unittest.TestCase):
    def test_maps_pages_in_few_mappings(self):
        done = run(SIMULATED, 'pages', '01:00.0')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(done.stdout, '16 of 32 MiB\n32 of 32 MiB\n'
                                      '512 pages from 0x1000000 on, in 2 mappings\n'
                                      '32 MiB unmapped\n')

    def test_explains_a_bad_name(self):
        done = run(SIMULATED, 'pages', '1f.2')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('"1f.2" is not a PCI address', done.stderr)

    def test_wants_a_device(self):
        self.assertEqual(run(SIMULATED, 'pages').returncode, 2)


class Spaces(unittest.TestCase):
    def test_shares_a_buffer_between_two_spaces(self):
        done = run(SIMULATED, 'spaces', '00:1f.2', '00:14.0')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(done.stdout, '00:1f.2 and 00:14.0 reach the buffer at 0x1000000, each in '
                                      'its own space\n')

    def test_explains_what_fails_on_the_way(self):
        for devices, words in ((('1:2', '00:14.0'), 'is not a PCI address'),
                               (('00:14.0', '04:00.0'), 'snd_hda_intel'),
                               (('00:14.0', '03:00.0'), '0x7c000000-0x7c0fffff'),
                               (('00:14.0', '00:14.0'), 'attached to this context already')):
            done = run(SIMULATED, 'spaces', *devices)
            self.assertEqual((done.returncode, done.stdout), (1, ''))
            self.assertIn(words, done.stderr)

    def test_wants_two_devices(self):
        self.assertEqual(run(SIMULATED, 'spaces', '00:14.0').returncode, 2)


class RecordedMachine(unittest.TestCase):
    def test_lists_each_group_of_a_recorded_machine(self):
        done = run(BUILT, 'recorded-machine', machine('vtd-6.12'), '39')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        lines = done.stdout.splitlines()
        self.assertEqual([line for line in lines if line.startswith('group')], [
            'group 0: 0000:00:00.0', 'group 1: 0000:00:01.0', 'group 2: 0000:00:02.0',
            'group 3: 0000:00:03.0', 'group 4: 0000:00:1f.0 0000:00:1f.2 0000:00:1f.3'])
        self.assertEqual(lines[-3:], [
            'group 4: 0000:00:1f.0 0000:00:1f.2 0000:00:1f.3',
            '  0x1000000-0xfedfffff', '  0xfef00000-0x7fffffffff'])

    def test_says_where_knowledge_ends(self):
        done = run(BUILT, 'recorded-machine', machine('vtd-6.12'))
        self.assertEqual(done.stdout.count('above that nothing is known'), 5)

    def test_explains_a_root_without_sysfs(self):
        done = run(BUILT, 'recorded-machine', os.path.join(DATA, 'machines-made', 'no-sysfs'))
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('sysfs', done.stderr)


class VmmCheck(unittest.TestCase):
    def test_checks_each_slot(self):
        done = run(BUILT, 'vmm-check', machine('vtd-6.12'), '1')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        lines = done.stdout.splitlines()
        self.assertEqual([line for line in lines if not line.startswith(' ')], [
            'low memory: fits', 'below 4G: fits', 'firmware: refused', 'above 4G: fits'])
        self.assertIn('0xfee00000-0xfeefffff', done.stdout)
        self.assertIn('    it would fit at 0xfef00000', lines)

    def test_warns_of_a_relaxable_range(self):
        done = run(BUILT, 'vmm-check', machine('vtd-6.12'), '4')
        self.assertIn('low memory: fits with a warning\n    0x0-0xffffff hits', done.stdout)

    def test_tells_what_a_second_group_would_break(self):
        done = run(BUILT, 'vmm-check', machine('vtd-6.12'), '1', '4')
        before, after = done.stdout.split('plugging in group 4:\n')
        self.assertNotIn('warning', before)
        self.assertIn('0x0-0xffffff hits the direct-relaxable region', after)

    def test_fails_without_the_group(self):
        self.assertEqual(run(BUILT, 'vmm-check', machine('vtd-6.12'), '99').returncode, 1)


tap.run(sys.modules[__name__])
