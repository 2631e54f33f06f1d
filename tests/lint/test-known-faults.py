# SPDX-License-Identifier: BSD-3-Clause
"""Each of sixteen faults found in other programs has a test that names its number and is run."""
import re
import sys
import unittest

import tap
import tree

NUMBERS = [f'{number:02}' for number in range(1, 17)]


def tested(text):
    """The numbers of the faults that a program has a test for, in its list of those to be run."""
    code = tree.code(text)
    defined = set(re.findall(r'^static void (fault_\d\d_\w+)\(void \*\*state\)\n\{', code,
                             re.MULTILINE))
    listed = set(re.findall(r'\b(?:cmocka_unit_test\w*|ON)\([\w\s,]*?\b(fault_\d\d_\w+)', code))
    return {name[6:8] for name in defined & listed}


class KnownFaults(unittest.TestCase):
    def test_a_test_that_is_not_run_does_not_count(self):
        body = 'static void fault_03_x(void **state)\n{\n}\n'
        self.assertEqual(tested(body), set())
        self.assertEqual(tested('cmocka_unit_test(fault_03_x),'), set())
        self.assertEqual(tested(body + '/* cmocka_unit_test(fault_03_x) */'), set())
        self.assertEqual(tested(body + 'cmocka_unit_test(\n\tfault_03_x),'), {'03'})
        self.assertEqual(tested(body + 'ON(desktop, fault_03_x),'), {'03'})

    def test_every_fault_has_a_test(self):
        found = set()
        for path in tree.c_files('tests/unit', 'tests/model'):
            found |= tested(tree.read(path))
        self.assertEqual(sorted(found), NUMBERS)


tap.run(sys.modules[__name__])
