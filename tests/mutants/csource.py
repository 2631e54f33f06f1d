# SPDX-License-Identifier: BSD-3-Clause
"""C as this tree lays it out, cut into tokens, functions and statements.

No parser: it leans on clang-format, which puts blanks around a binary operator and none behind a
unary one, and on braces that stand where kernel style wants them.
"""
import re

TOKEN = re.compile(r'''
    (?P<blank>\s+|/\*.*?\*/|\\\n)
  | (?P<string>"(?:\\.|[^"\\\n])*")
  | (?P<char>'(?:\\.|[^'\\\n])*')
  | (?P<number>\.?[0-9](?:[eEpP][+-]|[\w.])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|[<>=!+\-*/%&|^]=|&&|\|\||[^\s\w])
''', re.VERBOSE | re.DOTALL)

DIRECTIVE = re.compile(r'^#[ \t]*(\w+)(?:[^\n\\]|\\\n?)*', re.MULTILINE)
CLOSING = {'(': ')', '[': ']', '{': '}'}
HEADS = ('if', 'while', 'for', 'switch')


class Token:
    def __init__(self, kind, text, start):
        self.kind, self.text, self.start = kind, text, start

    @property
    def behind(self):
        return self.start + len(self.text)


def tokens(text, start=0):
    """The tokens of a text; start is where it lies in its file."""
    for match in TOKEN.finditer(text):
        if match.lastgroup != 'blank':
            yield Token(match.lastgroup, match.group(), start + match.start())


def mate(items):
    """{index: index} of brackets that belong together, both ways."""
    pairs, opened = {}, []
    for i, token in enumerate(items):
        if token.text in CLOSING and token.kind == 'mark':
            opened.append(i)
        elif token.text in CLOSING.values() and token.kind == 'mark' and opened:
            pairs[i] = opened.pop()
            pairs[pairs[i]] = i
    return pairs


class Region:
    """Tokens that may be changed, under one name: a function, a macro, a table."""

    def __init__(self, name, source, items):
        self.name, self.source, self.items = name, source, items
        self.pairs = mate(items)

    def text(self, first, last):
        return self.source[self.items[first].start:self.items[last].behind]


def macros(source):
    for match in re.finditer(r'^#define (\w+) ((?:[^\n\\]|\\\n?)+)', source, re.MULTILINE):
        yield Region(match.group(1), source, list(tokens(match.group(2), match.start(2))))


def is_whole(text):
    items = list(tokens(text))
    return len(mate(items)) == sum(token.text in '()[]{}' for token in items)


def blanked(source, start, behind):
    return source[:start] + re.sub(r'\S', ' ', source[start:behind]) + source[behind:]


def without_directives(source):
    """Of branches that each open or close what the others do too, only the first is left."""
    opened = []
    for found in DIRECTIVE.finditer(source):
        word = found.group(1)
        source = blanked(source, *found.span())
        if word in ('if', 'ifdef', 'ifndef'):
            opened.append([found.end()])
        elif word in ('else', 'elif') and opened:
            opened[-1] += [found.start(), found.end()]
        elif word == 'endif' and opened:
            marks = opened.pop() + [found.start()]
            branches = list(zip(marks[::2], marks[1::2]))
            if not all(is_whole(source[start:behind]) for start, behind in branches):
                for start, behind in branches[1:]:
                    source = blanked(source, start, behind)
    return source


def regions(source):
    """Macros with a value, function bodies, and tables at the top of the file."""
    yield from macros(source)
    source = without_directives(source)
    items = list(tokens(source))
    pairs, name, i = mate(items), '', 0
    while i < len(items):
        token = items[i]
        if token.text == '{':
            before = items[i - 1].text
            if before == '=' and items[i - 2].kind == 'word':
                name = items[i - 2].text
            if before in (')', '='):
                yield Region(name, source, items[i:pairs[i] + 1])
            i = pairs[i]
        elif token.text in '([':
            name = items[i - 1].text
            i = pairs[i]
        i += 1


def statements(region):
    """(first, last) of each statement or head of one in a function: without what it controls."""
    items, pairs, found = region.items, region.pairs, []
    i, limit = 1, len(items) - 1
    while i < limit:
        text = items[i].text
        if text in HEADS and items[i + 1].text == '(':
            last = pairs[i + 1]
            if text == 'while' and items[last + 1].text == ';' and items[i - 1].text == '}':
                found.append((i, last))
                i = last + 2
                continue
            found.append((i, last))
            i = last + 1
        elif text in ('{', '}', ';', 'else', 'do'):
            i += 1
        elif text in ('case', 'default') or items[i + 1].text == ':':
            while items[i].text != ':':
                i += 1
            i += 1
        else:
            last = i
            while items[last].text != ';':
                last = pairs[last] + 1 if items[last].text in CLOSING else last + 1
            found.append((i, last))
            i = last + 1
    return found
