# SPDX-License-Identifier: BSD-3-Clause
"""The comment of each public function says all that a caller has to know, in the same order."""
import errno
import re
import sys
import unittest

import headers
import tap
import tree

ORDER = ['param', 'return', 'err', 'onfail', 'mt', 'kernel', 'since']
ONCE = ['onfail', 'mt', 'since']


def listed_errors():
    """The names of doc/errors.md."""
    path = tree.ROOT / 'doc' / 'errors.md'
    return set(re.findall(r'\bE[A-Z0-9]{2,}\b', path.read_text(encoding='utf-8')))


def problems(function, versions):
    if function.doc is None:
        yield 'no comment'
        return
    fields = re.findall(r'^@(\w+)(\{\w+\})?[ \t]*([^\s]*)(.*)', function.doc, re.MULTILINE)
    tags = [field[0] for field in fields]
    if not re.match(r'[A-Z"]', function.doc):
        yield 'it has to begin with a sentence'
    if [field[2] for field in fields if field[0] == 'param'] != function.parameters:
        yield f'@param of {function.parameters}, in this order'
    if tags.count('return') != (function.result != 'void'):
        yield '@return, once, unless nothing is returned'
    for tag in ONCE:
        if tags.count(tag) != 1:
            yield f'@{tag}, once'
    if set(tags) - set(ORDER):
        yield f'unknown fields {set(tags) - set(ORDER)}'
    elif tags != sorted(tags, key=ORDER.index):
        yield f'the order of the fields is {ORDER}'
    errors = [field[1].strip('{}') for field in fields if field[0] == 'err']
    if len(errors) != len(set(errors)):
        yield 'an errno has one @err'
    for name in errors:
        if not hasattr(errno, name):
            yield f'{name} is no errno'
    if ('negative errno' in function.doc) != bool(errors):
        yield '@err for each errno, where one is returned'
    for tag, _, word, rest in fields:
        if tag in ('param', 'err', 'return', 'onfail') and not (word if tag in ('return', 'onfail')
                                                                 else rest.strip() or word):
            yield f'@{tag} says nothing'
        if tag == 'since' and word not in versions:
            yield f'@since {word} is no node of the version script'
        if tag == 'mt':
            races = re.fullmatch(r'(?:MT-Safe|MT-Unsafe)((?: \w+:\w+)*)', (word + rest).strip())
            if not races:
                yield '@mt in the words of attributes(7)'
            elif not {race.split(':')[1] for race in races.group(1).split()} <= \
                    set(function.parameters):
                yield '@mt names what is no parameter'


GOOD = '''/**
 * Do it.
 *
 * @param a  the first
 * @param b  the second
 * @return 0, or a negative errno:
 * @err{EINVAL}  a is 0
 * @onfail  nothing
 * @mt      MT-Safe race:b
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_do(int a,
                                   char (*b)[4]);
'''


class Comments(unittest.TestCase):
    def check(self, text):
        function, = headers.functions_of('a.h', text)
        return list(problems(function, {'0.1'}))

    def test_a_good_comment_passes(self):
        self.assertEqual(self.check(GOOD), [])
        self.assertEqual(self.check(GOOD.replace('int iova', 'void iova')), ['@return, once, unless '
                                                                             'nothing is returned'])

    def test_what_is_missing_or_wrong_is_found(self):
        for line in GOOD.split('\n')[3:10]:
            self.assertTrue(self.check(GOOD.replace(line + '\n', '')), line)
        for old, new in (('param a', 'param c'), ('EINVAL', 'EWRONG'), ('race:b', 'race:d'),
                         ('MT-Safe', 'safe'), ('0.1', '0.9'), ('@mt', '@thread'),
                         ('/**', '/*'), (' * @onfail  nothing\n', ' * @onfail\n'),
                         ('@err{EINVAL}  a is 0', '@err{EINVAL}\n * @err{EINVAL}')):
            self.assertTrue(self.check(GOOD.replace(old, new)), new)

    def test_every_function(self):
        for library, (_, script) in headers.LIBRARIES.items():
            versions = set(re.findall(r'^LIBIOVA(?:_SIM)?_([\d.]+) \{', tree.read(script),
                                      re.MULTILINE))
            functions = headers.functions(library)
            self.assertGreater(len(functions), 30)
            for function in functions:
                with self.subTest(function.name):
                    self.assertEqual(list(problems(function, versions)), [])

    def test_every_errno_is_in_the_list(self):
        listed = listed_errors()
        for function in headers.functions():
            named = set(re.findall(r'^@err\{(\w+)\}', function.doc or '', re.MULTILINE))
            with self.subTest(function.name):
                self.assertEqual(named - listed, set())

    def test_a_space_may_be_read_beside_the_thread_that_changes_it(self):
        words = {'const struct iova_space *space': 'MT-Safe',
                 'struct iova_space *space': 'MT-Safe race:space'}
        functions = [function for function in headers.functions() if 'space' in function.parameters
                     and function.name != 'iova_space_free']
        self.assertGreater(len(functions), 20)
        for function in functions:
            first = re.search(r'\(((?:const )?struct iova_space \*space)\b', function.declaration)
            with self.subTest(function.name):
                self.assertEqual(re.findall(r'^@mt\s+(.*)', function.doc, re.MULTILINE),
                                 [words[first.group(1)]])

    def test_every_header_says_what_it_is_for(self):
        for path in headers.names():
            with self.subTest(path):
                self.assertRegex(tree.read(path), r'/\*\*\n \* @file\n \* \S')


tap.run(sys.modules[__name__])
