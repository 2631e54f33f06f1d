# SPDX-License-Identifier: BSD-3-Clause
"""Which of the kernel's interfaces the commands use, by themselves and when told."""
import sys
import unittest

import tap
from iovactl import FITS, TROUBLE, pairs, run, run_json


class Backend(unittest.TestCase):
    def used(self, *args):
        status, document = run_json('map', *args, '2M')
        self.assertEqual(status, FITS)
        return document['backend']

    def test_the_best_that_is_there_is_used(self):
        for name, backend in (('desktop', 'type1'), ('iommufd', 'iommufd'),
                              ('iommufd-6.2', 'type1'), ('iommufd-6.6', 'iommufd'),
                              ('compat', 'iommufd')):
            with self.subTest(name):
                self.assertEqual(self.used('--sim', name, '--group', 1), backend)

    def test_what_is_named_is_used(self):
        for name in 'type1', 'iommufd', 'compat':
            with self.subTest(name):
                self.assertEqual(self.used('--sim', 'iommufd', '--group', 1, '--backend', name),
                                 name)

    def test_what_is_named_and_not_there_is_refused_with_what_to_do(self):
        for sim, backend, word in (('desktop', 'iommufd', 'modprobe iommufd'),
                                   ('compat', 'type1', 'IOVA_BACKEND_COMPAT'),
                                   ('desktop', 'noiommu', 'enable_unsafe_noiommu_mode')):
            with self.subTest(backend):
                done = run('map', '--sim', sim, '--group', 1, '--backend', backend, '2M')
                self.assertEqual(done.returncode, TROUBLE)
                self.assertIn(word, done.stderr)

    def test_all_of_them_show_the_same_addresses(self):
        spaces = []
        for name in 'type1', 'iommufd', 'compat':
            status, document = run_json('show', '--sim', 'iommufd', '--backend', name)
            self.assertEqual((status, document['backend']), (0, name))
            self.assertIs(document['top_known'], True)
            spaces.append([pairs(document[tier]) for tier in ('usable', 'avoid', 'refused')])
        self.assertEqual(spaces[0], spaces[1])
        self.assertEqual(spaces[0], spaces[2])

    def test_a_backend_that_is_none_is_a_mistake(self):
        done = run('show', '--sim', 'desktop', '--backend', 'vfio')
        self.assertEqual(done.returncode, TROUBLE)
        self.assertIn('auto, type1, iommufd, compat or noiommu', done.stderr)

    def test_without_a_kernel_there_is_no_backend(self):
        document = run_json('show', '--sim', 'desktop', '--group', 3)[1]
        self.assertIsNone(document['backend'])


if __name__ == '__main__':
    tap.run(sys.modules['__main__'])
