# SPDX-License-Identifier: BSD-3-Clause
"""Sizes and offsets of every public struct, as a compiler lays them out:

    layout.py COMPILER...

prints what tests/abi/layout-64.txt holds, or with -m32 layout-32.txt. The numbers are read from
the assembly, so that nothing has to run, and a compiler of another machine does as well."""
import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.append(str(Path(__file__).resolve().parents[1] / 'lint'))
import headers  # noqa: E402
import tree     # noqa: E402


def program(structs):
    lines = ['#include <stddef.h>',
             *(f'#include <{library.umbrella}>' for library in headers.LIBRARIES.values()),
             '#define TELL(name, value) __asm__ volatile (".ascii \\"tell " name " %c0\\"" :: "i" (value))',
             'void tell(void);', 'void tell(void)', '{']
    for name, members in sorted(structs.items()):
        lines.append(f'TELL("{name}", sizeof(struct {name}));')
        for member in members:
            lines.append(f'TELL("{name}.{member}", offsetof(struct {name}, {member}));')
            lines.append(f'TELL("{name}.{member}", sizeof ((struct {name} *)0)->{member});')
    return '\n'.join(lines + ['}', ''])


def layout(compiler, structs=None, folder=tree.ROOT / 'include'):
    """{struct: (size, [(member, offset, size)])}"""
    source = program(headers.structs() if structs is None else structs)
    # Freestanding, the compiler's own stdint.h serves: no C library of that size is needed.
    out = subprocess.run([*compiler, '-std=gnu11', '-ffreestanding', '-O0', f'-I{folder}', '-x', 'c',
                          '-S', '-o', '-', '-'], input=source, check=True, capture_output=True,
                         text=True).stdout
    found = {}
    told = iter(re.findall(r'"tell ([\w.]+) (\d+)"', out))
    for name, value in told:
        if '.' in name:
            struct, member = name.split('.')
            found[struct][1].append((member, int(value), int(next(told)[1])))
        else:
            found[name] = (int(value), [])
    return found


def text(structs):
    lines = ['# SPDX-License-Identifier: BSD-3-Clause',
             '# struct, bytes; under it each member: offset, bytes, name. Made by layout.py.']
    for name, (size, members) in structs.items():
        lines.append(f'{name} {size}')
        lines += [f'{offset:8} {bytes:5} {member}' for member, offset, bytes in members]
    return '\n'.join(lines) + '\n'


def holes(structs):
    """Structs that are larger than their members: bytes that nobody sets, yet are copied."""
    return {name: size - sum(member[2] for member in members)
            for name, (size, members) in structs.items()
            if size != sum(member[2] for member in members)}


if __name__ == '__main__':
    sys.stdout.write(text(layout(sys.argv[1:])))
