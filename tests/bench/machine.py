# SPDX-License-Identifier: BSD-3-Clause
"""What a run was made on."""
import json
import os
import platform
import re
import shlex
import subprocess
from pathlib import Path

PACKAGES = (('GLib', 'glib-2.0'), ('abseil', 'absl_btree'), ('libbsd', 'libbsd'))


def processor():
    try:
        text = Path('/proc/cpuinfo').read_text(encoding='utf-8')
    except OSError:
        text = ''
    found = re.search(r'^model name\s*: (.*)', text, re.MULTILINE)
    name = found.group(1).strip() if found else platform.machine()
    guest = re.search(r'^flags\s*:.* hypervisor\b', text, re.MULTILINE)
    return name + (' (in a virtual machine)' if guest else '')


def caches():
    for folder in sorted(Path('/sys/devices/system/cpu/cpu0/cache').glob('index*')):
        level, kind, size = ((folder / name).read_text(encoding='utf-8').strip()
                             for name in ('level', 'type', 'size'))
        if kind != 'Instruction':
            yield f'L{level} {size}'


def commands(build):
    """The commands that made the program: in C, and in C++."""
    told = json.loads((Path(build) / 'compile_commands.json').read_text(encoding='utf-8'))
    for name in ('bench/table.c', 'bench/ordered.cc'):
        yield next(each['command'] for each in told if each['file'].endswith(name))


def compilers(build):
    """The first line of what each says of itself."""
    for command in commands(build):
        done = subprocess.run([shlex.split(command)[0], '--version'], capture_output=True,
                              text=True, check=False)
        yield done.stdout.partition('\n')[0] or '?'


def flags(build):
    """Those that matter for speed."""
    command, _ = commands(build)
    return ' '.join(re.findall(r'(?<= )(?:-O\w+|-DNDEBUG|-m[\w=-]+|-flto\S*|-fsanitize\S*)', command))


def version(package):
    done = subprocess.run(['pkg-config', '--modversion', package], capture_output=True, text=True,
                          check=False)
    return done.stdout.strip() or '?'


def pages():
    try:
        text = Path('/sys/kernel/mm/transparent_hugepage/enabled').read_text(encoding='utf-8')
    except OSError:
        return 'none'
    return re.search(r'\[(\w+)\]', text).group(1)


def describe(build):
    """A few lines."""
    libc = os.confstr('CS_GNU_LIBC_VERSION') if 'CS_GNU_LIBC_VERSION' in os.confstr_names else '?'
    libraries = ', '.join(f'{name} {version(package)}' for name, package in PACKAGES)
    return [f'processor: {processor()}, {os.cpu_count()} cores; ' + ', '.join(caches()),
            f'system: Linux {platform.release()}, {libc}, transparent huge pages: {pages()}, '
            f'load at the start {os.getloadavg()[0]:.1f}',
            f'compilers: {", ".join(compilers(build))}; {flags(build)}',
            f'libraries: {libraries}']
