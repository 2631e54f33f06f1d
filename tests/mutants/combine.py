# SPDX-License-Identifier: BSD-3-Clause
"""Many mutants of a file in one source, so that it is compiled and linked once: each function has a
body for each of its mutants, and the environment says which one is to run."""
import re

import csource

CHOICE = 'MUTANT'
HEAD = 'static int mutant_chosen_;\n'
TAIL = f'''
#include <stdlib.h>
__attribute__((constructor)) static void mutant_choose_(void)
{{
\tconst char *text = getenv("{CHOICE}");

\tmutant_chosen_ = text ? atoi(text) : 0;
}}
'''


def returns_nothing(source, start):
    """Whether the function whose body starts there is void."""
    head = csource.without_directives(source[:start])
    head = head[max(head.rfind('\n}'), head.rfind(';\n'), head.rfind('*/\n')) + 1:]
    head = re.sub(r'__attribute__\s*\(\(.*?\)\)', '', head, flags=re.DOTALL)
    return bool(re.search(r'\bvoid\s+\w+\s*$', head.split('(', 1)[0]))


def combined(source, numbered):
    """The source with all of {number: mutant} in it; each changes something inside a body."""
    bodies = {}
    for number, mutant in numbered.items():
        bodies.setdefault(mutant.body, []).append((number, mutant))
    parts, at = [HEAD], 0
    for (start, behind), mutants in sorted(bodies.items()):
        leave = 'return;' if returns_nothing(source, start) else '__builtin_trap();'
        parts += [source[at:start], '{\n\tswitch (mutant_chosen_) {\n']
        for number, mutant in mutants:
            changed = source[start:mutant.start] + mutant.new + source[mutant.behind:behind]
            parts += [f'\tcase {number}:\n#line 1 "mutant-{number}"\n', changed, f'\n\t{leave}\n']
        parts += ['\tdefault:\n#line 1 "original"\n', source[start:behind],
                  f'\n\t{leave}\n\t}}\n}}']
        at = behind
    return ''.join(parts + [source[at:], TAIL])


def refused(said):
    """The numbers of the mutants that a compiler complained about."""
    return {int(number) for number in re.findall(r'mutant-(\d+):\d+:\d+: (?:fatal )?error', said)}
