# SPDX-License-Identifier: BSD-3-Clause
"""Nanoseconds against n, a panel for each workload, drawn by gnuplot as SVG."""
import re
import subprocess
import tempfile

import results

COLUMNS = 3
WIDTH, HEIGHT = 1200, 290  # of all columns, and of a row
# Colours that can be told apart by those who do not see all of them; ours are the warm ones.
STYLES = {
    'GTree': ('#888888', 1), 'std::map': ('#0072b2', 1), 'absl::btree_map': ('#009e73', 1),
    'BSD RB': ('#56b4e9', 1), 'two ioctls': ('#000000', 3),
    'libiova': ('#d55e00', 1), 'libiova, index': ('#cc79a7', 1), 'libiova, scalar': ('#d55e00', 2),
    'libiova, scalar, index': ('#cc79a7', 2), 'libiova, public': ('#e69f00', 1),
}
LICENCE = '<!-- SPDX-License-Identifier: BSD-3-Clause -->'


def short(n):
    """'64k' for 65536"""
    for unit, factor in (('M', 1 << 20), ('k', 1 << 10)):
        if n % factor == 0:
            return f'{n // factor}{unit}'
    return str(n)


def line(data, structure):
    colour, dash = STYLES[structure]
    return (f"{data} using 1:2 with linespoints linewidth 2 pointtype 7 pointsize 0.4 "
            f"linecolor rgb '{colour}' dashtype {dash} title '{structure}' noenhanced")


def script(rows, path):
    rows = [row for row in rows if row.ns is not None]
    workloads = [name for name in results.WORKLOADS if any(row.workload == name for row in rows)]
    structures = [name for name in results.STRUCTURES if any(row.structure == name for row in rows)]
    sizes = sorted({row.n for row in rows})
    n_rows = len(workloads) // COLUMNS + 1  # one more panel has the key
    yield f"set terminal svg size {WIDTH},{HEIGHT * n_rows} font 'sans-serif,12' background 'white'"
    yield f"set output '{path}'"
    for i, workload in enumerate(workloads):
        for j, structure in enumerate(structures):
            points = sorted((row.n, row.ns) for row in rows
                            if (row.workload, row.structure) == (workload, structure))
            if points:
                yield f'$data_{i}_{j} << EOD'
                yield from (f'{n} {ns}' for n, ns in points)
                yield 'EOD'
    yield f'set multiplot layout {n_rows},{COLUMNS}'
    yield f"set logscale xy\nset xrange [{sizes[0] / 1.5}:{sizes[-1] * 1.5}]"
    yield 'set xtics (' + ', '.join(f"'{short(n)}' {n}" for n in sizes) + ')'
    yield "set grid ytics linecolor rgb '#dddddd'\nset format y '%.0s%c'\nunset key\nunset mytics\nunset mxtics"
    yield "set xlabel 'mappings'\nset ylabel 'ns'"
    for i, workload in enumerate(workloads):
        yield f"set title '{workload}'"
        shown = [line(f'$data_{i}_{j}', structure) for j, structure in enumerate(structures)
                 if any((row.workload, row.structure) == (workload, structure) for row in rows)]
        yield 'plot ' + ', '.join(shown)
    yield 'unset title\nunset border\nunset tics\nunset xlabel\nunset ylabel\nset yrange [1:2]'
    yield 'set key center center Left reverse'
    yield 'plot ' + ', '.join(line('NaN', structure).replace('using 1:2 ', '')
                              for structure in structures)
    yield 'unset multiplot'


def draw(rows, path):
    with tempfile.NamedTemporaryFile('w', suffix='.gnuplot', encoding='utf-8') as file:
        file.write('\n'.join(script(rows, path)) + '\n')
        file.flush()
        subprocess.run(['gnuplot', file.name], check=True)
    text = path.read_text(encoding='utf-8')
    text = re.sub(r'<g [^>]*>\n</g>\n', '', text)
    text = re.sub(r'[ \t]+$', '', text, flags=re.MULTILINE).rstrip('\n') + '\n'
    head, rest = text.split('\n', 1)
    path.write_text(f'{head}\n{LICENCE}\n{rest}', encoding='utf-8')
