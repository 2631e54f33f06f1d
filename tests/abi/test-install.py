# SPDX-License-Identifier: BSD-3-Clause
"""What meson installs is complete, and enough, with the output of pkg-config alone, to build and run
programs in C and C++, linked dynamically and statically.
Arguments: build directory, meson, pkg-config, readelf, strip, C compiler, C++ compiler or ""."""
import json
import os
import re
import shlex
import sys
import tempfile
import unittest
from pathlib import Path

import headers
import tap
import tree
from consumer import USE, USE_SIM, make_machine, run

BUILD, MESON, PKG_CONFIG, READELF, STRIP, CC, CXX = sys.argv[1:8]
OPTIONS = {option['name']: option['value']
           for option in json.loads(run(MESON, 'introspect', BUILD, '--buildoptions'))}
VERSION = json.loads(run(MESON, 'introspect', BUILD, '--projectinfo'))['version']
KINDS = {'both': ('shared', 'static')}.get(OPTIONS['default_library'], (OPTIONS['default_library'],))
API = re.findall(r'#define IOVA_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)',
                 tree.read('include/libiova/version.h'))
VERDICT = {'strict': 'refuse', 'warn': 'warn', 'relaxed': 'allow'}[OPTIONS['policy']]


class Install(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = Path(scratch.name)
        run(MESON, 'install', '-C', BUILD, '--no-rebuild', '--destdir', cls.scratch / 'root')
        cls.prefix = cls.scratch / 'root' / OPTIONS['prefix'].lstrip('/')
        cls.libdir = cls.prefix / OPTIONS['libdir']
        cls.machine = make_machine(cls.scratch / 'machine')
        cls.pc = cls.libdir / 'pkgconfig'

    def flags(self, package, *arguments):
        return shlex.split(run(PKG_CONFIG, *arguments, package,
                               PKG_CONFIG_SYSROOT_DIR=str(self.scratch / 'root'),
                               PKG_CONFIG_LIBDIR=str(self.pc), PKG_CONFIG_PATH=''))

    def build_and_run(self, compiler, *extra, linked=()):
        """Both programs, each from what pkg-config says of one library; which of ours they load."""
        loaded = []
        for package, source, arguments, said in (('libiova', USE, [self.machine], VERDICT),
                                                 ('libiova-sim', USE_SIM, [], 'clean')):
            program = self.scratch / 'use'
            run(*shlex.split(compiler), '-Wall', '-Wextra', '-Werror', *extra,
                *self.flags(package, '--cflags', *linked), source, '-x', 'none', '-o', program,
                *self.flags(package, '--libs', *linked))
            needed = run(READELF, '-d', program)
            self.assertEqual(run(program, *arguments, LD_LIBRARY_PATH=str(self.libdir)), said + '\n')
            loaded.append(sorted(re.findall(r'Shared library: \[(libiova[^]]*)\]', needed)))
        return loaded

    def soname(self, name='libiova'):
        major, minor, _ = API
        return f'{name}.so.0.{minor}' if major == '0' else f'{name}.so.{major}'

    def loaded(self):
        if 'shared' not in KINDS:
            return [[], []]
        return [[self.soname()], [self.soname('libiova-sim'), self.soname()]]

    def test_dynamic_programs_in_c(self):
        self.assertEqual(self.build_and_run(CC, '-std=c99', '-pedantic'), self.loaded())

    def test_dynamic_programs_in_cxx(self):
        if CXX:
            self.assertEqual(self.build_and_run(CXX, '-std=c++11', '-pedantic', '-x', 'c++'), self.loaded())

    def test_static_programs(self):
        if 'static' in KINDS:
            self.assertEqual(self.build_and_run(CC, '-static', linked=['--static']), [[], []])

    def test_the_pkg_config_files(self):
        self.assertEqual({path.stem for path in self.pc.iterdir()}, set(headers.LIBRARIES))
        for name in headers.LIBRARIES:
            text = (self.pc / f'{name}.pc').read_text(encoding='utf-8')
            fields = dict(re.findall(r'^(\w[\w.]*): (.*)$', text, re.MULTILINE))
            self.assertEqual(fields['Name'], name)
            self.assertEqual(fields['Version'], VERSION)
            threads = '' if 'shared' in KINDS else ' -pthread'
            self.assertEqual(fields['Libs'], f'-L${{libdir}} -l{name[3:]}{threads}')
            self.assertEqual(fields['Cflags'], '-I${includedir}' + threads)
            # The header of the model names the table that the library defines.
            self.assertEqual(fields.get('Requires'), {'libiova': None, 'libiova-sim': 'libiova'}[name])
            self.assertGreater(len(fields['Description']), 20)
            self.assertNotIn(BUILD, text)
            self.assertNotIn(str(tree.ROOT), text)
            variables = re.findall(r'^(\w+)=(.*)$', text, re.MULTILINE)
            self.assertEqual(variables[0][0], 'prefix')
            for variable, value in variables[1:]:
                self.assertTrue(value.startswith('${prefix}'), f'{variable}={value}')

    def test_all_headers_and_nothing_else(self):
        folder = self.prefix / OPTIONS['includedir']
        found = {path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file()}
        self.assertEqual(found, {path.removeprefix('include/') for path in headers.names()})

    def test_the_libraries_and_their_links(self):
        found = {path.name: os.readlink(path) if path.is_symlink() else None
                 for path in self.libdir.glob('lib*')}
        expected = {}
        for name in headers.LIBRARIES:
            real = f'{name}.so.' + '.'.join(API)
            if 'shared' in KINDS:
                expected |= {real: None, self.soname(name): real, f'{name}.so': self.soname(name)}
            if 'static' in KINDS:
                expected |= {f'{name}.a': None}
        self.assertEqual(found, expected)

    def test_the_shared_libraries(self):
        for name in headers.LIBRARIES if 'shared' in KINDS else ():
            dynamic = run(READELF, '-dW', self.libdir / f'{name}.so')
            self.assertEqual(re.findall(r'\(SONAME\).*\[(.*)\]', dynamic), [self.soname(name)])
            for tag in ('RPATH', 'RUNPATH', 'TEXTREL'):
                self.assertNotIn(tag, dynamic)
            for needed in re.findall(r'\(NEEDED\).*\[(.*)\]', dynamic):
                self.assertRegex(needed, r'^(libc\.|libpthread\.|libc\.musl|ld-)', 'only libc is used')

    def test_no_path_of_the_build_is_in_the_code(self):
        for name in headers.LIBRARIES if 'shared' in KINDS else ():
            stripped = self.scratch / 'stripped.so'
            run(STRIP, '-o', stripped, self.libdir / f'{name}.so')
            code = stripped.read_bytes()
            for path in (BUILD, str(tree.ROOT)):
                self.assertNotIn(path.encode(), code)

    def test_the_manual_pages_of_all_functions(self):
        folder = self.prefix / OPTIONS['mandir']
        if (folder / 'man3').exists():
            found = {re.sub(r'\.3(\.gz)?$', '', path.name) for path in (folder / 'man3').iterdir()}
            self.assertEqual({function.name for function in headers.functions()} - found, set())
            for path in folder.rglob('*.[1-9]'):
                if path.is_symlink():
                    self.assertTrue(path.exists(), f'{path} leads nowhere')

    def test_iovactl(self):
        program = self.prefix / OPTIONS['bindir'] / 'iovactl'
        if program.exists():
            self.assertIn(VERSION, run(program, '--version', LD_LIBRARY_PATH=str(self.libdir)))
            self.assertNotIn('RUNPATH', run(READELF, '-d', program))


tap.run(sys.modules[__name__])
