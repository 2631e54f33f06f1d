# SPDX-License-Identifier: BSD-3-Clause
"""The ABI of a library as abidw reads it from its debug information, without a trace of where it was
built:

    baseline.py BUILD/src/libiova.so >tests/abi/libiova.abi
    baseline.py BUILD/sim/libiova-sim.so >tests/abi/libiova-sim.abi

The kept ones were made with gcc on amd64. Some insides of handles are in them, because a header of
src/ has the name of a public one, by which abidw goes; test-baseline.py does not look at them."""
import re
import subprocess
import sys
from pathlib import Path

INCLUDE = Path(__file__).resolve().parents[2] / 'include'


def baseline(library, abidw='abidw'):
    text = subprocess.run([abidw, '--headers-dir', INCLUDE, '--drop-private-types',
                           '--exported-interfaces-only', '--no-corpus-path', '--no-comp-dir-path',
                           '--no-show-locs', '--type-id-style', 'hash', library],
                          check=True, capture_output=True, text=True).stdout
    return re.sub(r" path='[^']*?((?:src|sim)/[^']*)'", r" path='\1'", text)


if __name__ == '__main__':
    sys.stdout.write(baseline(sys.argv[1]))
