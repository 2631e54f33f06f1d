# SPDX-License-Identifier: BSD-3-Clause
"""The files of the source tree, and C without what is not code."""
import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
C_DIRS = ('include', 'src', 'sim', 'tools', 'examples', 'tests')
# The layers of src/, in the order in which they may use each other: only upwards.
LAYERS = ('base', 'uapi', 'sys', 'parse', 'set', 'host', 'space', 'explain', 'backend', 'context')

# A directory that meson made is no part of the tree, wherever it is, nor is what a build leaves.
NOT_OURS = {'.git', 'build', '__pycache__', 'subprojects'}


def files():
    """Paths relative to the root, of all files but those of builds."""
    for top, dirs, names in os.walk(ROOT):
        dirs[:] = sorted(name for name in dirs if name not in NOT_OURS and
                         not os.path.exists(os.path.join(top, name, 'meson-private')))
        for name in sorted(names):
            path = Path(top, name)
            if not path.is_symlink():
                yield path.relative_to(ROOT).as_posix()


def c_files(*tops):
    return [path for path in files()
            if path.endswith(('.c', '.h')) and path.startswith(tuple(f'{top}/' for top in tops))]


def scripts(*shells):
    """Files that begin with #! and one of the shells."""
    for path in files():
        with open(ROOT / path, 'rb') as file:
            line = file.readline(100)
        words = re.split(rb'[\s/]+', line)
        if line.startswith(b'#!') and any(shell.encode() in words for shell in shells):
            yield path


def read(path):
    return (ROOT / path).read_text(encoding='utf-8')


def code(text, strings=False):
    """C with comments blanked, and strings too unless they are asked for; lines keep their numbers."""
    def blank(match):
        token = match.group()
        if token[0] in '"\'':
            return token if strings else token[0] * 2
        return ' ' + '\n' * token.count('\n')
    return re.sub(r'''/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*\'''', blank, text,
                  flags=re.DOTALL)


def matches(pattern, text):
    """(line number, matched text) of each match."""
    for match in re.finditer(pattern, text):
        yield text.count('\n', 0, match.start()) + 1, match.group()
