# SPDX-License-Identifier: BSD-3-Clause
"""The headers, the version script and the libraries name the same functions.
Arguments: nm, "libiova" or "libiova-sim", then its shared library, its static one, or both."""
import re
import subprocess
import sys
import unittest

import headers
import tap
import tree

NM, NAME, LIBRARIES = sys.argv[1], sys.argv[2], sys.argv[3:]
# What a static library defines for itself is in the way of its users' names.
OWN = {'libiova': r'iova_\w+_', 'libiova-sim': r'(?:iova|sim)_\w+_'}[NAME]
PREFIX = {'libiova': 'iova_(?!sim_)', 'libiova-sim': 'iova_sim_'}[NAME]


def script_nodes(text):
    """[(node, [names])] of a version script, without its local part."""
    text = tree.code(text)
    return [(node, re.findall(r'\w+', body.replace('global:', '').split('local:')[0]))
            for node, body in re.findall(r'(\w[\w.]*) \{(.*?)\}', text, re.DOTALL)]


def exported(library):
    """{name: node} of a shared library, without the nodes themselves."""
    out = subprocess.run([NM, '-D', '--defined-only', library], check=True, capture_output=True,
                         text=True).stdout
    pairs = [line.split()[2] for line in out.splitlines() if line.split()[1] != 'A']
    return {pair.split('@')[0]: pair.split('@')[-1] for pair in pairs}


def defined(library):
    out = subprocess.run([NM, '-g', '--defined-only', library], check=True, capture_output=True,
                         text=True).stdout
    return {line.split()[2] for line in out.splitlines() if len(line.split()) == 3}


class Symbols(unittest.TestCase):
    maxDiff = None
    declared = {function.name for function in headers.functions(NAME)}
    nodes = script_nodes(tree.read(headers.LIBRARIES[NAME].script))

    def test_a_script_is_read(self):
        self.assertEqual(script_nodes('/* x; */\nA_0.1 {\nglobal:\n\ta;\n\tb;\nlocal:\n\t*;\n};\n'
                                      'A_0.2 {\n\tc;\n} A_0.1;\n'),
                         [('A_0.1', ['a', 'b']), ('A_0.2', ['c'])])

    def test_headers_and_script_agree(self):
        named = [name for _, names in self.nodes for name in names]
        self.assertEqual(len(named), len(set(named)), 'a name stands twice in the script')
        self.assertEqual(self.declared, set(named))

    def test_the_script_is_sorted_and_its_nodes_are_releases(self):
        for node, names in self.nodes:
            self.assertRegex(node, rf'^{NAME.upper().replace("-", "_")}_\d+\.\d+$')
            self.assertEqual(names, sorted(names))

    def test_names_begin_with_that_of_the_library(self):
        self.assertEqual([name for name in self.declared if not re.match(PREFIX, name)], [])

    def test_the_shared_library_exports_them_and_nothing_else(self):
        for library in LIBRARIES:
            if '.so' in library:
                self.assertEqual(exported(library), {name: node for node, names in self.nodes
                                                     for name in names})

    def test_the_static_library_defines_them(self):
        for library in LIBRARIES:
            if library.endswith('.a'):
                self.assertEqual(self.declared - defined(library), set())

    def test_what_the_static_library_defines_beside_them_has_our_prefix(self):
        for library in LIBRARIES:
            if library.endswith('.a'):
                others = {name for name in defined(library) - self.declared
                          if not re.match(r'__|\.|DW\.', name)}
                self.assertEqual({name for name in others if not re.fullmatch(OWN, name)}, set())

    def test_there_is_no_state_outside_of_objects(self):
        for library in LIBRARIES:
            if library.endswith('.a'):
                out = subprocess.run([NM, '--defined-only', library], check=True,
                                     capture_output=True, text=True).stdout
                self.assertEqual(re.findall(r'^[0-9a-f]+ [bBC] (?!__)(.+)', out, re.MULTILINE), [])

    def test_the_static_library_is_whole(self):
        for library in LIBRARIES:
            if library.endswith('.a'):
                with open(library, 'rb') as file:
                    self.assertEqual(file.read(8), b'!<arch>\n', 'a thin archive cannot be installed')


tap.run(sys.modules[__name__])
