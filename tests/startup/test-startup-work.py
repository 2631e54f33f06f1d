# SPDX-License-Identifier: BSD-3-Clause
"""test-startup-work.py STARTUP-WORK VALGRIND IOVACTL: the work of starting up grows with the
machine, and not with its square. Counted are instructions, which no other program can disturb."""
import re
import subprocess
import sys
import unittest

import tap
import tree

WORK, VALGRIND, IOVACTL = sys.argv[1:4]
SMALL, TIMES = 125, 4  # up to 500 groups and 2,000 devices
# What grows with the machine becomes 4 times as much, with a logarithm beside it 5 times; its
# square 16 times, its cube 64 times.
PROPORTIONAL = 6.5
SQUARE = 20


def instructions(*command, only=()):
    """Those of a program, or of one of its functions and all that it calls."""
    limits = [f'--toggle-collect={name}' for name in only]
    done = subprocess.run([VALGRIND, '--tool=callgrind', '--callgrind-out-file=/dev/null', *limits,
                           *map(str, command)],
                          capture_output=True, text=True, check=False, timeout=300)
    # 3: the program has warned, as iovactl does
    assert done.returncode in (0, 3), done.stderr
    return int(re.search(r'Collected : (\d+)', done.stderr)[1])


class Work(unittest.TestCase):
    def grown(self, step, function, small=SMALL):
        few, many = (instructions(WORK, 'count', step, groups, only=(function,))
                     for groups in (small, TIMES * small))
        self.at = f'{function}: {few} at {small} groups, {many} at {TIMES * small}'
        self.assertGreater(few, 10000)
        return many / few

    def test_making_the_simulated_host_is_in_proportion(self):
        self.assertLess(self.grown('none', 'large_sim'), PROPORTIONAL)

    def test_reading_a_host_is_in_proportion(self):
        self.assertLess(self.grown('none', 'work_read'), PROPORTIONAL)

    def test_merging_all_groups_at_once_is_in_proportion(self):
        self.assertLess(self.grown('merge', 'work_merge'), PROPORTIONAL)

    def test_finding_all_devices_is_in_proportion(self):
        self.assertLess(self.grown('find', 'work_find'), PROPORTIONAL)

    def test_each_group_by_itself_makes_one_picture_each_and_no_more(self):
        self.assertLess(self.grown('merge-each', 'work_merge_each', 40), SQUARE)


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.roots = {}
        cls.folder = tree.scratch()
        for groups in (SMALL, TIMES * SMALL):
            cls.roots[groups] = f'{cls.folder.name}/{groups}'
            tree.write(cls.roots[groups], groups)
        # the start of the program and of its libraries
        cls.fixed = instructions(IOVACTL, '--version')

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def grown(self, *options):
        counts = [instructions(IOVACTL, '--root', self.roots[groups], *options) - self.fixed
                  for groups in (SMALL, TIMES * SMALL)]
        self.at = f'{options}: {counts}'
        return counts[1] / counts[0]

    def test_show_is_in_proportion(self):
        self.assertLess(self.grown('show'), PROPORTIONAL)

    def test_show_as_json_is_in_proportion(self):
        self.assertLess(self.grown('show', '--json'), PROPORTIONAL)

    def test_a_check_is_in_proportion(self):
        self.assertLess(self.grown('check', '0x1000+0x1000'), PROPORTIONAL)


tap.run(sys.modules[__name__])
