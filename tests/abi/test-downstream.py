# SPDX-License-Identifier: BSD-3-Clause
"""The example of a project that tests a driver on a simulated host: built from the installed files
alone, as pkg-config tells of them, its test passes, and fails where the driver is wrong.
Arguments: build directory, meson, ninja."""
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import tap
import tree
from consumer import run

BUILD, MESON, NINJA = sys.argv[1:4]
OPTIONS = {option['name']: option['value']
           for option in json.loads(run(MESON, 'introspect', BUILD, '--buildoptions'))}

# Each: what is wrong then, where, the text, what takes its place, the tests that fail.
MUTANTS = [
    ('it does not close its context', 'iova_ctx_close(ring->ctx);', '(void)ring;',
     {'the_device_reaches_both_rings', 'a_reserved_address_is_refused_before_the_kernel_is_asked',
      'whichever_map_fails_all_is_undone'}),
    ('it undoes nothing', 'if (r < 0)\n\t\tring_close(ring);', '',
     {'a_reserved_address_is_refused_before_the_kernel_is_asked', 'whichever_map_fails_all_is_undone'}),
    ('it believes that the second map succeeds', 'r = map(ring, 1, RING_ANYWHERE);',
     '(void)map(ring, 1, RING_ANYWHERE);', {'whichever_map_fails_all_is_undone'}),
    ('it maps without asking', '.sys = sys', '.sys = sys, .flags = IOVA_CTX_UNCHECKED',
     {'a_reserved_address_is_refused_before_the_kernel_is_asked'}),
    ('it maps half of a ring', 'RING_BYTES, NULL, &ring->iova[i]',
     'RING_BYTES / 2, NULL, &ring->iova[i]', {'the_device_reaches_both_rings'}),
]


class Downstream(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = Path(scratch.name)
        root = cls.scratch / 'installed'
        run(MESON, 'install', '-C', BUILD, '--no-rebuild', '--destdir', root)
        prefix = root / OPTIONS['prefix'].lstrip('/')
        libdir = prefix / OPTIONS['libdir']
        # Where it was put is its prefix now; nothing else in the files names a place.
        for path in (libdir / 'pkgconfig').iterdir():
            path.write_text(re.sub('^prefix=.*', f'prefix={prefix}', path.read_text()))
        cls.env = {'PKG_CONFIG_PATH': str(libdir / 'pkgconfig'), 'LD_LIBRARY_PATH': str(libdir)}
        cls.project = cls.scratch / 'project'
        shutil.copytree(tree.ROOT / 'examples/downstream', cls.project)
        cls.driver = (cls.project / 'ring.c').read_text()
        cls.build = cls.scratch / 'build'
        run(MESON, 'setup', cls.build, cls.project, **cls.env)

    def results(self, driver):
        """{test: whether it passed} with such a driver."""
        (self.project / 'ring.c').write_text(driver)
        run(NINJA, '-C', self.build, '-j2', **self.env)
        done = subprocess.run([self.build / 'test-ring'], env=self.env | {'CMOCKA_MESSAGE_OUTPUT': 'TAP'},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        found = {name: verdict == 'ok'
                 for verdict, name in re.findall(r'^(ok|not ok) \d+ - (\w+)$', done.stdout, re.MULTILINE)}
        self.assertEqual(len(found), 3, done.stdout)
        self.assertEqual(done.returncode == 0, all(found.values()))
        return found

    def test_the_libraries_are_the_installed_ones(self):
        flags = (self.build / 'compile_commands.json').read_text()
        self.assertIn(f'-I{self.scratch}/installed/', flags)
        self.assertNotIn(str(tree.ROOT), flags)

    def test_the_driver_passes(self):
        self.assertEqual({name for name, passed in self.results(self.driver).items() if not passed}, set())

    def test_a_driver_that_is_wrong_does_not(self):
        for what, text, instead, failing in MUTANTS:
            with self.subTest(what):
                self.assertEqual(self.driver.count(text), 1)
                results = self.results(self.driver.replace(text, instead))
                self.assertEqual({name for name, passed in results.items() if not passed}, failing)


tap.run(sys.modules[__name__])
