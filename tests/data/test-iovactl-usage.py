# SPDX-License-Identifier: BSD-3-Clause
"""What iovactl says to misuse: the thing is named, what to do is told, and the status is 2."""
import json
import os
import subprocess
import sys
import unittest

import tap
from iovactl import HERE, PROGRAM, TROUBLE, made, run, run_json

ROOT = ['--root', made('desktop')]
DEEP = '2' * 300

# What is typed, what standard error must name, and the error's name in JSON.
MISUSE = [
    ([], 'no command', 'EINVAL'),
    (['dance'], 'dance', 'EINVAL'),
    (['show', '--nonsense'], '--nonsense', 'EINVAL'),
    (['show', '-z'], '-z', 'EINVAL'),
    (['show', '--group'], '--group', 'EINVAL'),
    (['show', '--width'], '--width', 'EINVAL'),
    (['show', '--version=2'], '--version=2', 'EINVAL'),
    (['show', *ROOT, 'extra'], 'extra', 'EINVAL'),
    (['show', *ROOT, '--group', 'seven'], 'seven', 'EINVAL'),
    (['show', *ROOT, '--group', ''], '--group', 'EINVAL'),
    (['show', *ROOT, '--group', '-1'], '-1', 'EINVAL'),
    (['show', *ROOT, '--group', '+1'], '+1', 'EINVAL'),
    (['show', *ROOT, '--group', ' 1'], 'not the number', 'EINVAL'),
    (['show', *ROOT, '--group', '1x'], '1x', 'EINVAL'),
    (['show', *ROOT, '--group', '4294967295'], '4294967295', 'EINVAL'),
    (['show', *ROOT, '--group', '18446744073709551617'], '18446744073709551617', 'EINVAL'),
    (['show', *ROOT, '--group', '99'], '99', 'ENOENT'),
    (['show', *ROOT, '--group', '0', '--group', '99'], '99', 'ENOENT'),
    (['show', *ROOT, '--device', 'eth0'], 'eth0', 'EINVAL'),
    (['show', *ROOT, '--device', ''], '--device', 'EINVAL'),
    (['show', *ROOT, '--device', '00:1f.9'], '00:1f.9', 'EINVAL'),
    (['show', *ROOT, '--device', '0000:00:1f.0/..'], '0000:00:1f.0/..', 'EINVAL'),
    (['show', *ROOT, '--device', '0000:7f:00.0'], '0000:7f:00.0', 'ENOENT'),
    (['show', *ROOT, '--device', DEEP], DEEP[:200], 'EINVAL'),
    (['show', *ROOT, '--policy', 'lax'], 'lax', 'EINVAL'),
    (['show', *ROOT, '--width', '0'], '--width 0', 'EINVAL'),
    (['show', *ROOT, '--width', '65'], '65', 'EINVAL'),
    (['show', *ROOT, '--width', '39.5'], '39.5', 'EINVAL'),
    (['show', *ROOT, '--width', '-39'], '-39', 'EINVAL'),
    (['show', *ROOT, '--color=blue'], 'blue', 'EINVAL'),
    (['show', *ROOT, '--identity'], '--identity', 'EINVAL'),
    (['show', *ROOT, '--sim', 'desktop'], '--sim', 'EINVAL'),
    (['show', '--sim', 'nowhere'], 'nowhere', 'ENOENT'),
    (['show', '--sim', ''], '--sim', 'ENOENT'),
    (['show', '--sim', './nowhere'], './nowhere: No such file', 'ENOENT'),
    (['show', '--sim', 'nowhere.json'], 'nowhere.json: No such file', 'ENOENT'),
    (['show', '--sim', HERE], 'Is a directory', 'EISDIR'),
    (['check', '--sim', DEEP, '0+4K'], DEEP[-100:], 'ENAMETOOLONG'),
    (['map', '--sim', __file__, '2M'], 'line 1, column 1: unexpected character', 'EINVAL'),
    (['sim'], 'sim', 'EINVAL'),
    (['sim', 'destroy'], 'destroy', 'EINVAL'),
    (['sim', 'list', 'all'], 'all', 'EINVAL'),
    (['sim', 'check'], 'missing', 'EINVAL'),
    (['sim', 'check', 'a', 'b'], 'b', 'EINVAL'),
    (['sim', 'check', 'nowhere'], 'nowhere', 'ENOENT'),
    (['show', '--root', made('no-such-machine')], 'no-such-machine', 'ENOENT'),
    (['show', '--root', made('no-sysfs')], 'no-sysfs', 'ENOENT'),
    (['show', '--root', made('no-list')], 'no-list', 'ENOTDIR'),
    (['show', '--root', made('no-groups')], 'no IOMMU groups', 'ENODEV'),
    (['show', '--root', os.path.join(made('no-sysfs'), 'README')], 'README', 'ENOTDIR'),
    (['show', '--root', ''], '--root', 'ENOENT'),
    (['check', *ROOT], 'no range', 'EINVAL'),
    (['check', *ROOT, 'here'], 'here', 'EINVAL'),
    (['check', *ROOT, '4096'], '4096', 'EINVAL'),
    (['check', *ROOT, '0x1000+'], '0x1000+', 'EINVAL'),
    (['check', *ROOT, '+0x1000'], '+0x1000', 'EINVAL'),
    (['check', *ROOT, '0x+0x1000'], '0x+0x1000', 'EINVAL'),
    (['check', *ROOT, '0x1000+0x1000 '], 'not a range', 'EINVAL'),
    (['check', *ROOT, '0x1000+0x1000+0x1000'], '0x1000+0x1000+0x1000', 'EINVAL'),
    (['check', *ROOT, '0x1000+4Q'], '4Q', 'EINVAL'),
    (['check', *ROOT, '0x1000+0x0x10'], '0x0x10', 'EINVAL'),
    (['check', *ROOT, '0x1000+-4096'], '0x1000+-4096', 'EINVAL'),
    (['check', *ROOT, '0x1000+0'], 'zero', 'EINVAL'),
    (['check', *ROOT, '0x1001+0x1000'], '0x1001', 'EINVAL'),
    (['check', *ROOT, '0x1000+0x1001'], '0x1001', 'EINVAL'),
    (['check', *ROOT, '0x1000-0x2000'], '0x1001', 'EINVAL'),
    (['check', *ROOT, '0x2000-0x1fff'], '0x2000-0x1fff: the last address is below', 'EINVAL'),
    (['check', *ROOT, '0-0xffffffffffffffff'], '0-0xffffffffffffffff: the length passes', 'EINVAL'),
    (['check', *ROOT, '0xfffffffffffff000+0x2000'], '0xfffffffffffff000+0x2000', 'EINVAL'),
    (['check', *ROOT, '0x10000000000000000+0x1000'], '0x10000000000000000', 'EINVAL'),
    (['check', *ROOT, '0x1000+16777216T'], '16777216T: a number in it passes', 'EINVAL'),
    (['check', *ROOT, '0x1000+0x1000', 'bad'], 'bad', 'EINVAL'),
    (['map', *ROOT, '2M'], 'recorded', 'EINVAL'),
    (['map', '--sim', 'desktop'], 'map', 'EINVAL'),
    (['map', '--sim', 'desktop', '2M', '4M'], 'map', 'EINVAL'),
    (['map', '--sim', 'desktop', '0'], 'zero', 'EINVAL'),
    (['map', '--sim', 'desktop', '2Mx'], '2Mx', 'EINVAL'),
    (['map', '--sim', 'desktop', '100'], '0x64', 'EINVAL'),
    (['map', '--sim', 'desktop', '0x100800+4K'], '0x100800', 'EINVAL'),
    (['map', '--sim', 'desktop', '0xffffffffffff0000+128K'], 'passes', 'EINVAL'),
]


class Misuse(unittest.TestCase):
    def test_the_message_names_the_thing_and_tells_what_to_do(self):
        for args, named, _ in MISUSE:
            with self.subTest(args=args):
                done = run(*args)
                self.assertEqual(done.returncode, TROUBLE)
                self.assertEqual(done.stdout, '')
                lines = done.stderr.splitlines()
                self.assertIn(named, lines[0])
                self.assertEqual(len(lines), 2)
                self.assertRegex(lines[0], '^iovactl: .')
                self.assertRegex(lines[1], '^iovactl: what to do: .{10}')

    def test_in_json_it_is_the_one_document(self):
        for args, named, error in MISUSE:
            for where in ([*args, '--json'], ['--json', *args]):
                if where[-2:-1] in (['--group'], ['--width']) and len(args) == 2:
                    continue  # --json is then the missing value
                with self.subTest(args=where):
                    done = run(*where)
                    self.assertEqual(done.returncode, TROUBLE)
                    document = json.loads(done.stdout)
                    self.assertEqual(list(document), ['error'])
                    self.assertIn(named, document['error']['cause'])
                    self.assertEqual(document['error']['errno'], error)
                    self.assertGreater(len(document['error']['remedy']), 10)
                    self.assertTrue(document['error']['step'])

    def test_each_error_of_a_number_is_told_apart(self):
        causes = {run('show', *ROOT, '--group', text).stderr.splitlines()[0]
                  .replace(text, 'N') for text in ('seven', '4294967295', '99')}
        self.assertEqual(len(causes), 3)

    def test_what_cannot_be_had_is_trouble_and_no_crash(self):
        done = run('map', '--sim', 'desktop', '16777215T')
        self.assertEqual(done.returncode, TROUBLE)
        self.assertIn('cannot get so much memory', done.stderr)
        done = run('map', '--sim', 'desktop', '--identity', '0+4K')
        self.assertEqual(done.returncode, TROUBLE)
        self.assertIn('0+4K', done.stderr)

    def test_output_that_cannot_be_written_is_trouble(self):
        with open('/dev/full', 'w', encoding='ascii') as full:
            done = subprocess.run([PROGRAM, 'show', *ROOT], stdout=full, stderr=subprocess.PIPE,
                                  text=True, check=False)
        self.assertEqual(done.returncode, TROUBLE)
        self.assertIn('standard output', done.stderr)


class Help(unittest.TestCase):
    def test_help_goes_to_standard_output(self):
        for args in (['--help'], ['-h'], ['-h', '--color=never']):
            done = run(*args)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            self.assertIn('Usage: iovactl COMMAND', done.stdout)
        self.assertEqual(run('--help', '--group', 'x').returncode, TROUBLE)
        _, document = run_json('check', '--help')
        self.assertIn('Usage: iovactl check', document['help'])

    def test_each_command_has_its_own_help(self):
        texts = set()
        for command in ('show', 'check', 'map', 'sim'):
            for args in ([command, '--help'], ['--help', command]):
                done = run(*args)
                self.assertEqual(done.returncode, 0)
                self.assertIn(f'Usage: iovactl {command}', done.stdout)
            texts.add(done.stdout)
        self.assertEqual(len(texts), 4)
        for option in ('--group', '--device', '--policy', '--width', '--root', '--sim', '--json',
                       '--color', '--help', '--version'):
            for text in texts:
                self.assertIn(option, text)
        self.assertEqual([line for text in texts for line in text.splitlines()
                          if len(line) > 80], [])

    def test_the_version_is_told(self):
        self.assertRegex(run('--version').stdout,
                         r'^iovactl \d+\.\d+\.\d+ \(library \d+\.\d+\.\d+\)\n$')
        _, document = run_json('-V')
        self.assertRegex(document['version'], r'^\d+\.\d+\.\d+$')

    def test_options_may_stand_before_the_command(self):
        before = run(*ROOT, '--group', 4, 'check', '4G+4K', '--json')
        after = run('check', '4G+4K', *ROOT, '--group=4', '--json')
        self.assertEqual((before.returncode, before.stdout), (0, after.stdout))


if __name__ == '__main__':
    tap.run(sys.modules['__main__'])
