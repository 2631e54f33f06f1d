# SPDX-License-Identifier: BSD-3-Clause
"""The command map and the kernel's side of the others, on simulated machines."""
import json
import sys
import unittest

import tap
from iovactl import FITS, LAST, REFUSED, TROUBLE, WARNED, number, pairs, run, run_json


class Sim(unittest.TestCase):
    def setUp(self):
        self.names = [line.split()[0] for line in run('sim', 'list').stdout.splitlines()]

    def test_the_list_names_machines_that_work(self):
        self.assertIn('desktop', self.names)
        self.assertEqual(run_json('sim', 'list')[1]['presets'], self.names)
        for name in self.names:
            done = run('show', '--sim', name)
            self.assertEqual(done.returncode, 0)
            self.assertIn('Groups and their devices', done.stdout)

    def test_the_tiers_cover_everything_there_too(self):
        for name in self.names:
            for policy in ('strict', 'warn', 'relaxed'):
                status, document = run_json('show', '--sim', name, '--policy', policy)
                self.assertEqual(status, 0)
                every = sorted(sum((pairs(document[tier])
                                    for tier in ('usable', 'avoid', 'refused')), []))
                self.assertEqual((every[0][0], every[-1][1]), (0, LAST))
                for before, after in zip(every, every[1:]):
                    self.assertEqual(before[1] + 1, after[0])
                if policy != 'warn':
                    self.assertEqual(document['avoid'], [])


class Kernel(unittest.TestCase):
    def test_the_kernels_list_is_shown_as_it_is(self):
        status, document = run_json('show', '--sim', 'desktop', '--device', '0000:01:00.0')
        self.assertEqual(status, 0)
        self.assertEqual(pairs(document['kernel']),
                         [(0, 0xfedfffff), (0xfef00000, 0x7fffffffff)])
        self.assertEqual((document['kernel_state'], document['kernel_groups']), ('ranges', [1]))
        self.assertIs(document['top_known'], True)
        hole = [each for each in document['refused'] if number(each['start']) == 0xfee00000]
        self.assertEqual({reason['source'] for reason in hole[0]['reasons']},
                         {'kernel', 'region'})

    def test_a_list_that_is_not_there_leaves_the_top_unknown(self):
        status, document = run_json('show', '--sim', 'old', '--group', 1)
        self.assertEqual(status, 0)
        self.assertIsNone(document['kernel'])
        self.assertEqual(document['kernel_state'], 'none')
        self.assertIs(document['top_known'], False)
        self.assertIn('lists nothing', run('show', '--sim', 'old', '--group', 1).stdout)

    def test_a_named_group_that_cannot_be_attached_is_explained(self):
        done = run('show', '--sim', 'desktop', '--group', 3)
        self.assertEqual(done.returncode, 0)
        self.assertIn('could not be asked', done.stdout)
        self.assertIn("the kernel's list is not known", done.stderr)
        self.assertIn('group 3', done.stderr)
        self.assertIn('what to do', done.stderr)
        _, document = run_json('show', '--sim', 'desktop', '--group', 3, '--group', 1)
        self.assertIsNone(document['kernel'])
        self.assertEqual((document['kernel_state'], document['kernel_groups']), ('not-asked', []))
        self.assertIn('group 3', document['kernel_failure']['cause'])
        self.assertTrue(document['kernel_failure']['remedy'])

    def test_of_all_groups_those_that_can_be_are_asked(self):
        done = run('show', '--sim', 'desktop')
        self.assertRegex(done.stdout, r'asked for groups 1-2, 5.* only\n')
        self.assertIn('only their reserved regions are known', done.stderr)
        _, document = run_json('show', '--sim', 'desktop')
        # 3 has a driver of the host's own, 4 a direct region
        self.assertEqual([group for group in document['kernel_groups'] if group < 6], [1, 2, 5])
        self.assertEqual([group['id'] for group in document['groups']][:6], list(range(6)))

    def test_check_asks_the_kernel_as_well(self):
        args = ['check', '--sim', 'desktop', '--group', 1]
        self.assertEqual(run(*args, '0x7ffffff000+4K').returncode, FITS)
        status, answer = run_json(*args, '0x7ffffff000+8K')
        self.assertEqual(status, REFUSED)
        self.assertIn('kernel', {each['source'] for each in answer['conflicts']})
        self.assertEqual(run(*args, '0xfee00000+4K').returncode, REFUSED)
        self.assertEqual(run(*args, '0x100000+4K').returncode, FITS)
        self.assertEqual(run(*args, '--group', 5, '0x100000+4K').returncode, WARNED)


class Map(unittest.TestCase):
    def test_an_address_is_mapped_and_unmapped(self):
        status, done = run_json('map', '--sim', 'desktop', '--group', 1, '4G+2M')
        self.assertEqual(status, FITS)
        self.assertEqual((number(done['iova']), number(done['length']), number(done['unmapped'])),
                         (1 << 32, 2 << 20, 2 << 20))
        self.assertEqual((number(done['vaddr']) % 4096, done['groups'], done['verdict']),
                         (0, [1], 'fits'))
        self.assertEqual((done['entries_left'], number(done['memlock_left'])), (65534, 62 << 20))
        text = run('map', '--sim', 'desktop', '--group', 1, '4G+2M').stdout
        for part in ('attached  group 1 (type1)\n', 'mapped    0x100000000-0x1001fffff (2M)', '65534',
                     '62M', 'unmapped  2M'):
            self.assertIn(part, text)

    def test_a_length_goes_to_usable_addresses(self):
        for name in ('desktop', 'epyc', 'old'):
            status, done = run_json('map', '--sim', name, '2M')
            self.assertEqual(status, FITS)
            _, space = run_json('show', '--sim', name)
            start = number(done['iova'])
            self.assertTrue(any(first <= start and start + (2 << 20) - 1 <= last
                                for first, last in pairs(space['usable'])))

    def test_identity_gives_the_same_address_twice(self):
        for request in ('2M', '0x10000000+2M'):
            status, done = run_json('map', '--sim', 'desktop', '--identity', request)
            self.assertEqual(status, FITS)
            self.assertEqual(done['iova'], done['vaddr'])

    def test_a_relaxable_range_is_mapped_with_a_warning(self):
        args = ['map', '--sim', 'desktop', '--group', 5, '0x100000+2M']
        done = run(*args)
        self.assertEqual(done.returncode, WARNED)
        self.assertIn('warning', done.stderr)
        self.assertIn('direct-relaxable', done.stdout)
        status, document = run_json(*args)
        self.assertEqual((status, document['verdict']), (WARNED, 'warn'))
        self.assertEqual(run(*args, '--policy', 'relaxed').returncode, FITS)
        self.assertEqual(run(*args, '--policy', 'strict').returncode, REFUSED)

    def test_a_refusal_has_cause_remedy_and_what_would_fit(self):
        done = run('map', '--sim', 'desktop', '0xfee00000+4K')
        self.assertEqual(done.returncode, REFUSED)
        self.assertIn('0xfee00000', done.stderr)
        self.assertIn('what to do', done.stderr)
        self.assertIn('0xfef00000-0xfef00fff', done.stdout)
        status, document = run_json('map', '--sim', 'desktop', '0xfee00000+4K')
        error = document['error']
        self.assertEqual((status, error['step'], error['errno']),
                         (REFUSED, 'check', 'EADDRNOTAVAIL'))
        self.assertIn('msi', [each.get('type') for each in error['conflicts']])
        self.assertEqual(pairs([error['fit_above']]), [(0xfef00000, 0xfef00fff)])

    def test_what_the_kernel_refuses_is_refused_and_explained(self):
        status, document = run_json('map', '--sim', 'old', '--group', 1, '--width', 64, '1T+2M')
        error = document['error']
        self.assertEqual((status, error['step'], error['errno']), (REFUSED, 'map', 'EFAULT'))
        self.assertIn('0x10000000000', error['cause'])

    def test_a_limit_is_a_refusal(self):
        status, document = run_json('map', '--sim', 'desktop', '128M')
        self.assertEqual((status, document['error']['errno']), (REFUSED, 'ENOMEM'))
        self.assertIn('MEMLOCK', document['error']['cause'] + document['error']['remedy'])

    def test_a_group_that_cannot_be_attached_is_trouble(self):
        for group in (3, 4):
            done = run('map', '--sim', 'desktop', '--group', group, '2M', '--json')
            self.assertEqual(done.returncode, TROUBLE)
            error = json.loads(done.stdout)['error']
            self.assertTrue(error['cause'] and error['remedy'])
            self.assertIn(error['cause'], done.stderr)

    def test_no_room_is_a_refusal(self):
        status, document = run_json('map', '--sim', 'desktop', '--width', 12, '2M')
        self.assertEqual((status, document['error']['errno'], document['error']['step']),
                         (REFUSED, 'ENOSPC', 'allocate'))


if __name__ == '__main__':
    tap.run(sys.modules['__main__'])
