# SPDX-License-Identifier: BSD-3-Clause
"""Public structs keep their layout, and have no hole. Arguments: 32 or 64, compiler and arguments.
A change on purpose goes with a new soname, or only adds at the back of an _opts or _info struct:
    python3 tests/abi/layout.py gcc >tests/abi/layout-64.txt
    python3 tests/abi/layout.py gcc -m32 >tests/abi/layout-32.txt"""
import sys
import tempfile
import unittest
from pathlib import Path

import headers
import layout
import tap
import tree

BITS, COMPILER = sys.argv[1], sys.argv[2:]


class Layout(unittest.TestCase):
    maxDiff = None

    def sample(self, members):
        with tempfile.TemporaryDirectory() as folder:
            for library in headers.LIBRARIES.values():
                umbrella = Path(folder, library.umbrella)
                umbrella.parent.mkdir()
                umbrella.write_text('', encoding='utf-8')
            umbrella.write_text(f'struct s {{ {members} }};\n', encoding='utf-8')
            return layout.layout(COMPILER, {'s': ['a', 'b']}, folder)

    def test_a_sample_is_laid_out(self):
        self.assertEqual(self.sample('int a; int b;'), {'s': (8, [('a', 0, 4), ('b', 4, 4)])})

    def test_a_hole_is_found(self):
        self.assertEqual(layout.holes(self.sample('int a; int b;')), {})
        self.assertEqual(layout.holes(self.sample('char a; int b;')), {'s': 3})
        self.assertEqual(layout.holes(self.sample('int a; char b[6];')), {'s': 2})

    def test_every_struct_is_there_with_every_member(self):
        found = layout.layout(COMPILER)
        self.assertEqual({name: [member[0] for member in members]
                          for name, (_, members) in found.items()}, headers.structs())
        self.assertLessEqual({'iova_range', 'iova_sim_kernel'}, set(found))

    def test_layouts_are_kept(self):
        self.assertEqual(layout.text(layout.layout(COMPILER)),
                         tree.read(f'tests/abi/layout-{BITS}.txt'))

    def test_no_struct_has_a_hole(self):
        self.assertEqual(layout.holes(layout.layout(COMPILER)), {})


tap.run(sys.modules[__name__])
