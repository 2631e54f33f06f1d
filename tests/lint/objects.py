# SPDX-License-Identifier: BSD-3-Clause
"""What the library's objects define and what they ask for, by nm."""
import re
import subprocess


def symbols(nm, archive):
    """{'space_check.c': (defined, wanted)} of an archive of objects."""
    out = subprocess.run([nm, '-P', archive], check=True, capture_output=True, text=True).stdout
    found = {}
    for line in out.splitlines():
        member = re.search(r'(?:^|[\[/])([^\[/]*\.c)\.o\]?:$', line)
        if member:
            defined, wanted = found.setdefault(member.group(1), (set(), set()))
            continue
        words = line.split()
        if len(words) > 1:
            (wanted if words[1] in 'Uw' else defined if words[1].isupper() else set()).add(words[0])
    return found


def layer(member):
    """Meson names the object of base/range.c base_range.c."""
    return member.split('_')[0]
