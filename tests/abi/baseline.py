# SPDX-License-Identifier: BSD-3-Clause
"""The ABI of a library as abidw reads it from its debug information, without a trace of where it was
built:

    baseline.py BUILD/src/libiova.so >tests/abi/libiova.abi
    baseline.py BUILD/sim/libiova-sim.so >tests/abi/libiova-sim.abi

The kept ones were made with gcc on amd64."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'lint'))
import headers  # noqa: E402

INSIDE = re.compile(r"    <class-decl name='(\w+)' size-in-bits='\d+' "
                    r"(is-struct='yes' visibility='default') (id='\w+')>\n"
                    r'.*?^    </class-decl>\n', re.DOTALL | re.MULTILINE)
# An element of a unit, with all that is in it.
ELEMENT = re.compile(r'^    <([\w-]+)\b[^>]*>(?:(?<=/>)\n|(?<!/>)\n.*?^    </\1>\n)',
                     re.DOTALL | re.MULTILINE)


def without_insides(text):
    """abidw goes by the name of a header, and some of src/ are named as public ones are: their structs
    would be in the baseline. Only what users can see is kept whole, and of other types those that
    it needs."""
    public = headers.structs()
    text = INSIDE.sub(lambda found: found.group() if found.group(1) in public else
                      "    <class-decl name='{}' {} is-declaration-only='yes' {}/>\n".format(
                          *found.groups()), text)
    uses, wanted = {}, []
    for element in ELEMENT.finditer(text):
        used = set(re.findall(r"type-id='(\w+)'", element.group()))
        name = re.search(r" id='(\w+)'", element.group().split('\n', 1)[0])
        if element.group(1) == 'function-decl' or not name:
            wanted += used
        else:
            uses.setdefault(name.group(1), set()).update(used)
    kept = set()
    while wanted:
        name = wanted.pop()
        if name not in kept:
            kept.add(name)
            wanted += uses.get(name, ())

    def chosen(element):
        name = re.search(r" id='(\w+)'", element.group().split('\n', 1)[0])
        is_used = element.group(1) == 'function-decl' or not name or name.group(1) in kept
        return element.group() if is_used else ''
    return ELEMENT.sub(chosen, text)


def baseline(library, abidw='abidw'):
    text = subprocess.run([abidw, '--headers-dir', ROOT / 'include', '--drop-private-types',
                           '--exported-interfaces-only', '--no-corpus-path', '--no-comp-dir-path',
                           '--no-show-locs', '--type-id-style', 'hash', library],
                          check=True, capture_output=True, text=True).stdout
    text = without_insides(text)
    return re.sub(r" path='[^']*?((?:src|sim)/[^']*)'", r" path='\1'", text)


if __name__ == '__main__':
    sys.stdout.write(baseline(sys.argv[1]))
