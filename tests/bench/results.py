# SPDX-License-Identifier: BSD-3-Clause
"""Results of the benchmark: read, compared with the goals, and laid out as tables."""
from collections import namedtuple

SIZES = (64, 1024, 65536, 1048576)
REFERENCES = ('GTree', 'std::map', 'absl::btree_map', 'BSD RB')
PLAIN, INDEX, IOCTLS = 'libiova', 'libiova, index', 'two ioctls'
# In the order of the columns.
STRUCTURES = (*REFERENCES, IOCTLS, PLAIN, INDEX, 'libiova, scalar', 'libiova, scalar, index',
              'libiova, public')
WORKLOADS = ('lookup-hit', 'lookup-miss', 'lookup-mix', 'lookup-dependent', 'map-unmap',
             'churn-random', 'churn-fifo', 'build-sequential', 'teardown-ascending', 'build-random',
             'build-sorted', 'alloc-4k-cold', 'alloc-4k', 'alloc-2m', 'alloc-mixed', 'alloc-worst')

# ns and bytes are None where nothing was measured.
Row = namedtuple('Row', 'workload n structure ns bytes')
# What is at most so many times the best reference (or two system calls, or one of a unit), by SIZES.
Goal = namedtuple('Goal', 'workload structure column against limits')

BEST, CALLS, ALONE = 'best of the others', 'two ioctls', 'absolute'
GOALS = (
    *(Goal(workload, PLAIN, 'ns', BEST, (.45, .45, .45, .45)) for workload in WORKLOADS[:4]),
    Goal('map-unmap', PLAIN, 'ns', CALLS, (.35, .35, None, None)),
    Goal('churn-random', PLAIN, 'ns', BEST, (.5, .5, .5, .7)),
    Goal('churn-random', INDEX, 'ns', BEST, (.65, .65, .65, .75)),
    Goal('churn-fifo', PLAIN, 'ns', BEST, (.8, .8, .8, .8)),
    Goal('build-sequential', PLAIN, 'ns', BEST, (.8, .8, .8, .8)),
    Goal('build-sorted', PLAIN, 'ns', BEST, (.7, .4, .4, .4)),
    *(Goal(workload, INDEX, 'ns', BEST, (.45, .1, .001, None))
      for workload in ('alloc-4k-cold', 'alloc-4k', 'alloc-2m', 'alloc-mixed')),
    Goal('alloc-worst', INDEX, 'ns', ALONE, (None, None, 100e3, None)),
    Goal('build-random', PLAIN, 'bytes', ALONE, (56, 56, 56, 56)),
    Goal('build-random', INDEX, 'bytes', ALONE, (56, 56, 56, 56)),
    Goal('build-sequential', PLAIN, 'bytes', ALONE, (38, 38, 38, 38)),
    Goal('build-sequential', INDEX, 'bytes', ALONE, (38, 38, 38, 38)),
)

# A goal, and what became of it at one size.
Outcome = namedtuple('Outcome', 'goal n value limit met')


def read(text):
    """The lines of the program."""
    rows = []
    for line in text.splitlines():
        workload, n, structure, *numbers = line.split('\t')
        ns, size = (None if number == '-' else float(number) for number in numbers)
        rows.append(Row(workload, int(n), structure, ns, size))
    return rows


def limit(goal, n):
    """Between two of SIZES that of the smaller one holds."""
    return goal.limits[max([i for i, size in enumerate(SIZES) if size <= n], default=0)]


def ratio(goal, cells):
    """cells: {structure: Row} of one workload and size. None if something is missing."""
    def of(structure):
        row = cells.get(structure)
        return None if row is None else getattr(row, goal.column)

    value = of(goal.structure)
    if goal.against == ALONE or value is None:
        return value
    others = [of(name) for name in (REFERENCES if goal.against == BEST else (IOCTLS,))]
    others = [other for other in others if other is not None]
    return value / min(others) if others else None


def groups(rows):
    """{(workload, n): {structure: Row}}, by workload and then by n"""
    found = {}
    for row in sorted(rows, key=lambda row: (WORKLOADS.index(row.workload), row.n)):
        found.setdefault((row.workload, row.n), {})[row.structure] = row
    return found


def outcomes(rows):
    for (workload, n), cells in groups(rows).items():
        for goal in GOALS:
            if goal.workload == workload and limit(goal, n) is not None:
                value = ratio(goal, cells)
                if value is not None:
                    yield Outcome(goal, n, value, limit(goal, n), value <= limit(goal, n))


def number(ns):
    if ns is None:
        return '-'
    for unit, factor in ((' ms', 1e6), (' us', 1e3)):
        if ns >= 10 * factor:
            return f'{ns / factor:.3g}{unit}' if ns < 1000 * factor else f'{ns / factor:.0f}{unit}'
    return f'{ns:.1f}' if ns < 100 else f'{ns:.0f}'


def times(value):
    return '-' if value is None else f'{value:.2f}' if value >= .0995 else f'{value:.2g}'


def bounded(outcome):
    """'<= 0.5' and how it went"""
    shown = number(outcome.limit) if outcome.limit > 1000 else f'{outcome.limit:g}'
    return f'<= {shown} ' + ('met' if outcome.met else 'MISSED')


def short(structure):
    """All but the first of ours without what they are variants of."""
    return structure.removeprefix(f'{PLAIN}, ')


def table(rows, column):
    """A heading and rows of cells: ns or bytes, and for ns the ratios of both of ours."""
    used = [name for name in STRUCTURES
            if any(row.structure == name and getattr(row, column) is not None for row in rows)]
    head = ['workload', 'n', *map(short, used)]
    for name in (PLAIN, INDEX):
        head += [f'{short(name)}: ratio', 'goal'] if column == 'ns' else [f'{short(name)}: goal']
    yield head
    judged = {(outcome.goal.workload, outcome.n, outcome.goal.structure): outcome
              for outcome in outcomes(rows) if outcome.goal.column == column}
    for (workload, n), cells in groups(rows).items():
        values = [getattr(cells[name], column) if name in cells else None for name in used]
        if not any(value is not None for value in values):
            continue
        line = [workload, str(n), *map(number, values)]
        for name in (PLAIN, INDEX):
            outcome = judged.get((workload, n, name))
            if column == 'ns':
                against = CALLS if workload == 'map-unmap' else BEST
                line.append(times(ratio(Goal(workload, name, 'ns', against, ()), cells)))
            line.append(bounded(outcome) if outcome else '')
        yield line


def aligned(lines):
    lines = list(lines)
    widths = [max(map(len, cells)) for cells in zip(*lines)]
    for line in lines:
        yield '  '.join(cell.ljust(width) if i == 0 else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(line, widths))).rstrip()


def markdown(lines):
    head, *rest = lines
    yield '| ' + ' | '.join(head) + ' |'
    yield '|---|' + '---:|' * (len(head) - 1)
    for line in rest:
        yield '| ' + ' | '.join(line) + ' |'


def missed(rows):
    """A line for each goal that is not reached: by how much."""
    for outcome in outcomes(rows):
        if not outcome.met:
            goal = outcome.goal
            what = 'bytes a mapping' if goal.column == 'bytes' else \
                'ns' if goal.against == ALONE else f'of the {goal.against}' \
                if goal.against == BEST else f'of {goal.against}'
            yield (f'{goal.workload}, n = {outcome.n}, {goal.structure}: {times(outcome.value)} '
                   f'{what} where {outcome.limit:g} is the goal')


def summary(rows):
    every = list(outcomes(rows))
    return f'{sum(outcome.met for outcome in every)} of {len(every)} goals are met'


def text(rows):
    yield 'Nanoseconds for an operation; ratios to the best of the others (map-unmap: to two ioctls)'
    yield ''
    yield from aligned(table(rows, 'ns'))
    weighed = [row for row in rows if row.bytes is not None]
    if weighed:
        yield from ('', 'Bytes for a mapping', '')
        yield from aligned(table(weighed, 'bytes'))
    yield ''
    yield from (f'missed: {line}' for line in missed(rows))
    yield summary(rows)
