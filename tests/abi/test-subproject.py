# SPDX-License-Identifier: BSD-3-Clause
"""A meson project with libiova as a subproject gets it from a plain dependency('libiova'), the
model for its tests from dependency('libiova-sim'), and builds nothing of our tests and tools. Arguments: meson, ninja."""
import json
import sys
import tempfile
import unittest
from pathlib import Path

import tap
import tree
from consumer import USE, USE_SIM, make_machine, run

MESON, NINJA = sys.argv[1:3]

PROJECT = '''project('consumer', 'c', default_options: ['c_std=c99', 'warning_level=3', 'werror=true'])
executable('use', 'use.c', dependencies: dependency('libiova', version: '>=0.1'))
executable('use-sim', 'use-sim.c', dependencies: dependency('libiova-sim', version: '>=0.1'))
'''
WRAP = '''[wrap-file]
directory = libiova

[provide]
dependency_names = libiova, libiova-sim
'''


class Subproject(unittest.TestCase):
    def test_programs_of_another_project(self):
        with tempfile.TemporaryDirectory() as scratch:
            scratch = Path(scratch)
            (scratch / 'subprojects').mkdir()
            (scratch / 'subprojects/libiova').symlink_to(tree.ROOT)
            (scratch / 'subprojects/libiova.wrap').write_text(WRAP)
            (scratch / 'meson.build').write_text(PROJECT)
            for source in (USE, USE_SIM):
                (scratch / source.name).write_bytes(source.read_bytes())
            build = scratch / 'build'
            # Not an installed one, should this machine have it.
            run(MESON, 'setup', build, scratch, '--force-fallback-for=libiova,libiova-sim',
                '-Dlibiova:default_library=static')
            run(NINJA, '-C', build, '-j2', 'use', 'use-sim')
            self.assertEqual(run(build / 'use', make_machine(scratch / 'machine')), 'warn\n')
            self.assertEqual(run(build / 'use-sim'), 'clean\n')

            tests = json.loads(run(MESON, 'introspect', build, '--tests'))
            self.assertEqual([test['name'] for test in tests], [])
            programs = [target['name']
                        for target in json.loads(run(MESON, 'introspect', build, '--targets'))
                        if target['type'] == 'executable']
            self.assertEqual(sorted(programs), ['use', 'use-sim'])


tap.run(sys.modules[__name__])
