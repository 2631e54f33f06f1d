# SPDX-License-Identifier: BSD-3-Clause
"""The list of mutants that no test can kill."""
from pathlib import Path


def read(path):
    """({ID: reason}, [what is wrong with the list]). A line without a blank before it is an ID."""
    listed, wrong = {}, []
    name = None
    for line in Path(path).read_text(encoding='utf-8').splitlines() if Path(path).exists() else []:
        if line.startswith('#') or not line.strip():
            continue
        if not line[0].isspace():
            name = line.rstrip()
            if name in listed:
                wrong.append(f'listed twice: {name}')
            listed[name] = ''
        elif name:
            listed[name] = (listed[name] + ' ' + line.strip()).strip()
    wrong += [f'listed without a reason: {name}' for name, reason in listed.items() if not reason]
    return listed, wrong
