# SPDX-License-Identifier: BSD-3-Clause
"""The run that doc/speed.md keeps: what stands between two marks there is written anew."""
import plot
import results

BEGIN, CLOSE = '<!-- The run: scripts/bench --document -->\n', '<!-- Up to here -->\n'


def lines(about, rows):
    yield from (f'- {line}' for line in about)
    yield from ('', '### Nanoseconds for an operation', '')
    yield from results.markdown(results.table(rows, 'ns'))
    yield from ('', '![The same as a plot](speed.svg)', '')
    yield from ('### Bytes for a mapping', '')
    yield from results.markdown(results.table([row for row in rows if row.bytes is not None], 'bytes'))
    yield from ('', '### Goals', '', results.summary(rows) + '.')
    if list(results.missed(rows)):
        yield from ('', 'Missed:', '')
        yield from (f'- {line}' for line in results.missed(rows))


def merged(text, about, rows):
    before, rest = text.split(BEGIN)
    _, after = rest.split(CLOSE)
    return before + BEGIN + '\n' + '\n'.join(lines(about, rows)) + '\n\n' + CLOSE + after


def write(folder, about, rows):
    path = folder / 'speed.md'
    path.write_text(merged(path.read_text(encoding='utf-8'), about, rows), encoding='utf-8')
    plot.draw(rows, folder / 'speed.svg')
