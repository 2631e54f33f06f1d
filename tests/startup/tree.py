#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""tree.py DIR GROUPS: writes the machine of large.c as files: DIR/sys, as a kernel shows it."""
import os
import sys
import tempfile
from pathlib import Path

KIB, MIB = 1 << 10, 1 << 20
CLASSES = (0x020000, 0x010802, 0x0c0330, 0x060400, 0x120000)
DRIVERS = ('vfio-pci', 'mlx5_core', None)


def members(group):
    return 41 if group % 25 == 24 else 2 + group % 2


def regions(group):
    """(start, last, word), as the kernel sorts them."""
    found = []

    def add(start, length, word):
        found.append((start, start + length - 1, word))

    if group % 3 == 0:
        add(0x10000000 + group * 256 * KIB, 128 * KIB, 'direct')
    if group % 2 == 0:
        add(0x40000000 + group % 64 * 8 * MIB, 4 * MIB + group * 4 * KIB, 'direct-relaxable')
    if group % 5 == 0:
        add(0xa0000800 + group * 12 * KIB, 4 * KIB, 'direct-relaxable')
    add(0x8000000 if group % 4 == 3 else 0xfee00000, MIB, 'msi')
    if group % 2 == 1:
        add(0xfd00000000 + group * MIB, 512 * KIB, 'reserved')
    return sorted(found)


def devices(groups):
    """{address: (group, vendor, device, class, driver)}"""
    found = {}
    for group in range(groups):
        for _ in range(members(group)):
            serial = len(found)
            name = f'{group % 4:04x}:{serial >> 8 & 0xff:02x}:{serial >> 3 & 0x1f:02x}.{serial & 7}'
            found[name] = (group, 0x8086 + group % 4, 0x1000 + serial, CLASSES[serial % 5],
                           DRIVERS[serial % 3])
    return found


def write_device(sys_dir, name, facts, modalias):
    group, vendor, device, class_code, driver = facts
    bus = f'pci{name.rsplit(":", 1)[0]}'
    here = sys_dir / 'devices' / bus / name
    here.mkdir(parents=True)
    (here / 'vendor').write_text(f'0x{vendor:04x}\n')
    (here / 'device').write_text(f'0x{device:04x}\n')
    (here / 'class').write_text(f'0x{class_code:06x}\n')
    if modalias:
        (here / 'modalias').write_text(
            f'pci:v{vendor:08X}d{device:08X}sv00000000sd00000000bc{class_code >> 16:02X}'
            f'sc{class_code >> 8 & 0xff:02X}i{class_code & 0xff:02X}\n')
    if driver:
        (here / 'driver').symlink_to(f'../../../bus/pci/drivers/{driver}')
    (here / 'iommu_group').symlink_to(f'../../../kernel/iommu_groups/{group}')
    (sys_dir / f'bus/pci/devices/{name}').symlink_to(f'../../../devices/{bus}/{name}')
    (sys_dir / f'kernel/iommu_groups/{group}/devices/{name}').symlink_to(
        f'../../../../devices/{bus}/{name}')


def write(root, groups, modalias=True):
    """modalias: as kernels have it, and scripts/record-machine does not."""
    sys_dir = Path(root) / 'sys'
    (sys_dir / 'bus/pci/devices').mkdir(parents=True)
    for driver in filter(None, DRIVERS):
        (sys_dir / 'bus/pci/drivers' / driver).mkdir(parents=True)
    for group in range(groups):
        here = sys_dir / f'kernel/iommu_groups/{group}'
        (here / 'devices').mkdir(parents=True)
        (here / 'type').write_text('DMA-FQ\n')
        (here / 'reserved_regions').write_text(
            ''.join(f'0x{start:016x} 0x{last:016x} {word}\n'
                    for start, last, word in regions(group)))
    for name, facts in devices(groups).items():
        write_device(sys_dir, name, facts, modalias)


def scratch():
    """A folder for machines, which are some 15,000 files: in memory where that can be."""
    memory = '/dev/shm'
    return tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None)


if __name__ == '__main__':
    if len(sys.argv) != 3 or not sys.argv[2].isdigit():
        sys.exit('usage: tree.py DIR GROUPS')
    write(sys.argv[1], int(sys.argv[2]))
