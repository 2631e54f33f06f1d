# SPDX-License-Identifier: BSD-3-Clause
"""Ranges are closed: start and last. Nothing is called an end, and an address and a length are
added only where the sum is checked."""
import sys
import unittest

import tap
import tree

END = r'\b(?:(?:range|region|window|mapping|segment|space|iova|memory)_)?end\b'
ADDRESS = r'(?:\w+(?:->|\.))*\w*(?:start|iova|vaddr|address)'
LENGTH = r'\(?\s*(?:\w+(?:->|\.))*\w*(?:length|size|bytes)\b'
SUM = rf'\b{ADDRESS}\s*\+=?\s*{LENGTH}|\b{LENGTH}\s*\+\s*{ADDRESS}\b'

# File: why a sum there cannot wrap.
EXCUSED = {
    'src/base/range.c': 'the one place, which checks',
    'src/context/plain.h': 'what wrapped goes no further, and the long way makes its own',
    'src/space/check.c': 'the allocator has found that many bytes there',
}


class Ranges(unittest.TestCase):
    def test_an_end_is_found(self):
        for line in ('uint64_t end;', 'x = range.end;', 'range_end = 1;'):
            self.assertTrue(list(tree.matches(END, tree.code(line))), line)
        for line in ('/* the end */', 'f("end");', 'endian = 1;', 'va_end(ap);'):
            self.assertFalse(list(tree.matches(END, tree.code(line))), line)

    def test_a_sum_is_found(self):
        for line in ('last = start + length - 1;', 'x = r->start + (opts->length - 1);',
                     'iova += size;', 'x = length + iova;', 'f(m.vaddr + m.length);'):
            self.assertTrue(list(tree.matches(SUM, line)), line)
        for line in ('x = start + 1;', 'x = last - start;', 'x = size + 1;', 'f(iova, +length);'):
            self.assertFalse(list(tree.matches(SUM, line)), line)

    def test_nothing_is_called_an_end(self):
        # The kernel's own struct has a member of that name.
        for path in set(tree.c_files(*tree.C_DIRS)) - {'tests/unit/test-uapi.c'}:
            with self.subTest(path):
                self.assertEqual(list(tree.matches(END, tree.code(tree.read(path)))), [])

    def test_addresses_and_lengths_are_added_by_iova_range_make(self):
        for path in tree.c_files('include', 'src', 'tools', 'examples'):
            found = list(tree.matches(SUM, tree.code(tree.read(path))))
            with self.subTest(path):
                self.assertEqual(bool(found), path in EXCUSED, found)


tap.run(sys.modules[__name__])
