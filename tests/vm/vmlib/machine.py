# SPDX-License-Identifier: BSD-3-Clause
"""Running one QEMU: kernel messages into a file, the report's lines to a function, and an end to it
after a given time whatever the guest does."""

import selectors
import subprocess
import time

# Always software emulation: it is quick enough, and the same on every machine.
COMMON = ["-accel", "tcg", "-display", "none", "-monitor", "none", "-no-reboot"]
# A panic ends the guest at once (with -no-reboot). The rest leaves out what costs boot time.
CMDLINE = ["panic=-1", "mitigations=off", "random.trust_cpu=on", "audit=0", "net.ifnames=0"]


# Idle time is skipped, and the kernel must not leave the one clock that is exact.
COUNTED = ["-icount", "shift=0,sleep=off"]
COUNTED_CMDLINE = ["clocksource=tsc", "tsc=reliable"]


def command(guest, kernel, initramfs, extra=(), counted=False):
    if counted:
        extra = [*extra, *COUNTED_CMDLINE]
    return [*guest.machine, *COMMON, *(COUNTED if counted else []), *guest.iommu, *guest.devices,
            "-serial", "chardev:console", *guest.port,
            "-kernel", str(kernel / "vmlinuz"), "-initrd", str(initramfs),
            "-append", " ".join([*CMDLINE, *guest.cmdline, *extra])]


def shell(line):
    """For a person: the console on this terminal, the report nowhere."""
    return subprocess.call([*line, "-chardev", "stdio,id=console,signal=off",
                            "-chardev", "null,id=report"])


def run(line, log, on_line, seconds):
    """Returns how the guest ended, in words."""
    line = [*line, "-chardev", f"file,id=console,path={log}",
            "-chardev", "stdio,id=report,signal=off"]
    deadline = time.monotonic() + seconds
    with subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as qemu:
        try:
            over = _relay(qemu, on_line, deadline)
        finally:
            # Also when we are interrupted: never leave an emulator behind.
            qemu.kill()
        errors = qemu.stderr.read().decode(errors="replace").strip()
        status = qemu.wait()
    if over:
        return f"stopped after its limit of {seconds} s"
    if errors:
        return f"ended with status {status}: {errors.splitlines()[-1]}"
    return "ended by itself"


def _relay(qemu, on_line, deadline):
    """Lines until the emulator closes the report; true if the time was up before."""
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(qemu.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0, deadline - time.monotonic())):
                return True
            data = qemu.stdout.read1(65536)
            *lines, pending = (pending + data).split(b"\n")
            if not data and pending:
                lines, pending = [pending], b""
            for line in lines:
                on_line(line.decode(errors="replace").rstrip("\r"))
            if not data:
                return False
