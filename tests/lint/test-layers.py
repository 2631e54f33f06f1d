# SPDX-License-Identifier: BSD-3-Clause
"""Each layer of src/ includes and calls only itself and those before it. Arguments: nm, archive."""
import re
import sys
import unittest

import objects
import tap
import tree

NM, ARCHIVE = sys.argv[1:3]


def is_upwards(user, used):
    return used in tree.LAYERS and tree.LAYERS.index(used) <= tree.LAYERS.index(user)


def bad_includes(path, text):
    """The includes of one file that go the wrong way, or out of the library altogether."""
    top, own = path.split('/')[0], path.split('/')[1]
    for line, quoted, name in re.findall(r'^([ \t]*#[ \t]*include[ \t]*([<"])([^>"]*)[>"])',
                                         tree.code(text, strings=True), re.MULTILINE):
        first = name.split('/')[0]
        if top == 'include':
            fine = quoted == '<' and (first == 'libiova' or name in ('stddef.h', 'stdint.h'))
        elif quoted == '"':
            fine = is_upwards(own, first)
        else:
            # The layouts of the kernel that are used stand in uapi/, in words of our own.
            fine = first not in ('linux', 'asm')
        if not fine:
            yield line


def bad_calls(symbols):
    """(user, used, name) of each function that is wanted from a layer further down."""
    homes = {name: member for member, (defined, _) in symbols.items() for name in defined}
    for member, (_, wanted) in sorted(symbols.items()):
        for name in sorted(wanted & homes.keys()):
            if not is_upwards(objects.layer(member), objects.layer(homes[name])):
                yield member, homes[name], name


class Layers(unittest.TestCase):
    def test_a_bad_include_is_found(self):
        for path, line in (('src/set/a.c', '#include "space/space.h"'),
                           ('src/set/a.c', '#include "nowhere/a.h"'),
                           ('src/set/a.c', '#include "set.h"'),
                           ('src/backend/a.c', '#include <linux/vfio.h>'),
                           ('include/libiova/a.h', '#include <sys/types.h>'),
                           ('include/libiova/a.h', '#include "base/range.h"')):
            self.assertEqual(list(bad_includes(path, f'#include <stddef.h>\n{line}\n')), [line])

    def test_a_good_include_is_not(self):
        self.assertEqual(list(bad_includes('src/host/a.c', '#include "host/host.h"\n'
                                           '#include "base/range.h"\n#include <libiova/set.h>\n'
                                           '/*\n#include "context/context.h"\n*/\n')), [])

    def test_a_bad_call_is_found(self):
        symbols = {'set_a.c': ({'f'}, {'g'}), 'space_b.c': ({'g'}, {'f'})}
        self.assertEqual(list(bad_calls(symbols)), [('set_a.c', 'space_b.c', 'g')])

    def test_every_folder_of_src_is_a_layer(self):
        folders = {path.split('/')[1] for path in tree.c_files('src')}
        self.assertEqual(folders, set(tree.LAYERS))

    def test_includes_go_upwards(self):
        for path in tree.c_files('include', 'src'):
            with self.subTest(path):
                self.assertEqual(list(bad_includes(path, tree.read(path))), [])

    def test_calls_go_upwards(self):
        symbols = objects.symbols(NM, ARCHIVE)
        sources = {path.split('/', 1)[1].replace('/', '_')
                   for path in tree.c_files('src') if path.endswith('.c')}
        self.assertEqual(set(symbols), sources, 'objects in the archive, and files of src/')
        self.assertEqual(list(bad_calls(symbols)), [])


tap.run(sys.modules[__name__])
