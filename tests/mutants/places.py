# SPDX-License-Identifier: BSD-3-Clause
"""Small changes of a C file, each of which some test should notice."""
import re

import csource

ARROWS = {'<': ('<=', '>='), '<=': ('<', '>'), '>': ('>=', '<='), '>=': ('>', '<'),
          '==': ('!=',), '!=': ('==',)}
SWAPPED = {'+': '-', '-': '+', '*': '/', '/': '*', '<<': '>>', '>>': '<<', '&': '|', '|': '&',
           '&&': '||', '||': '&&', '+=': '-=', '-=': '+=', '|=': '&=', '&=': '|=', '<<=': '>>=',
           '>>=': '<<=', '++': '--', '--': '++'}
TYPES = re.compile(r'const|static|struct|enum|union|unsigned|int|char|void|bool|long|\w+_t')
JUMPS = ('return', 'break', 'continue', 'goto')
LIMIT = 56  # of what an ID quotes on either side of the change
SHORT = 24


class Mutant:
    def __init__(self, path, name, kind, start, behind, new):
        self.path, self.name, self.kind = path, name, kind
        self.start, self.behind, self.new = start, behind, new
        self.id = None
        self.body = None  # (start, behind) of the function's body, unless it is a macro or table

    def apply(self, source):
        return source[:self.start] + self.new + source[self.behind:]


def squeeze(text):
    return re.sub(r'\s+', ' ', re.sub(r'/\*.*?\*/', ' ', text, flags=re.DOTALL)).strip()


def spaced(text):
    """Blanks made single, and kept at both sides."""
    inner = squeeze(text)
    return ' ' * text[:1].isspace() + inner + ' ' * (text[-1:].isspace() and bool(inner))


def quote(source, first, behind, mutant):
    """The statement with the change in it: {old to new}."""
    before = spaced(source[first:mutant.start])
    after = spaced(source[mutant.behind:behind])
    if len(before) > LIMIT:
        before = '.. ' + before[-LIMIT:].partition(' ')[2]
    if len(after) > LIMIT:
        after = after[:LIMIT].rpartition(' ')[0] + ' ..'
    old, new = squeeze(source[mutant.start:mutant.behind]), mutant.new.strip()
    if len(old) > 2 * LIMIT:
        old = old[:LIMIT] + ' .. ' + old[-LIMIT:]
    change = f'{{{old} to {new}}}' if new not in ('', ';') else f'{{{old} dropped}}'
    return f'{before}{change}{after}'


def with_context(spans):
    """(context, start, behind): a short statement says nothing without the one before it."""
    found, before = [], None
    for start, behind in spans:
        short = behind - start < SHORT and before is not None
        found.append((before if short else start, start, behind))
        before = start
    return found


class Places:
    """The mutants of one file."""

    def __init__(self, path, source):
        self.path, self.source, self.found = path, source, []
        self.quotes = []

    def add(self, region, kind, first, last, new):
        """Change the tokens first to last."""
        items = region.items
        self.add_text(region, kind, items[first].start, items[last].behind, new)

    def add_text(self, region, kind, start, behind, new):
        self.found.append(Mutant(self.path, region.name, kind, start, behind, new))

    def look(self):
        for region in csource.regions(self.source):
            number = len(self.found)
            spans = []
            if region.items and region.items[0].text == '{' and self.is_body(region):
                for first, last in csource.statements(region):
                    self.statement(region, first, last)
                    spans.append((region.items[first].start, region.items[last].behind))
                spans = with_context(spans)
            for i in range(len(region.items)):
                self.token(region, i)
            self.name_all(region, spans, number)
        return self.found

    def is_body(self, region):
        return self.source[:region.items[0].start].rstrip().endswith(')')

    def name_all(self, region, spans, number):
        """IDs that do not change when lines are added elsewhere."""
        seen, kept = {}, []
        is_body = bool(spans)
        whole = (region.items[0].start, region.items[-1].behind) if region.items else (0, 0)
        for mutant in sorted(self.found[number:], key=lambda m: (m.start, m.behind, m.new)):
            if self.source[mutant.start:mutant.behind] == mutant.new:
                continue
            first, behind = next(((context, behind) for context, start, behind in spans
                                  if start <= mutant.start and mutant.behind <= behind), whole)
            short = mutant.path.removeprefix('src/')
            said = quote(region.source, first, behind, mutant)
            said = f'{short} {region.name} {mutant.kind}: {said}'
            seen[said] = seen.get(said, 0) + 1
            mutant.body = whole if is_body else None
            mutant.id = said if seen[said] == 1 else f'{said} ({seen[said]})'
            kept.append(mutant)
        self.found[number:] = kept

    def statement(self, region, first, last):
        items, word = region.items, region.items[first].text
        if word in ('if', 'while') and items[last].text == ')':
            self.condition(region, first + 2, last - 1)
        elif word == 'for':
            marks = [i for i in range(first + 2, last) if items[i].text == ';']
            if len(marks) == 2 and marks[1] > marks[0] + 1:
                self.condition(region, marks[0] + 1, marks[1] - 1)
        elif word == 'return':
            self.returned(region, first + 1, last - 1)
        elif word in JUMPS:
            self.add(region, 'drop', first, last, ';')
        elif word != 'switch' and not self.declares(region, first):
            self.add(region, 'drop', first, last, ';')

    def declares(self, region, first):
        return bool(TYPES.fullmatch(region.items[first].text))

    def condition(self, region, first, last):
        for value in ('true', 'false'):
            self.add(region, 'force', first, last, value)

    def returned(self, region, first, last):
        if first > last:
            return
        text = region.text(first, last)
        if re.fullmatch(r'-E[A-Z0-9]+', text):
            other = '-EBADF' if text != '-EBADF' else '-EINVAL'
            for new in ('0', other):
                self.add(region, 'return', first, last, new)
        elif text in ('true', 'false'):
            self.add(region, 'return', first, last, 'false' if text == 'true' else 'true')
        elif text != '0' and text != 'NULL':
            self.add(region, 'return', first, last, '0')
        elif text == '0':
            self.add(region, 'return', first, last, '1')

    def token(self, region, i):
        items = region.items
        token = items[i]
        text = token.text
        if token.kind in ('number', 'char', 'string', 'word'):
            self.constant(region, i)
        elif text in ARROWS:
            for number, new in enumerate(ARROWS[text]):
                kind = 'boundary' if number == 0 and text not in ('==', '!=') else 'compare'
                self.add(region, kind, i, i, new)
        elif text in ('&&', '||'):
            self.add(region, 'logic', i, i, SWAPPED[text])
            self.operands(region, i)
        elif text in ('++', '--', '+=', '-=', '|=', '&=', '<<=', '>>='):
            self.add(region, 'step', i, i, SWAPPED[text])
            if text[1] == '=':
                self.add(region, 'step', i, i, '=')
        elif text in SWAPPED and self.binary(region, i):
            self.binary_operator(region, i)
        elif text in ('!', '~') and i + 1 < len(items):
            self.add(region, 'negate', i, i, '')
        elif text == '?':
            self.choice(region, i)
        elif text == '.' and i and items[i - 1].text in ('{', ','):
            self.initialiser(region, i)

    def binary(self, region, i):
        token = region.items[i]
        around = self.source[token.start - 1] + self.source[token.behind:token.behind + 1]
        return i > 0 and around.isspace() and len(around) == 2

    def binary_operator(self, region, i):
        items, text = region.items, region.items[i].text
        kind = {'+': 'sum', '-': 'sum', '*': 'sum', '/': 'sum'}.get(text, 'mask')
        if text in '+-' and items[i + 1].text == '1':
            self.add_text(region, 'off-by-one', items[i - 1].behind, items[i + 1].behind, '')
        self.add(region, kind, i, i, SWAPPED[text])

    def constant(self, region, i):
        items, token = region.items, region.items[i]
        text, before = token.text, items[i - 1].text if i else ''
        behind = items[i + 1].text if i + 1 < len(items) else ''
        if before == 'return' and behind == ';':
            return
        # A bound that is compared moves with the comparison.
        if token.kind == 'number' and before not in ('<', '<=', '>', '>=') and \
                not (text == '0' and before == '{' and behind == '}'):
            value = int(re.sub(r'[uUlL]+$', '', text), 0)
            suffix = re.search(r'[uUlL]*$', text).group()
            self.add(region, 'constant', i, i, f'{value + 1}{suffix}')
            if value > 1:
                self.add(region, 'constant', i, i, f'{value - 1}{suffix}')
        elif token.kind == 'char':
            self.add(region, 'constant', i, i, f'({text} + 1)')
        elif token.kind == 'string':
            self.add(region, 'constant', i, i, '"x' + text[1:])
        elif text == 'UINT64_MAX':
            self.add(region, 'constant', i, i, '(UINT64_MAX - 1)')
        elif re.fullmatch(r'(?:IOVA|OVERRIDE)_[A-Z0-9_]+', text) and behind != '(':
            self.add(region, 'constant', i, i, f'({text} + 1)')
        elif text in ('true', 'false'):
            self.add(region, 'constant', i, i, 'false' if text == 'true' else 'true')

    def side(self, region, i, step, stops):
        """The furthest token from i that still belongs to the operand on that side."""
        items, at = region.items, i + step
        brackets = csource.CLOSING if step > 0 else csource.CLOSING.values()
        while 0 <= at < len(items):
            text = items[at].text
            if text in brackets:
                at = region.pairs[at]
            elif items[at].kind in ('mark', 'word') and (text in stops or text in '()[]{};,:?'):
                break
            at += step
        return at - step

    def operands(self, region, i):
        """One half of a condition dropped: a check less."""
        stops = ('&&', '||', '=', 'return')
        neutral = 'true' if region.items[i].text == '&&' else 'false'
        last = self.side(region, i, 1, stops)
        self.add(region, 'check', i + 1, last, neutral)
        first = self.side(region, i, -1, stops)
        if region.items[first - 1].text not in ('&&', '||'):
            self.add(region, 'check', first, i - 1, neutral)

    def choice(self, region, i):
        stops = ('=', 'return', '+=', '|=', '<<=')
        first = self.side(region, i, -1, stops)
        self.condition(region, first, i - 1)

    def initialiser(self, region, i):
        """A member not named is 0."""
        items = region.items
        last = self.side(region, i, 1, ())
        if items[last + 1].text == ':':
            return
        while items[last + 1].text not in ('}', ','):
            last = self.side(region, last + 1, 1, ())
        if items[last + 1].text == ',':
            last += 1
        self.add(region, 'drop', i, last, '')


def mutants(path, source):
    """All mutants of a file, in its order; path as an ID should say it."""
    found = Places(path, source).look()
    return sorted(found, key=lambda mutant: (mutant.start, mutant.behind, mutant.new))
