# SPDX-License-Identifier: BSD-3-Clause
"""Simulated machines from files: the sample files, presets written out, and what is wrong in a file."""
import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

import tap
from iovactl import (FITS, HERE, PROGRAM, REFUSED, TROUBLE, WARNED, number, pairs, run, run_json)

HOSTS = os.path.join(HERE, '..', '..', 'examples', 'hosts')
PRESETS = [line.split()[0] for line in run('sim', 'list').stdout.splitlines()]
# The kernel and the IOMMU of presets; the rest of them is in what iovactl shows.
MACHINES = {
    'desktop': {'kernel': '6.12', 'iommu': {'bits': 39}},
    'desktop-6.1': {'kernel': {'release': '6.1'}, 'iommu': {'last': '0x7fffffffff'}},
    'old': {'kernel': '4.19', 'iommu': {'bits': 39}},
    'epyc': {'kernel': '6.12', 'iommu': {'bits': 64, 'page_sizes': '0xfffffffffffff000'}},
}


def host(name):
    return os.path.join(HOSTS, name)


def true_type(region):
    """4.19 has no word for relaxable regions and calls them direct."""
    return 'direct-relaxable' if region['start'] == '0x7b800000' else region['word']


def written_out(shown, machine):
    """A description of what "iovactl show --json" has found."""
    groups = [{'id': group['id'], 'type': group['type'],
               'regions': [{'start': each['start'], 'last': each['last'], 'type': true_type(each)}
                           for each in group['regions']],
               'devices': [{key: each[key] or 0 if key == 'class' else each[key]
                            for key in ('address', 'vendor', 'device', 'class', 'driver')}
                           for each in group['devices']]} for group in shown['groups']]
    return {**machine, 'groups': groups}


class Files(unittest.TestCase):
    def setUp(self):
        # pylint: disable=consider-using-with
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, description, name='host.json'):
        path = os.path.join(self.folder, name)
        with open(path, 'wb') as file:
            file.write(description if isinstance(description, bytes)
                       else json.dumps(description).encode())
        return path


class Presets(Files):
    def test_each_has_a_line_that_says_what_it_is(self):
        lines = run('sim', 'list').stdout.splitlines()
        _, document = run_json('sim', 'list')
        self.assertEqual(document['presets'], PRESETS)
        for name, line in zip(PRESETS, lines):
            self.assertGreater(len(line.split(None, 1)[1]), 20)
            self.assertLessEqual(len(line), 80)
            self.assertEqual(line.split(None, 1)[1], document['about'][name])

    def test_a_preset_written_out_in_a_file_is_the_same_machine(self):
        for name, machine in MACHINES.items():
            done = run('show', '--sim', name, '--json')
            path = self.write(written_out(json.loads(done.stdout), machine))
            again = run('show', '--sim', path, '--json')
            self.assertEqual((again.stdout, again.stderr), (done.stdout, done.stderr), name)
            for args in (['check', '0xfee00000+4K', '0+1M', '0x7c000000+4K'], ['map', '4G+2M']):
                self.assertEqual(run(*args, '--sim', path).returncode,
                                 run(*args, '--sim', name).returncode, (name, args))

    def test_a_preset_named_in_a_file_is_the_same_machine(self):
        for name in PRESETS:
            path = self.write({'preset': name})
            self.assertEqual(run('show', '--sim', path, '--json').stdout,
                             run('show', '--sim', name, '--json').stdout, name)

    def test_a_name_is_a_preset_before_it_is_a_file(self):
        self.write({'groups': [{'id': 77}]}, 'desktop')
        self.write({'groups': [{'id': 78}]}, 'machine')
        for name, group in (('desktop', 1), ('./desktop', 77), ('machine', 78)):
            done = subprocess.run([os.path.abspath(PROGRAM), 'show', '--json', '--group', str(group),
                                   '--sim', name], cwd=self.folder, capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)['groups'][0]['id'], group)

    def test_an_unknown_name_is_answered_with_the_presets_and_the_nearest(self):
        for name, nearest in (('desktob', 'desktop'), ('epic', 'epyc'), ('nested-guest', None)):
            done = run('show', '--sim', name)
            self.assertEqual(done.returncode, TROUBLE)
            for preset in PRESETS:
                self.assertIn(preset, done.stderr)
            self.assertEqual(f'Is {nearest} meant?' in done.stderr, nearest is not None)
            self.assertEqual('meant' in done.stderr, nearest is not None)


class Samples(Files):
    def test_each_is_right_and_is_tried_here(self):
        names = sorted(os.path.basename(path) for path in glob.glob(host('*.json')))
        self.assertEqual(names, ['flaky.json', 'laptop.json', 'server-4.19.json'])
        for name in names:
            status, summary = run_json('sim', 'check', host(name))
            self.assertEqual((status, summary['name']), (0, host(name)))
            self.assertIn(f"{summary['groups']} groups, {summary['devices']} devices",
                          run('sim', 'check', '--sim', host(name)).stdout)
            for command in self.commands(host(name)):
                with self.subTest(command=command):
                    args = [os.path.join(HERE, '..', '..', each) if each.startswith('examples/')
                            else each for each in command.split()[1:]]
                    self.assertIn(run(*args).returncode, (FITS, REFUSED, WARNED))

    @staticmethod
    def commands(path):
        """What the comment of a sample proposes to try."""
        with open(path, encoding='utf-8') as file:
            lines = [line.strip('/\t\n ') for line in file if line.startswith('//\tiovactl')]
        assert lines, path
        return lines

    def test_the_laptop_warns_of_the_region_of_its_usb_controller(self):
        args = ['--sim', host('laptop.json'), '--device', '0000:00:14.0']
        status, answer = run_json('check', *args, '0x7b800000+64K')
        self.assertEqual((status, answer['conflicts'][0]['type']), (WARNED, 'direct-relaxable'))
        self.assertEqual(pairs([answer['conflicts'][0]['region']]), [(0x7b800000, 0x7b81ffff)])
        self.assertEqual(run('check', *args, '0x7b820000+64K').returncode, FITS)
        _, mapped = run_json('map', *args, '2M')
        self.assertEqual((mapped['groups'], number(mapped['memlock_left'])), ([1], 6 << 20))
        _, shown = run_json('show', *args)
        self.assertEqual(pairs(shown['kernel']), [(0, 0xfedfffff), (0xfef00000, 0x7fffffffff)])

    def test_the_old_server_is_guarded_by_the_library_alone(self):
        args = ['--sim', host('server-4.19.json'), '--device', '0000:3b:00.0']
        _, shown = run_json('show', *args)
        self.assertEqual(shown['kernel_state'], 'none')
        self.assertEqual(run('check', *args, '0xfee00000+4K').returncode, REFUSED)
        status, mapped = run_json('map', *args, '4G+2M')
        self.assertEqual((status, mapped['groups'], mapped['entries_left']), (FITS, [30], None))
        done = run('map', '--sim', host('server-4.19.json'), '--group', 31, '2M')
        self.assertEqual(done.returncode, TROUBLE)
        self.assertIn('0x7c000000-0x7c0fffff', done.stderr)

    def test_on_a_bad_day_files_are_cut_and_calls_fail(self):
        status, summary = run_json('sim', 'check', host('flaky.json'))
        self.assertEqual((status, summary['faults']), (0, 2))
        _, shown = run_json('show', '--sim', host('flaky.json'))
        states = {group['id']: group['regions_state'] for group in shown['groups']}
        self.assertEqual((states[1], states[2], states[3]), ('read', 'truncated', 'unreadable'))
        self.assertEqual(shown['granule'], 2 << 20)
        self.assertEqual([group['type'] for group in shown['groups'] if group['id'] == 5],
                         ['identity'])
        plain = [device['address'] for group in run_json('show', '--sim', 'desktop')[1]['groups']
                 for device in group['devices']]
        found = [device['address'] for group in shown['groups'] for device in group['devices']]
        self.assertEqual(set(found) ^ set(plain), {'0000:01:00.1', '0000:00:1f.3'})


class Commands(Files):
    def test_every_command_takes_a_file(self):
        path = self.write({'preset': 'desktop', 'drivers': {'0000:02:00.0': 'vfio-pci'}})
        for args in (['show', '--group', 3], ['check', '--group', 3, '0x100000+4K'],
                     ['map', '--group', 3, '2M'], ['sim', 'check']):
            for json_too in ([], ['--json']):
                done = run(*args, *json_too, '--sim', path)
                self.assertEqual((done.returncode, done.stderr), (0, ''), args)
                if json_too:
                    self.assertIsInstance(json.loads(done.stdout), dict)

    def test_a_host_without_groups_is_right_but_shows_nothing(self):
        path = self.write({})
        self.assertEqual(run('sim', 'check', path).returncode, 0)
        done = run('show', '--sim', path)
        self.assertEqual(done.returncode, TROUBLE)
        self.assertIn('no IOMMU groups', done.stderr)

    def test_what_goes_wrong_on_a_machine_is_not_wrong_in_its_description(self):
        faults = ({'calls': [{'call': 'any', 'error': 'EIO'}]},
                  {'files': [{'path': 'sys/kernel/iommu_groups', 'error': 'EIO'}]})
        for each in faults:
            path = self.write({'preset': 'desktop', **each})
            _, summary = run_json('sim', 'check', path)
            run_json.cache_clear()  # the next description is in a file of the same name
            self.assertEqual((summary['groups'], summary['faults']), (7, len(each.get('calls', []))))
            self.assertEqual(run('show', '--sim', path).returncode, TROUBLE)

    def test_calls_count_from_the_start_of_the_command(self):
        path = self.write({'preset': 'desktop',
                           'calls': [{'call': 'set-iommu', 'error': 'EPERM'}]})
        done = run('map', '--sim', path, '--group', 1, '2M')
        self.assertEqual(done.returncode, TROUBLE)
        _, document = run_json('map', '--sim', path, '--group', 1, '2M')
        self.assertEqual((document['error']['step'], document['error']['errno']),
                         ('set-iommu', 'EPERM'))


class Mistakes(Files):
    BAD = [
        (b'{ "groups": [\n  { "id" 1 } ] }', 'line 2, column 10: ', 'EINVAL'),
        (b'{ "groups": [ { "id": 1, "devices": [ { "class": "0x1000000" } ] } ] }',
         'groups[0].devices[0].class: expected a number from 0 to 0xffffff', 'EINVAL'),
        (b'{ "kernl": "6.1" }', 'kernl: unknown key; is "kernel" meant', 'EINVAL'),
        (b'{ "a": 1, "a": 2 }', 'a: the key stands there twice', 'EINVAL'),
        (b'{ "preset": "desktob" }', 'is "desktop" meant', 'EINVAL'),
        (b'{ "\xff": 1 }', 'invalid utf-8', 'EINVAL'),
        (b'\x7fELF\0\0', 'line 1, column 1: ', 'EINVAL'),
        (b' ' * (1 << 21), 'larger than 1048576 bytes', 'EFBIG'),
        (b'[' * 100000, 'nesting too deep', 'EINVAL'),
    ]

    def test_each_is_named_with_file_and_place_in_every_command(self):
        for text, named, error in self.BAD:
            path = self.write(text)
            for args in (['show'], ['check', '0+4K'], ['map', '2M'], ['sim', 'check']):
                with self.subTest(args=args, named=named):
                    done = run(*args, '--sim', path)
                    self.assertEqual((done.returncode, done.stdout), (TROUBLE, ''))
                    lines = done.stderr.splitlines()
                    self.assertEqual(len(lines), 2)
                    self.assertIn(os.path.basename(path), lines[0])
                    self.assertIn(named, lines[0])
                    self.assertIn('iova-host(5)', lines[1])
                    _, document = run_json(*args, '--sim', path)
                    self.assertEqual(document['error']['errno'], error)
                    self.assertIn(named, document['error']['cause'])
            run_json.cache_clear()  # the next text is in a file of the same name

    def test_a_file_that_may_not_be_read_says_so(self):
        path = self.write({})
        os.chmod(path, 0)
        if not os.access(path, os.R_OK):  # root may read anything
            self.assertIn('Permission denied', run('show', '--sim', path).stderr)
        self.assertIn('Is a directory', run('show', '--sim', self.folder).stderr)


if __name__ == '__main__':
    tap.run(sys.modules['__main__'])
