# SPDX-License-Identifier: BSD-3-Clause
"""Guest descriptions: tests/vm/guests/NAME, on top of the machine in tests/vm/bases/. Lines of
`key = value`; of a base and a guest the words of `cmdline`, `modules` and `bind` add up, any other
key of the guest replaces the base's."""

import pathlib
import shlex

HERE = pathlib.Path(__file__).resolve().parent.parent

# Every key there is, and what it means.
KEYS = {
    "base": "the file in bases/ this guest stands on",
    "arch": "Debian's name of the architecture",
    "kernel": "a file in kernels/, for build-kernel; else the argument of fetch-kernel",
    "machine": "the emulator and its machine options",
    "iommu": "QEMU options of the IOMMU, which come before the devices it translates for",
    "devices": "QEMU options of the devices",
    "report": "the guest's name of the serial port that carries the report",
    "port": "QEMU options of that port; its character device is `report`",
    "cmdline": "kernel command line",
    "modules": "modules to load, in this order, after what they depend on",
    "bind": "PCI addresses to bind to vfio-pci",
    "dmar": "arguments of make-dmar, for a replaced DMAR table",
}
LISTS = ("cmdline", "modules", "bind")          # base and guest add up
WORDS = ("base", "arch", "kernel", "report")    # one word, not a list of them


class Guest:
    """One description, with an attribute for each key; words are lists."""

    def __init__(self, name):
        self.name = name
        path = HERE / "guests" / name
        if "/" in name or not path.is_file():
            raise ValueError(f"no guest '{name}'; there are: {' '.join(names())}")
        own = _read(path)
        base = _read(HERE / "bases" / own["base"]) if "base" in own else {}
        for key in KEYS:
            if key in LISTS:
                words = base.get(key, []) + own.get(key, [])
            else:
                words = own.get(key, base.get(key, []))
            setattr(self, key, " ".join(words) if key in WORDS else words)


def names():
    return sorted(path.name for path in (HERE / "guests").iterdir())


def _read(path):
    found = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        key, equals, value = line.partition("=")
        key = key.strip()
        if not equals or key not in KEYS:
            raise ValueError(f"{path}:{number}: not 'key = value' with a key of {', '.join(KEYS)}")
        # A key may come more than once, to keep lines short.
        found.setdefault(key, []).extend(shlex.split(value))
    if "base" in found:
        found["base"] = " ".join(found["base"])
    return found
