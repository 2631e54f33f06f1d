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
            # The model is for users of the library, which knows nothing of it.
            fine = quoted == '<' and (first in {'libiova', own} or name in ('stddef.h', 'stdint.h'))
        elif quoted == '"':
            fine = is_upwards(own, first)
        else:
            # The layouts of the kernel that are used stand in uapi/, in words of our own.
            fine = first not in ('linux', 'asm', 'libiova-sim')
        if not fine:
            yield line


def shared_includes(text):
    """What a file of the model includes of the library."""
    names = re.findall(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]*)[>"]', tree.code(text, strings=True),
                       re.MULTILINE)
    return {name for name in names if name.split('/')[0] in ('libiova', *tree.LAYERS)}


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
                           ('src/sys/a.c', '#include <libiova-sim/life.h>'),
                           ('include/libiova/a.h', '#include <sys/types.h>'),
                           ('include/libiova/a.h', '#include <libiova-sim/sim.h>'),
                           ('include/libiova-sim/a.h', '#include "sim.h"'),
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

    def test_the_model_keeps_its_own_opinion(self):
        self.assertEqual(shared_includes('#include <libiova/set.h>\n#include "set/set.h"\n'
                                         '#include "state.h"\n#include <set.h>\n'),
                         {'libiova/set.h', 'set/set.h'})
        found = set().union(*(shared_includes(tree.read(path)) for path in tree.c_files('sim')))
        self.assertEqual(found, {'base/opts.h', 'uapi/iommufd.h', 'uapi/vfio.h'})

    def test_calls_go_upwards(self):
        symbols = objects.symbols(NM, ARCHIVE)
        sources = {path.split('/', 1)[1].replace('/', '_')
                   for path in tree.c_files('src') if path.endswith('.c')}
        self.assertEqual(set(symbols), sources, 'objects in the archive, and files of src/')
        self.assertEqual(list(bad_calls(symbols)), [])


tap.run(sys.modules[__name__])
