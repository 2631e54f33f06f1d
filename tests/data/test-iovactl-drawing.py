# SPDX-License-Identifier: BSD-3-Clause
"""
What iovactl shows to people: kept output of two machines, and rules that hold for all.
With the word "update" after the program the kept output is written anew, to be read in the diff.
"""
import os
import re
import sys
import unittest

import tap
from iovactl import HERE, LAST, MADE, RECORDED, machines, made, number, run, run_json

KEPT = {
    'desktop.txt': (['show', '--root', made('desktop')], {}),
    'amd-strict-ascii.txt': (['show', '--root', made('amd'), '--policy', 'strict', '--width', 48],
                             {'locale': 'C', 'columns': 100}),
}
FILL = {'usable': '█', 'avoid': '▒', 'refused': '░'}
BAR = re.compile(r'^ {19}│ (.) ([█▒░]+) +(\S+)(?:  (.*))?$')
BORDER = re.compile(r'^ *(0x[0-9a-f]+) [┐┤┘]$')


def kept_path(name):
    return os.path.join(HERE, 'expected', name)


def drawing(text):
    return text[text.index('\nAddress space') + 1:].splitlines()


def segments(root, *args):
    """(start, last, tier), highest first, as the drawing must have them."""
    _, document = run_json('show', '--root', root, *args)
    found = [(number(each['start']), number(each['last']), tier)
             for tier in FILL for each in document[tier]]
    return sorted(found, reverse=True)


class Kept(unittest.TestCase):
    def test_the_output_is_as_kept(self):
        self.maxDiff = None
        for name, (args, how) in KEPT.items():
            with open(kept_path(name), encoding='utf-8') as file:
                self.assertEqual(run(*args, **how).stdout, file.read())


class Drawing(unittest.TestCase):
    def bars(self, lines):
        return [match for match in map(BAR.match, lines) if match]

    def test_each_segment_has_its_bar_between_its_borders(self):
        for root in machines():
            self.at = root
            lines = drawing(run('show', '--root', root).stdout)
            expected = segments(root)
            borders = [int(match[1], 16) for match in map(BORDER.match, lines) if match]
            tiers = [match[2][0] for match in self.bars(lines)]
            # usable neighbours may be drawn apart where their reasons differ; not so by default
            self.assertEqual(borders, [LAST] + [start for start, _, _ in expected])
            self.assertEqual(tiers, [FILL[tier] for _, _, tier in expected])
            for match in self.bars(lines):
                self.assertEqual(len(set(match[2])), 1)

    def test_bars_grow_with_the_size_and_a_mebibyte_is_seen(self):
        for root in machines():
            self.at = root
            bars = self.bars(drawing(run('show', '--root', root).stdout))
            lengths = sorted((last - start, len(match[2]))
                             for (start, last, _), match in zip(segments(root), bars))
            self.assertEqual([columns for _, columns in lengths],
                             sorted(columns for _, columns in lengths))
            for length, columns in lengths:
                self.assertGreaterEqual(columns, 3 if length + 1 >= 1 << 20 else 1)
            self.assertGreaterEqual(lengths[-1][1], 4 * min(columns for _, columns in lengths))

    def test_the_strip_has_two_columns_for_each_segment_and_its_letter_below(self):
        for columns in (60, 80, 132, 250):
            lines = drawing(run('show', '--root', made('overlap'), columns=columns).stdout)
            strip, letters = lines[-2], lines[-1]
            runs = [(match.start(), match.group()) for match in re.finditer(r'[a-z] *', letters)]
            self.assertEqual([text[0] for _, text in runs],
                             sorted(match[1] for match in self.bars(lines)))
            self.assertEqual(len(strip), columns - 2)
            for (at, _), (start, last, tier) in zip(runs, reversed(segments(made('overlap')))):
                self.assertEqual(strip[at:at + 2], 2 * FILL[tier], (start, last))

    def test_nothing_is_wider_than_the_terminal(self):
        for root in machines():
            for columns in (60, 80, 100, 200):
                for locale in ('C.UTF-8', 'C'):
                    text = run('show', '--root', root, columns=columns, locale=locale).stdout
                    tables, picture = text.split('\nAddress space', 1)
                    self.at = f'{root} {columns}'
                    # device and driver names are never cut, however narrow the terminal
                    lines = picture.splitlines()[1:]
                    if columns >= 80:
                        lines += tables[tables.index('Reserved regions'):].splitlines()
                    self.assertEqual([line for line in lines if len(line.rstrip()) > columns], [])

    def test_a_locale_without_utf8_gets_ascii(self):
        for root in machines():
            text = run('show', '--root', root, locale='C').stdout
            self.assertTrue(text.isascii())
            self.assertRegex(text, r'\n {19}\| a [#~.]+ ')

    def test_colour_changes_nothing_but_colour(self):
        for root in machines():
            plain = run('show', '--root', root).stdout
            self.assertNotIn('\033', plain)
            colored = run('show', '--root', root, '--color=always', more={'NO_COLOR': '1'}).stdout
            self.assertIn('\033[31m', colored)
            bare = re.sub('\033\\[[0-9;]*m', '', colored)
            self.assertEqual(re.sub(' +\n', '\n', bare), plain)  # blanks may be coloured
            self.assertEqual(run('show', '--root', root, '--color=never').stdout, plain)

    def test_a_terminal_gets_colour_unless_it_is_refused(self):
        for more, colored in (({}, True), ({'NO_COLOR': '1'}, False), ({'NO_COLOR': ''}, True),
                              ({'TERM': 'dumb'}, False)):
            text = self.on_terminal(more)
            self.assertEqual('\033[31m' in text, colored, more)

    @staticmethod
    def on_terminal(more):
        import pty
        reading, writing = pty.openpty()
        code = ('import os, subprocess, sys; '
                'sys.exit(subprocess.run(sys.argv[1:], check=False).returncode)')
        import subprocess
        environment = {**os.environ, 'LC_ALL': 'C.UTF-8', 'TERM': 'xterm', **more}
        if 'NO_COLOR' not in more:
            environment.pop('NO_COLOR', None)
        with subprocess.Popen([sys.executable, '-c', code, sys.argv[1], 'show', '--root',
                               made('arm')], stdout=writing, env=environment) as child:
            os.close(writing)
            found = b''
            while True:
                try:
                    some = os.read(reading, 65536)
                except OSError:
                    break
                if not some:
                    break
                found += some
            child.wait()
        os.close(reading)
        return found.decode()


class Tables(unittest.TestCase):
    def test_the_driver_that_blocks_is_named(self):
        text = run('show', '--root', made('desktop'), '--group', 4).stdout
        self.assertRegex(text, r'4 DMA-FQ 0000:02:00\.0 144d:a808 NVMe +nvme +blocks: driver nvme')
        self.assertNotIn('0000:00:1f.0', text)

    def test_doubt_is_not_shown_as_nothing(self):
        for name, word in (('missing', 'missing'), ('malformed', 'malformed'),
                           ('truncated', 'truncated'), ('empty', 'empty'),
                           ('unreadable', 'unreadable (EISDIR)')):
            self.assertIn(f'group 1: reserved_regions {word}\n',
                          run('show', '--root', made(name)).stdout)

    def test_reasons_name_the_groups(self):
        text = run('show', '--root', made('desktop')).stdout
        self.assertIn('msi (groups 0-5)', text)
        self.assertIn('(group 5)', text)


def update():
    os.makedirs(os.path.dirname(kept_path('')), exist_ok=True)
    for name, (args, how) in KEPT.items():
        with open(kept_path(name), 'w', encoding='utf-8') as file:
            file.write(run(*args, **how).stdout)


if __name__ == '__main__':
    if sys.argv[2:] == ['update']:
        update()
    else:
        tap.run(sys.modules['__main__'])
