# SPDX-License-Identifier: BSD-3-Clause
"""What a recorded machine's regions mean for one page: a second opinion, read from the files."""
import os

from iovactl import FITS, LAST, PAGE, REFUSED, WARNED

ASSUMED_WIDTH = 39
RELAXABLE = {'strict': REFUSED, 'warn': WARNED, 'relaxed': FITS}


class Machine:
    def __init__(self, root):
        self.strict, self.relaxable, self.doubt = [], [], False
        groups = os.path.join(root, 'sys/kernel/iommu_groups')
        for group in os.listdir(groups):
            try:
                with open(os.path.join(groups, group, 'reserved_regions'), encoding='ascii') as file:
                    self.read(file.read())
            except OSError:
                self.doubt = True

    def read(self, text):
        if text and not text.endswith('\n'):
            self.doubt = True
            text = text[:text.rfind('\n') + 1]
        for line in text.splitlines():
            try:
                start, last, word = line.split()
                start, last = int(start, 16), int(last, 16)
            except ValueError:
                self.doubt = True
                continue
            if last < start:
                self.doubt = True
            elif word == 'direct-relaxable':
                self.relaxable.append((start, last))
            else:
                self.strict.append((start, last))

    def edges(self):
        """Addresses around which the answer may change."""
        found = {0, LAST, 1 << ASSUMED_WIDTH, 1 << 32, 1 << 48}
        for start, last in self.strict + self.relaxable:
            found |= {start, last}
        return sorted(found)

    def verdict(self, page, policy, width=None):
        """Of the page that starts there."""
        last = page + PAGE - 1
        bits = width if width else ASSUMED_WIDTH
        if self.doubt or last == LAST or last >= 1 << bits:
            return REFUSED

        def hits(regions):
            return any(start <= last and page <= end for start, end in regions)
        if hits(self.strict):
            return REFUSED
        return RELAXABLE[policy] if hits(self.relaxable) else FITS
