# SPDX-License-Identifier: BSD-3-Clause
"""What a packager may choose: each way of building gives a library that works.
Arguments: meson, ninja, python. Needs clang and musl-gcc beside gcc."""
import json
import sys
import tempfile
import unittest
from pathlib import Path

import tap
import tree
from consumer import USE, USE_SIM, make_machine, run

MESON, NINJA, PYTHON = sys.argv[1:4]
MINIMAL = ('-Dtests=disabled', '-Dtools=disabled', '-Ddocs=disabled', '-Dexamples=false')
INCLUDE = tree.ROOT / 'include'


class BuildOptions(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name)
        self.machine = make_machine(self.scratch / 'machine')
        self.dir = self.scratch / 'build'

    def build(self, *options, **env):
        run(MESON, 'setup', self.dir, tree.ROOT, *options, **env)
        return run(NINJA, '-C', self.dir, '-j2')

    def check(self, script, *arguments):
        run(PYTHON, tree.ROOT / 'tests' / script, *arguments)

    def check_install(self, cc='gcc', cxx='g++'):
        self.check('abi/test-install.py', self.dir, MESON, 'pkg-config', 'readelf', 'strip', cc, cxx)

    def check_symbols(self):
        for name, folder in (('libiova', 'src'), ('libiova-sim', 'sim')):
            self.check('abi/test-symbols.py', 'nm', name, self.dir / folder / f'{name}.so')

    def verdict(self, compiler, *flags):
        """Of the static library, on a direct-relaxable region."""
        program = self.scratch / 'use'
        run(compiler, '-Werror', f'-I{INCLUDE}', *flags, USE, self.dir / 'src/libiova.a', '-o', program)
        return run(program, self.machine).strip()

    def check_model(self, compiler, *flags):
        """Both static libraries, in either order, in one program."""
        libraries = [self.dir / 'src/libiova.a', self.dir / 'sim/libiova-sim.a']
        for order in (libraries, libraries[::-1]):
            program = self.scratch / 'use-sim'
            run(compiler, '-Werror', f'-I{INCLUDE}', *flags, USE_SIM, *order, '-o', program)
            self.assertEqual(run(program), 'clean\n')

    def test_policy_strict_refuses(self):
        self.build(*MINIMAL, '-Dpolicy=strict', '-Ddefault_library=static')
        self.assertEqual(self.verdict('gcc'), 'refuse')

    def test_policy_warn_is_the_default(self):
        self.build(*MINIMAL, '-Ddefault_library=static')
        self.assertEqual(self.verdict('gcc'), 'warn')
        self.check_model('gcc')

    def test_policy_relaxed_allows(self):
        self.build(*MINIMAL, '-Dpolicy=relaxed', '-Ddefault_library=static')
        self.assertEqual(self.verdict('gcc'), 'allow')

    def test_only_shared(self):
        self.build(*MINIMAL, '-Ddefault_library=shared', '--prefix=/usr', '--libdir=lib/some-triplet')
        self.check_install()
        self.check_symbols()

    def test_only_static(self):
        self.build(*MINIMAL, '-Ddefault_library=static', '--prefix=/opt/iova', '--libdir=lib64')
        self.check_install()

    def test_tests_with_only_a_static_library(self):
        self.build('-Ddefault_library=static', '-Dtools=disabled', '-Ddocs=disabled')

    def test_minimal_asks_for_no_package(self):
        self.build(*MINIMAL)
        found = json.loads(run(MESON, 'introspect', self.dir, '--dependencies'))
        self.assertLessEqual({dependency['name'] for dependency in found}, {'threads'})

    def test_optional_packages_may_be_absent(self):
        (self.scratch / 'none').mkdir()
        self.build(PKG_CONFIG_LIBDIR=str(self.scratch / 'none'))
        self.assertFalse((self.dir / 'tools/iovactl/iovactl').exists())

    def test_clang_without_warnings(self):
        self.build(*MINIMAL, '-Dwerror=true', CC='clang')
        self.check_install('clang', 'clang++')
        self.check_symbols()

    def test_gcc_without_warnings_at_every_level(self):
        for level in ('0', 's', '3'):
            run(MESON, 'setup', self.dir, tree.ROOT, *MINIMAL, '--wipe' if self.dir.exists() else
                '--buildtype=custom', f'-Doptimization={level}', '-Dwerror=true')
            run(NINJA, '-C', self.dir, '-j2')

    def test_flags_of_a_distribution(self):
        self.build(*MINIMAL, '--buildtype=plain', '-Db_ndebug=true', '--prefix=/usr', CC='gcc',
                   CFLAGS='-g -O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wformat -Werror',
                   LDFLAGS='-Wl,-z,relro -Wl,-z,now')
        commands = json.loads((self.dir / 'compile_commands.json').read_text())
        for command in commands:
            for ours in ('-O', '-march', '-Werror'):
                found = [word for word in command['command'].split() if word.startswith(ours)]
                self.assertLessEqual(set(found), {'-O2', '-Werror'})
        self.check_install()
        self.check_symbols()
        self.check('lint/test-system.py', 'nm', self.dir / 'src/libiova_core.a',
                   self.dir / 'sim/libiova_sim_core.a')

    def test_link_time_optimisation(self):
        self.build(*MINIMAL, '-Db_lto=true', '-Dwerror=true')
        self.check_install()
        self.check_symbols()

    def test_musl(self):
        self.build(*MINIMAL, '-Dwerror=true', '-Ddefault_library=static', CC='musl-gcc')
        self.assertEqual(self.verdict('musl-gcc', '-static'), 'warn')
        self.check_model('musl-gcc', '-static')

    def test_two_builds_are_the_same(self):
        libraries = []
        for name in ('a', 'b'):
            self.dir = self.scratch / name
            self.build(*MINIMAL, '--buildtype=release')
            libraries.append([(self.dir / name).read_bytes()
                              for name in ('src/libiova.so', 'sim/libiova-sim.so')])
        self.assertTrue(libraries[0] == libraries[1])


tap.run(sys.modules[__name__])
