# SPDX-License-Identifier: BSD-3-Clause
"""The address space that iovactl shows, and what it answers to ranges, on machines of all kinds."""
import sys
import unittest

import tap
from iovactl import (FITS, LAST, PAGE, REFUSED, TROUBLE, WARNED, machines, made, number, pairs,
                     run, run_json)
from model import Machine

POLICIES = ('strict', 'warn', 'relaxed')
WORDS = {FITS: 'fits', REFUSED: 'refused', WARNED: 'warn'}


class Show(unittest.TestCase):
    def each(self):
        self.assertGreaterEqual(len(machines()), 9)
        for root in machines():
            for policy in POLICIES:
                for width in ([], ['--width', 32], ['--width', 64]):
                    self.at = f'{root} {policy} {width}'
                    status, document = run_json('show', '--root', root, '--policy', policy,
                                                *width)
                    self.assertEqual(status, 0)
                    yield root, policy, width, document

    def test_the_tiers_are_disjoint_and_cover_everything(self):
        for _, _, _, document in self.each():
            every = sorted(sum((pairs(document[tier])
                                for tier in ('usable', 'avoid', 'refused')), []))
            self.assertEqual(every[0][0], 0)
            self.assertEqual(every[-1][1], LAST)
            for before, after in zip(every, every[1:]):
                self.assertEqual(before[1] + 1, after[0])

    def test_usable_ranges_never_touch_and_are_whole_pages(self):
        for _, _, _, document in self.each():
            usable = pairs(document['usable'])
            for before, after in zip(usable, usable[1:]):
                self.assertLess(before[1] + 1, after[0])
            for start, last in usable:
                self.assertEqual((start % PAGE, (last + 1) % PAGE), (0, 0))

    def test_strict_and_relaxed_avoid_nothing(self):
        for _, policy, _, document in self.each():
            if policy != 'warn':
                self.assertEqual(document['avoid'], [])
            self.assertEqual(document['policy'], policy)

    def test_warn_avoids_what_the_other_policies_decide(self):
        _, warn = run_json('show', '--root', made('desktop'))
        self.assertEqual(pairs(warn['avoid']), [(0, 0xffffff), (0x8a6b5000, 0x8a8fffff),
                                                (0x8b800000, 0x8bffffff)])
        _, strict = run_json('show', '--root', made('desktop'), '--policy', 'strict')
        refused = pairs(strict['refused'])
        for each in pairs(warn['avoid']):
            self.assertIn(each, refused)
        _, relaxed = run_json('show', '--root', made('desktop'), '--policy', 'relaxed')
        self.assertEqual(pairs(relaxed['usable'])[0], (0, 0xfedfffff))

    def test_each_refused_or_avoided_range_has_its_reasons(self):
        sources = {'region', 'width', 'unknown-top', 'granule', 'last-page', 'sysfs'}
        for _, _, _, document in self.each():
            for each in document['refused'] + document['avoid']:
                self.assertTrue(each['reasons'])
                for reason in each['reasons']:
                    self.assertIn(reason['source'], sources)
                    self.assertEqual('type' in reason, reason['source'] == 'region')
                    if reason['source'] in ('region', 'sysfs'):
                        self.assertIn(reason['group'],
                                      [group['id'] for group in document['groups']])

    def test_the_top_is_known_only_with_a_width(self):
        for _, _, width, document in self.each():
            self.assertIs(document['top_known'], bool(width))
            self.assertIsNone(document['kernel'])
            self.assertEqual(document['kernel_state'], 'not-asked')
            self.assertEqual(document['granule'], PAGE)
            words = {reason['source'] for each in document['refused']
                     for reason in each['reasons']}
            self.assertEqual('unknown-top' in words, not width)
            self.assertEqual('width' in words, width == ['--width', 32])
            self.assertIn('last-page', words)

    def test_the_reasons_name_the_device_where_it_can_be_told(self):
        _, document = run_json('show', '--root', made('desktop'))
        first = document['avoid'][0]
        self.assertEqual([(reason['source'], reason['type'], reason['group'], reason['device'])
                          for reason in first['reasons']],
                         [('region', 'direct-relaxable', 5, '0000:00:1f.0')])

    def test_groups_devices_and_regions_are_told(self):
        _, document = run_json('show', '--root', made('desktop'), '--device', '00:1f.3',
                               '--group', 4, '--group', 5)
        self.assertEqual([group['id'] for group in document['groups']], [4, 5])
        group = document['groups'][1]
        self.assertEqual(group['type'], 'DMA-FQ')
        self.assertEqual(group['regions_state'], 'read')
        self.assertEqual([(*each, region['type']) for each, region
                          in zip(pairs(group['regions']), group['regions'])],
                         [(0, 0xffffff, 'direct-relaxable'), (0xfee00000, 0xfeefffff, 'msi')])
        self.assertEqual(group['devices'][1],
                         {'address': '0000:00:1f.3', 'vendor': '0x8086', 'device': '0xa348',
                          'class': '0x040300', 'driver': 'snd_hda_intel', 'blocks': True})
        self.assertEqual((group['devices'][0]['driver'], group['devices'][0]['blocks']),
                         (None, False))

    def test_a_group_alone_has_only_its_own_regions(self):
        _, document = run_json('show', '--root', made('desktop'), '--group', 4)
        self.assertEqual(document['avoid'], [])
        self.assertEqual(pairs(document['usable'])[0], (0, 0xfedfffff))

    def test_doubtful_files_are_told_apart(self):
        for name, states in (('empty', ['empty']), ('missing', ['missing', 'read']),
                             ('malformed', ['malformed', 'malformed']),
                             ('truncated', ['truncated']),
                             ('unreadable', ['unreadable', 'read', 'read'])):
            _, document = run_json('show', '--root', made(name))
            self.assertEqual([group['regions_state'] for group in document['groups']], states)
        self.assertEqual(document['groups'][0]['regions_errno'], 'EISDIR')
        self.assertEqual(document['groups'][2]['devices_errno'], 'ENOTDIR')

    def test_an_unknown_word_is_strict(self):
        _, document = run_json('show', '--root', made('unknown-word'), '--policy', 'relaxed')
        self.assertIn((0x40000000, 0x4fffffff), pairs(document['refused']))
        region = document['groups'][0]['regions'][0]
        self.assertEqual((region['type'], region['word']), ('unknown', 'moonlit'))

    def test_strict_wins_where_types_overlap(self):
        _, document = run_json('show', '--root', made('overlap'), '--policy', 'relaxed')
        both = [each for each in document['refused'] if number(each['start']) == 0x1000000]
        self.assertIn('direct', [reason['type'] for reason in both[0]['reasons']])


class Check(unittest.TestCase):
    def pages(self, machine):
        """The pages at each edge, and one page to either side."""
        found = set()
        for edge in machine.edges():
            page = edge - edge % PAGE
            found |= {page - PAGE, page, page + PAGE}
        return sorted(page for page in found if 0 <= page <= LAST)

    def test_every_page_at_an_edge_gets_the_verdict_of_its_files(self):
        for root in machines():
            machine = Machine(root)
            pages = self.pages(machine)
            for policy in POLICIES:
                for width in (None, 32, 64):
                    with self.subTest(root=root, policy=policy, width=width):
                        options = ['--width', width] if width else []
                        ranges = [f'{page:#x}+{PAGE}' for page in pages]
                        status, answers = run_json('check', '--root', root, '--policy', policy,
                                                   *options, *ranges)
                        expected = [machine.verdict(page, policy, width) for page in pages]
                        self.assertEqual([answer['verdict'] for answer in answers],
                                         [WORDS[each] for each in expected])
                        worst = max(expected, key=[FITS, WARNED, REFUSED].index)
                        self.assertEqual(status, worst)

    def check(self, *args):
        return run('check', '--root', made('desktop'), *args)

    def test_the_exit_status_of_one_range_is_its_verdict(self):
        for text, status in (('0x1000000+0x1000', FITS), ('0xfff000+0x1000', WARNED),
                             ('0xfff000+0x2000', WARNED), ('0x1000000+16M', FITS),
                             ('0xfedff000+4K', FITS), ('0xfee00000+4096', REFUSED),
                             ('0xfeeff000+4k', REFUSED), ('0xfef00000+1G', FITS),
                             ('0xfedff000+0x2000', REFUSED), ('0xfeeff000+0x2000', REFUSED),
                             ('0x7ffffff000+4K', FITS), ('0x7ffffff000+8K', REFUSED),
                             ('512G+4K', REFUSED), ('0xfffffffffffff000+0x1000', REFUSED),
                             ('0xfee00000-0xfeefffff', REFUSED), ('4G-0x100000fff', FITS),
                             ('0-0xfffffffffffffffe', None), ('16M+1T', REFUSED)):
            with self.subTest(text=text):
                done = self.check(text)
                if status is None:  # not a whole number of pages
                    self.assertEqual(done.returncode, TROUBLE)
                    continue
                self.assertEqual(done.returncode, status)
                self.assertIn({FITS: ': fits\n', WARNED: ': fits, with a warning\n',
                               REFUSED: ': refused\n'}[status], done.stdout)

    def test_the_worst_of_several_counts_in_any_order(self):
        for ranges, status in ((['16M+4K', '4G+4K'], FITS), (['16M+4K', '0+4K'], WARNED),
                               (['0+4K', '16M+4K'], WARNED),
                               (['0xfee00000+4K', '0+4K', '16M+4K'], REFUSED),
                               (['16M+4K', '0+4K', '0xfee00000+4K'], REFUSED)):
            self.assertEqual(self.check(*ranges).returncode, status)

    def test_the_policy_decides_on_relaxable_regions(self):
        for policy, status in (('strict', REFUSED), ('warn', WARNED), ('relaxed', FITS)):
            self.assertEqual(self.check('0x100000+2M', '--policy', policy).returncode, status)

    def test_a_refusal_tells_what_is_hit_and_what_would_fit(self):
        status, answer = run_json('check', '--root', made('amd'), '0xfedff000+0x2000')
        self.assertEqual(status, REFUSED)
        self.assertEqual([(pairs([each['range']])[0], pairs([each['region']])[0], each['source'],
                           each['type'], each['group'], each['verdict'])
                          for each in answer['conflicts']],
                         [((0xfee00000, 0xfee00fff), (0xfee00000, 0xfeefffff), 'region', 'msi',
                           group, 'refused') for group in (0, 10, 12)])
        self.assertEqual(pairs([answer['fit_below'], answer['fit_above']]),
                         [(0xfedfe000, 0xfedfffff), (0xfef00000, 0xfef01fff)])
        done = run('check', '--root', made('amd'), '0xfedff000+0x2000')
        self.assertIn('msi', done.stdout)
        self.assertIn('groups 10, 12', done.stdout)
        self.assertIn('0xfedfe000-0xfedfffff', done.stdout)
        self.assertIn('0xfef00000-0xfef01fff', done.stdout)

    def test_what_would_fit_does(self):
        for root in machines():
            status, answer = run_json('check', '--root', root, '0xfee00000+1M')
            self.assertIn(status, (FITS, REFUSED))
            for fit in (answer['fit_below'], answer['fit_above']):
                if fit:
                    again = run('check', '--root', root, f"{fit['start']}-{fit['last']}")
                    self.assertEqual(again.returncode, FITS)

    def test_one_range_gives_an_object_and_several_an_array(self):
        _, one = run_json('check', '--root', made('arm'), '128M+4K')
        _, two = run_json('check', '--root', made('arm'), '128M+4K', '0+4K')
        self.assertEqual(one['verdict'], 'refused')
        self.assertEqual([each['verdict'] for each in two], ['refused', 'fits'])
        self.assertEqual(one, two[0])


if __name__ == '__main__':
    tap.run(sys.modules['__main__'])
