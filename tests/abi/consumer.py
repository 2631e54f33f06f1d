# SPDX-License-Identifier: BSD-3-Clause
"""Programs that have only the installed libraries, a machine for the first of them, and the running
of commands."""
import os
import subprocess
from pathlib import Path

USE = Path(__file__).resolve().parent / 'use.c'
USE_SIM = Path(__file__).resolve().parent / 'use-sim.c'


def make_machine(root):
    """One group with an MSI window and a relaxable region, as sysfs shows it."""
    group = root / 'sys/kernel/iommu_groups/7'
    device = root / 'sys/devices/pci0000:00/0000:00:02.0'
    (group / 'devices').mkdir(parents=True)
    device.mkdir(parents=True)
    (group / 'type').write_text('DMA\n')
    (group / 'reserved_regions').write_text(
        '0x0000000000200000 0x00000000002fffff direct-relaxable\n'
        '0x00000000fee00000 0x00000000feefffff msi\n')
    (group / 'devices/0000:00:02.0').symlink_to('../../../../devices/pci0000:00/0000:00:02.0')
    (device / 'iommu_group').symlink_to('../../../kernel/iommu_groups/7')
    for name, value in (('vendor', '0x8086'), ('device', '0x5912'), ('class', '0x030000')):
        (device / name).write_text(value + '\n')
    return root


def run(*command, cwd=None, **env):
    """What a command prints; its errors are in the exception if it fails."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, env={**os.environ, **env},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
    if done.returncode:
        raise AssertionError(f'{command} ended with {done.returncode}:\n{done.stdout[-4000:]}')
    return done.stdout
