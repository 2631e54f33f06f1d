# SPDX-License-Identifier: BSD-3-Clause
"""What a dynamic program needs to run elsewhere: its loader and its shared libraries. Read from the
ELF file, not asked of ldd, so that it works for another architecture and runs nothing."""

import pathlib
import struct

PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
DT_NEEDED, DT_STRTAB, DT_SONAME, DT_RPATH, DT_RUNPATH = 1, 5, 14, 15, 29


class Elf:
    """interpreter (or None), soname, needed (names), runpath (directories)."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        data = self.path.read_bytes()
        if data[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{path}: not a 64-bit little-endian ELF file")
        (start,) = struct.unpack_from("<Q", data, 32)
        size, count = struct.unpack_from("<HH", data, 54)
        headers = [struct.unpack_from("<IIQQQQQQ", data, start + i * size) for i in range(count)]

        self.interpreter = self.soname = None
        self.needed, self.runpath = [], []
        dynamic = []
        for kind, _, offset, _, _, length, _, _ in headers:
            if kind == PT_INTERP:
                self.interpreter = data[offset:offset + length].rstrip(b"\0").decode()
            elif kind == PT_DYNAMIC:
                dynamic = list(struct.iter_unpack("<QQ", data[offset:offset + length // 16 * 16]))
        if not dynamic:
            return

        strings = self._file_offset(headers, dict(dynamic)[DT_STRTAB])

        def text(at):
            return data[strings + at:data.index(b"\0", strings + at)].decode()

        for tag, value in dynamic:
            if tag == DT_NEEDED:
                self.needed.append(text(value))
            elif tag == DT_SONAME:
                self.soname = text(value)
            elif tag in (DT_RPATH, DT_RUNPATH):
                origin = str(self.path.resolve().parent)
                self.runpath += [pathlib.Path(d.replace("$ORIGIN", origin))
                                 for d in text(value).split(":") if d]

    @staticmethod
    def _file_offset(headers, address):
        for kind, _, offset, virtual, _, length, _, _ in headers:
            if kind == PT_LOAD and virtual <= address < virtual + length:
                return offset + address - virtual
        raise ValueError(f"address {address:#x} is in no segment")


def is_program(path):
    """An ELF program that can be started: it is executable and, if dynamic, no library."""
    path = pathlib.Path(path)
    if not path.is_file() or not path.stat().st_mode & 0o111 or ".so" in path.suffixes:
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def closure(programs, directories):
    """{name in the guest: file here} of the loader and libraries that the programs need.
    `directories` are searched after each file's own run path."""
    found = {}
    todo = [Elf(program) for program in programs]
    while todo:
        elf = todo.pop()
        if elf.interpreter and elf.interpreter not in found:
            found[elf.interpreter] = _search(elf, pathlib.Path(elf.interpreter).name, directories)
        for name in elf.needed:
            inside = f"/lib/{name}"
            if inside not in found:
                found[inside] = _search(elf, name, directories)
                todo.append(Elf(found[inside]))
    return found


def _search(elf, name, directories):
    for directory in [*elf.runpath, *directories]:
        path = pathlib.Path(directory) / name
        if path.is_file():
            return path
    raise FileNotFoundError(f"{elf.path}: needs {name}, which is in none of "
                            + ", ".join(map(str, [*elf.runpath, *directories])))
