# SPDX-License-Identifier: BSD-3-Clause
"""What static analyzers find in the library, the simulated host and the tools.

Arguments: gcc, clang or cppcheck; its path; a build directory, for compile_commands.json.
"""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

import tap
import tree

ANALYZER, TOOL, BUILD = sys.argv[1:4]
TOPS = ('src/', 'sim/', 'tools/')

INCLUDES, DEFINES, STANDARD, MACHINE = '-I', '-D', '-std=', '-m'
# What is run, and which options of the compiler it takes over.
COMMANDS = {
    # Without optimization: what is analyzed is what is written.
    'gcc': (['-c', '-O0', '-fanalyzer', '-fdiagnostics-plain-output', '-o', os.devnull],
            (INCLUDES, DEFINES, STANDARD, MACHINE)),
    'clang': (['--analyze', '--analyzer-output', 'text', '-o', os.devnull],
              (INCLUDES, DEFINES, STANDARD, MACHINE)),
    'cppcheck': (['--quiet', '--std=c11', '--enable=warning,portability,performance',
                  '--inconclusive', '--template={file}:{line}:{column}: warning: {message} [{id}]'],
                 (INCLUDES, DEFINES)),
}

# (analyzer, path, kind, the line it points at): why it is wrong.
EXCUSED = {
    ('clang', 'sim/tree.c', 'core.NullDereference', 'node->group = node->device->group;'):
        'a node of this kind always has its device; only those of other kinds lose it',
}

SAMPLE = '''#include <stdlib.h>
int f(int n);
int f(int n)
{
    int *p = malloc(sizeof *p * 4);

    if (!p)
        *p = 3;
    return p[n];
}
'''
# The kind that each analyzer has to find in the sample.
KNOWN = {'gcc': '-Wanalyzer-null-dereference', 'clang': 'core.NullDereference',
         'cppcheck': 'nullPointerRedundantCheck'}


def findings(path, text, directory=tree.ROOT, options=()):
    """(kind, line number, the line, message) of each finding in a file with a text."""
    command, _ = COMMANDS[ANALYZER]
    done = subprocess.run([TOOL, *command, *options, path], cwd=directory, capture_output=True,
                          text=True, check=False)
    said = done.stdout + done.stderr
    found = set()
    for number, message, kind in re.findall(
            r'^[^\s:]+:(\d+):\d+: (?:warning|error): (.*?)(?: \[([^\[\]]+)\])?$', said,
            re.MULTILINE):
        line = text.split('\n')[int(number) - 1].strip()
        found.add((kind, int(number), line, message))
    if done.returncode and not found:
        found.add(('failed', 0, '', said))
    return found


def sources():
    """{path: {(directory, options)}} of all C files, for each way in which users get them."""
    with open(os.path.join(BUILD, 'compile_commands.json'), encoding='utf-8') as file:
        commands = json.load(file)
    known = {}
    for command in commands:
        path = os.path.relpath(os.path.join(command['directory'], command['file']), tree.ROOT)
        if path.startswith(TOPS) and command['output'].startswith(TOPS):
            options = [option for option in shlex.split(command['command'])[1:]
                       if option.startswith(COMMANDS[ANALYZER][1])]
            options = [option for option in options if not option.endswith('.p')]
            known.setdefault(path, set()).add((command['directory'], tuple(options)))
    return known


class Analyzer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sources = sources()
        jobs = [(path, *way) for path, ways in cls.sources.items() for way in sorted(ways)]
        cls.found = {path: set() for path in cls.sources}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(lambda job: findings(tree.ROOT / job[0], tree.read(job[0]), *job[1:]),
                             jobs)
            for (path, *_), some in zip(jobs, found):
                cls.found[path] |= some

    def test_faults_are_found(self):
        with tempfile.NamedTemporaryFile('w', suffix='.c') as file:
            file.write(SAMPLE)
            file.flush()
            self.assertIn(KNOWN[ANALYZER], [kind for kind, *_ in findings(file.name, SAMPLE)])

    def test_every_file_is_analyzed(self):
        for path in tree.c_files('src', 'sim'):
            if path.endswith('.c'):
                self.assertIn(path, self.sources)

    def test_a_file_that_is_compiled_again_for_vectors_is_analyzed_both_ways(self):
        ways = self.sources['src/space/tree.c']
        has_vector = any('-DIOVA_TREE_HAS_VECTOR' in options for _, options in ways)
        self.assertEqual(len(ways), 2 if has_vector else 1)

    def test_nothing_is_found(self):
        for path, found in self.found.items():
            for kind, number, line, message in sorted(found):
                if (ANALYZER, path, kind, line) not in EXCUSED:
                    with self.subTest(f'{path}:{number}'):
                        self.fail(f'{line}: {message} [{kind}]')

    def test_every_excuse_is_needed(self):
        found = {(ANALYZER, path, kind, line) for path, all_found in self.found.items()
                 for kind, _, line, _ in all_found}
        self.assertEqual({excuse for excuse in EXCUSED if excuse[0] == ANALYZER} - found, set())


tap.run(sys.modules[__name__])
