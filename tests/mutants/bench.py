# SPDX-License-Identifier: BSD-3-Clause
"""Builds of a copy of the tree, in which one file at a time is changed and the tests are run."""
import collections
import functools
import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import threading
from pathlib import Path

import combine

# Copies are made of sources only, wherever somebody builds.
LEFT_OUT = {'.git', '__pycache__', 'subprojects'}
# Programs that are quick to build and to run. Sweeps of whole scenarios are neither, and what the
# model does alone has nothing to do with the library.
PROGRAMS = re.compile(r'tests/(unit|fuzz)/|tests/model/test-(ctx-|host)')
CHECKED_PROGRAMS = re.compile(r'tests/(unit|fuzz)/')
ORDER = ('unit', 'fuzz', 'model')
# Seconds. A test that waits gets the first; one in a loop that a change made endless gets what it
# took before, several times, and a little more.
PATIENCE = 120
TIMES, MORE = 5, 1
MEMORY = 2 << 30
NEAR = 2  # the distance of tests of the same layer
AT_ONCE = 2  # programs linked before the first of them is run

OPTIONS = ['-Dbuildtype=plain', '-Ddebug=false', '-Dwarning_level=0',
           '-Ddefault_library=static', '-Ddocs=disabled', '-Dexamples=false', '-Dlinters=disabled',
           '-Dtests=enabled', '-Dtools=enabled']
PLAIN = ['-Doptimization=0']
SANITIZE = ['-Doptimization=1', '-Db_sanitize=address,undefined', '-Db_lundef=false']
SANITIZER_OPTIONS = {'ASAN_OPTIONS': 'detect_leaks=1:detect_stack_use_after_return=1',
                     'UBSAN_OPTIONS': 'halt_on_error=1'}


class Broken(Exception):
    """The tree cannot be measured at all."""


def copy_tree(root, target):
    def left_out(folder, names):
        return [name for name in names if name in LEFT_OUT or
                (folder == str(root) and name.startswith('build') and '.' not in name) or
                os.path.exists(os.path.join(folder, name, 'meson-private'))]
    shutil.copytree(root, target, symlinks=True, ignore=left_out)


def run(command, **others):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors='replace', check=False,
                          **others)


class Test:
    def __init__(self, told, build, targets):
        self.name, self.command = told['name'], told['cmd']
        self.suite = next((suite.split(':')[-1] for suite in told['suite']), '')
        self.env = told['env']
        self.folder = told['workdir'] or build
        self.seconds, self.used = PATIENCE, 0.0
        self.targets = {targets[depends] for depends in told['depends'] if depends in targets}
        program = os.path.relpath(os.path.join(build, self.command[0]), build)
        if program in targets.values():
            self.targets.add(program)

    def distance(self, path, near):
        """How early it is tried on changes of a file: its own tests, its layer's, the rest."""
        stem = Path(path).stem
        if self.name == stem:
            return 0
        if self.name.startswith(stem + '-') or self.name.endswith('-' + stem):
            return 1
        if self.suite == 'unit':
            return 2 if self.name in near else 3
        return 3 + ORDER.index(self.suite)


class Build:
    """One build directory with its tests."""

    def __init__(self, tree, name, sanitize):
        self.tree, self.path = tree, os.path.join(tree, name)
        self.sanitize = sanitize
        self.tests, self.kills, self.made = [], {}, set()

    def prepare(self):
        self.must(['meson', 'setup', self.path, self.tree, *OPTIONS,
                   *(SANITIZE if self.sanitize else PLAIN)])
        told = json.loads(self.must(['meson', 'introspect', '--tests', self.path]))
        targets = {target['id']: os.path.relpath(target['filename'][0], self.path) for target in
                   json.loads(self.must(['meson', 'introspect', '--targets', self.path]))}
        programs = CHECKED_PROGRAMS if self.sanitize else PROGRAMS
        self.tests = [test for test in (Test(one, self.path, targets) for one in told)
                      if any(programs.match(target) for target in test.targets)]
        self.make(self.tests)
        bad = {test.name for test in self.tests if not self.measure(test)}
        self.tests = [test for test in self.tests if test.name not in bad]
        return bad

    def must(self, command):
        done = run(command)
        if done.returncode:
            raise Broken(f'{" ".join(command)}\n{done.stdout[-3000:]}')
        return done.stdout

    def measure(self, test):
        test.seconds = PATIENCE
        before = test.used
        passed = self.passes(test)
        test.seconds = MORE + int(TIMES * (test.used - before))
        return passed

    def make(self, tests):
        targets = sorted({target for test in tests for target in test.targets} - self.made)
        if not targets:
            return
        done = run(['ninja', '-C', self.path, '-j1', *targets])
        if done.returncode:
            raise Broken(done.stdout[-3000:])
        self.made.update(targets)

    @functools.lru_cache
    def object_of(self, path):
        """(object, command) that compiles a file."""
        with open(os.path.join(self.path, 'compile_commands.json'), encoding='utf-8') as file:
            for entry in json.load(file):
                if os.path.normpath(os.path.join(self.path, entry['file'])) == \
                        os.path.join(self.tree, path) and 'iova_core' in entry['output']:
                    return entry['output'], entry['command']
        raise Broken(f'no command compiles {path}')

    def compile(self, path):
        """What the compiler says, or None if it is content."""
        done = run(['ninja', '-C', self.path, self.object_of(path)[0]])
        return done.stdout if done.returncode else None

    def optimised(self, path, source):
        """What the compiler makes of a source; two of which it makes the same are one."""
        name, command = self.object_of(path)
        command = shlex.split(command)
        made = os.path.join(self.path, 'optimised.o')
        file = os.path.join(self.path, 'optimised.c')
        Path(file).write_text(source, encoding='utf-8')
        for i, word in enumerate(command):
            if word == '-O0':
                command[i] = '-O2'
            elif word == name and command[i - 1] == '-o':
                command[i] = made
            elif word.endswith('/' + path):
                command[i] = file
        done = run(command, cwd=self.path)
        return Path(made).read_bytes() if done.returncode == 0 else None

    def limits(self, seconds):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if not self.sanitize:  # whose shadow of the memory is large
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    def passes(self, test, number=0):
        env = os.environ | test.env | SANITIZER_OPTIONS | {combine.CHOICE: str(number)}
        child = subprocess.Popen(test.command, cwd=test.folder, env=env, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 start_new_session=True,
                                 preexec_fn=lambda: self.limits(test.seconds))
        alarm = threading.Timer(PATIENCE, child.kill)
        alarm.start()
        _, status, usage = os.wait4(child.pid, 0)
        alarm.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        test.used += usage.ru_utime + usage.ru_stime
        return child.returncode == 0

    def killer(self, path, near, number):
        """The first test that fails; None if all pass. Those are tried first that killed most of
        this file's mutants, then the nearest."""
        kills = self.kills.setdefault(path, collections.Counter())
        ranks = {test: test.distance(path, near) for test in self.tests}
        left = sorted(self.tests, key=lambda test: (-kills[test.name], ranks[test]))
        if self.sanitize:  # which take their time, and see what happens close by
            left = [test for test in left if ranks[test] <= NEAR]
        while left:
            some, left = left[:AT_ONCE], left[AT_ONCE:]
            self.make(some)
            for test in some:
                if not self.passes(test, number):
                    kills[test.name] += 1
                    return test.name
        return None


class Copy:
    """A copy of the tree with one build, in which at most one file differs from the tree."""

    def __init__(self, root, folder, sanitize):
        self.tree = os.path.join(folder, 'tree')
        copy_tree(root, self.tree)
        self.build = Build(self.tree, 'build', sanitize)
        self.changed, self.originals = None, {}
        self.stems = {path.stem: path.parent.name for path in Path(self.tree, 'src').glob('*/*.c')}

    def prepare(self):
        """Returns the names of tests that fail on the tree as it is; they are left out."""
        return self.build.prepare()

    def original(self, path):
        if path not in self.originals:
            self.originals[path] = Path(self.tree, path).read_text(encoding='utf-8')
        return self.originals[path]

    def change(self, path, source):
        """Put a source in the place of a file, and back what was changed before."""
        if self.changed not in (None, path):
            Path(self.tree, self.changed).write_text(self.originals[self.changed], encoding='utf-8')
        self.changed = path
        Path(self.tree, path).write_text(source, encoding='utf-8')
        self.build.made.clear()

    def put(self, path, mutants):
        """Change a file to all of some mutants. Returns {number: mutant}, and those that do not
        compile."""
        source, invalid = self.original(path), []
        numbered = dict(enumerate(mutants, 1))
        while numbered:
            self.change(path, combine.combined(source, numbered))
            said = self.build.compile(path)
            if said is None:
                break
            bad = combine.refused(said) & set(numbered)
            if not bad:
                raise Broken(said[-3000:])
            invalid += [numbered.pop(number) for number in bad]
        return numbered, invalid

    def put_one(self, mutant):
        """Change a file to one mutant, of whatever part of it. Returns whether it compiles."""
        self.change(mutant.path, mutant.apply(self.original(mutant.path)))
        return self.build.compile(mutant.path) is None

    def near(self, path):
        """Unit tests named after the layer of a file, or after another file of it."""
        layer = Path(path).parent.name
        return {test.name for test in self.build.tests if test.name.startswith(layer)
                or any(self.stems[stem] == layer and re.match(rf'{re.escape(stem)}(-|$)', test.name)
                       for stem in self.stems)}

    def killer(self, mutant, number=0):
        return self.build.killer(mutant.path, self.near(mutant.path), number)

    @functools.lru_cache
    def as_it_is(self, path):
        """The object that the compiler makes of a file of the tree."""
        return self.build.optimised(path, self.original(path))

    def is_same(self, mutant):
        made = self.build.optimised(mutant.path, mutant.apply(self.original(mutant.path)))
        return made == self.as_it_is(mutant.path)


class Bench:
    """Judges the mutants of a file. What survives without sanitizers is tried with them, on a copy
    that all benches share, if there is one."""

    def __init__(self, plain, checked, lock):
        self.plain, self.checked, self.lock = plain, checked, lock

    def tried(self, copy, mutants):
        """(mutant, verdict, by) on one copy."""
        inside = [mutant for mutant in mutants if mutant.body]
        if inside:
            numbered, invalid = copy.put(inside[0].path, inside)
            for mutant in invalid:
                yield mutant, 'invalid', None
            for number, mutant in numbered.items():
                by = copy.killer(mutant, number)
                yield mutant, 'killed' if by else 'alive', by
        for mutant in mutants:
            if not mutant.body and not copy.put_one(mutant):
                yield mutant, 'invalid', None
            elif not mutant.body:
                by = copy.killer(mutant)
                yield mutant, 'killed' if by else 'alive', by

    def judge(self, mutants):
        """(mutant, verdict, by) for mutants of one file; killed, invalid, same or alive."""
        left = []
        for mutant, verdict, by in self.tried(self.plain, mutants):
            if verdict != 'alive':
                yield mutant, verdict, by
            elif self.plain.is_same(mutant):
                yield mutant, 'same', None
            else:
                left.append(mutant)
        if not self.checked:
            yield from ((mutant, 'alive', None) for mutant in left)
        if not left or not self.checked:
            return
        with self.lock:
            for mutant, verdict, by in self.tried(self.checked, left):
                yield mutant, verdict, by + ' with sanitizers' if by else by
