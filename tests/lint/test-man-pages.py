# SPDX-License-Identifier: BSD-3-Clause
"""Each exported function has a manual page that names it and shows it as the header declares it."""
import re
import sys
import unittest

import headers
import tap
import tree


def section(page, title):
    match = re.search(rf'^# {title}\n(.*?)(?=^# |\Z)', page, re.DOTALL | re.MULTILINE)
    return match.group(1) if match else ''


def names(page):
    """The functions that a page is about: the words of NAME before the dash."""
    return re.findall(r'\w+', section(page, 'NAME').split(' - ')[0].replace('\\', ''))


def squeeze(text):
    """Of a declaration only what no markup and no line break changes."""
    return re.sub(r'[\s*_\\`]', '', text)


def problems(pages, functions):
    """pages: {file: text}; functions: {name: declaration}."""
    homes = {}
    for path, page in pages.items():
        if path.split('/')[-1] != page.split('(')[0] + '.3.scd' or page.split('(')[0] not in names(page):
            yield f'{path} has another title'
        shown = squeeze(section(page, 'SYNOPSIS'))
        for name in names(page):
            if name in homes:
                yield f'{name} is in {homes[name]} and in {path}'
            homes[name] = path
            if name not in functions:
                yield f'{path} names {name}, which is not exported'
            elif squeeze(functions[name]) + ';' not in shown:
                yield f'{path} does not show: {functions[name]};'
    for name in functions.keys() - homes.keys():
        yield f'{name} has no page'


class ManPages(unittest.TestCase):
    def test_what_is_missing_or_wrong_is_found(self):
        page = 'iova_do(3)\n\n# NAME\n\niova_do, iova_undo - do\n\n# SYNOPSIS\n\n' \
               '*int iova_do(int* _a_*, char \\**_b_*);*\n*void iova_undo(void);*\n\n# DESCRIPTION\n'
        functions = {'iova_do': 'int iova_do(int a, char *b)', 'iova_undo': 'void iova_undo(void)'}
        self.assertEqual(list(problems({'iova_do.3.scd': page}, functions)), [])
        self.assertTrue(list(problems({}, functions)))
        self.assertTrue(list(problems({'iova_do.3.scd': page, 'iova_undo.3.scd': page}, functions)))
        for old, new in ((', iova_undo', ''), ('iova_undo', 'iova_redo'), ('_a_', '_b_'),
                         ('iova_do(3)', 'iova_undo(3)')):
            self.assertTrue(list(problems({'iova_do.3.scd': page.replace(old, new)}, functions)), new)

    def test_every_function(self):
        pages = {path: tree.read(path) for path in tree.files()
                 if path.startswith('doc/man/') and path.endswith('.3.scd')}
        functions = {function.name: function.declaration for function in headers.functions()}
        self.assertEqual(sorted(problems(pages, functions)), [])


tap.run(sys.modules[__name__])
