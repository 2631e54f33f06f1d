# SPDX-License-Identifier: BSD-3-Clause
"""What holds for every text file: its licence, white space, characters, and nothing of the machine
or the moment it was written on."""
import re
import sys
import unittest

import tap
import tree

# Recorded and made data: bytes that are as they are.
DATA = ('tests/data/caps/', 'tests/data/machines', 'tests/data/regions/', 'tests/data/expected/',
        'tests/fuzz/corpus/', 'tests/vm/bases/', 'tests/abi/libiova.abi', 'tests/abi/libiova-sim.abi')
# Texts to be read as they are, and the licence itself.
WITHOUT_LICENCE = re.compile(r'LICENSE|LICENSES/.*|.*\.md|\.gitignore')
# Prose may use what characters it likes, and the drawing has to.
WITH_UNICODE = re.compile(r'doc/.*|.*\.md|tools/iovactl/draw\.c|tests/data/test-iovactl-drawing\.py')
SPACES_ONLY = re.compile(r'.*\.(py|build|ini|txt|sh)|scripts/.*|\.clang-format|\.editorconfig')
# The last one names the dialects of XML, and is never asked.
HOSTS = ('kernel.org', 'debian.org', 'gitlab.com', 'github.com', 'w3.org')

WORDS = 'TO' + 'DO|FIX' + 'ME|X' + 'XX|HA' + 'CK'


def problems(path, text):
    """(line, what is wrong) for one file."""
    if not text.endswith('\n') or text.endswith('\n\n'):
        yield text.count('\n'), 'the file has to be closed by one newline'
    if not WITHOUT_LICENCE.fullmatch(path):
        first = text.split('\n')[:3]
        if not any('SPDX-License-Identifier: BSD-3-Clause' in line for line in first):
            yield 1, 'no SPDX line at the top'
    for number, line in enumerate(text.split('\n'), 1):
        if re.search(r'[ \t\r\f\v]$', line):
            yield number, 'blanks at the end of the line'
        if re.search(r'[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]',
                     line):
            yield number, 'an invisible character'
        if not line.isascii() and not WITH_UNICODE.fullmatch(path):
            yield number, 'not ASCII'
        if '\t' in line.removeprefix('#\t') and SPACES_ONLY.fullmatch(path):
            yield number, 'a tab'
        if path.endswith(('.c', '.h', '.map')):
            if re.match(r'\t* {8}', line) or re.match(r'\t* +\t', line):
                yield number, 'spaces where a tab belongs'
            if re.match(r' (?!\*)', line):
                yield number, 'an indentation that is no tab'
        if re.search(rf'\b({WORDS})\b', line):
            yield number, 'what is left to do stands in the issues'
        if re.search(r'''(^|[\s"'=:(])/(work|home|root|Users|mnt)/''', line):
            yield number, 'a path of one machine'
        for host in re.findall(r'\b(?:https?|ftp|git|ssh)://(?:[^/@\s]*@)?([\w.-]+)', line):
            if not ('.' + host).endswith(tuple('.' + known for known in HOSTS)):
                yield number, f'the host {host}'


class Text(unittest.TestCase):
    def test_a_bad_file_is_found(self):
        licence = '/* SPDX-License-Identifier: BSD-3-Clause */\n'
        self.assertEqual(list(problems('src/a.c', licence + '\tx(); /* https://www.kernel.org/ */\n'
                                       ' * y\n')), [])
        for bad in ('x \n', '\n', '\u00e4\n', '\u200b\n', '        x\n', '  x\n', '\t \tx\n',
                    f'/* {WORDS[:4]} */\n', '"/' + 'home/me"\n', 'http:' + '//x.example/\n', 'x\r\n'):
            self.assertTrue(list(problems('src/a.c', licence + bad)), repr(bad))
        self.assertTrue(list(problems('src/a.c', licence + 'x')))
        self.assertTrue(list(problems('src/a.c', 'x\n')))
        self.assertTrue(list(problems('tests/a.py', '# ' + licence + '\tx\n')))

    def test_every_text_file(self):
        for path in tree.files():
            if not path.startswith(DATA):
                with self.subTest(path):
                    self.assertEqual(list(problems(path, tree.read(path))), [])


tap.run(sys.modules[__name__])
