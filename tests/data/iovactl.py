# SPDX-License-Identifier: BSD-3-Clause
"""Runs iovactl as a user does. The program is the first argument of the test program."""
import functools
import json
import os
import subprocess
import sys

PROGRAM = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__))
MADE = os.path.join(HERE, 'machines-made')
RECORDED = os.path.join(HERE, 'machines')

FITS, REFUSED, TROUBLE, WARNED = 0, 1, 2, 3
LAST = 2 ** 64 - 1
PAGE = 4096


def made(name):
    return os.path.join(MADE, name)


def machines():
    """All trees that are machines: made up to be difficult, and recorded on real kernels."""
    return [os.path.join(folder, name)
            for folder in (MADE, RECORDED) if os.path.isdir(folder)
            for name in sorted(os.listdir(folder))
            if name not in ('no-sysfs', 'no-groups', 'no-list')
            and os.path.isdir(os.path.join(folder, name, 'sys'))]


def run(*args, locale='C.UTF-8', columns=80, more=None):
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith('LC_') and key not in ('LANG', 'NO_COLOR')}
    environment.update(LC_ALL=locale, COLUMNS=str(columns), TERM='xterm', **(more or {}))
    done = subprocess.run([PROGRAM, *map(str, args)], env=environment, text=True,
                          encoding='utf-8', stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=60, check=False)
    # The status of a leak is one that many tests expect, and some look at no status.
    assert 'Sanitizer' not in done.stderr and 'runtime error' not in done.stderr, done.stderr
    return done


@functools.lru_cache(maxsize=None)
def run_json(*args):
    """Exit status and the one document on standard output."""
    done = run(*args, '--json')
    return done.returncode, json.loads(done.stdout)


def number(text):
    assert text.startswith('0x') and text == hex(int(text, 16)), text
    return int(text, 16)


def pairs(ranges):
    return [(number(each['start']), number(each['last'])) for each in ranges]
