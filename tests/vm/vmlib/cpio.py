# SPDX-License-Identifier: BSD-3-Clause
"""A writer for the one cpio format the kernel unpacks ("newc"). Everything belongs to root in the
archive, which the cpio command can only do for root or under fakeroot."""

import os
import stat


class Archive:
    """Collects entries, parents first, and writes them out. Paths are relative to the root."""

    def __init__(self):
        self._data = bytearray()
        self._inode = 0
        self._seen = set()

    def _entry(self, path, mode, body=b"", device=(0, 0)):
        self._inode += 1
        name = path.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(body), 0, 0, *device, len(name), 0)
        self._data += b"070701" + b"".join(b"%08X" % field for field in fields) + name
        self._pad()
        self._data += body
        self._pad()
        self._seen.add(path)

    def _pad(self):
        self._data += bytes(-len(self._data) % 4)

    def _parents(self, path):
        parent = os.path.dirname(path)
        if parent:
            self.directory(parent)

    def directory(self, path, mode=0o755):
        if path not in self._seen:
            self._parents(path)
            self._entry(path, stat.S_IFDIR | mode)

    def file(self, path, body, mode=0o644):
        if path not in self._seen:
            self._parents(path)
            self._entry(path, stat.S_IFREG | mode, body)

    def symlink(self, path, target):
        if path not in self._seen:
            self._parents(path)
            self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def character_device(self, path, major, minor):
        self._parents(path)
        self._entry(path, stat.S_IFCHR | 0o600, device=(major, minor))

    def tree(self, path, source):
        """A directory of this machine with all that is in it; symbolic links stay what they are."""
        self.directory(path)
        for entry in sorted(os.scandir(source), key=lambda e: e.name):
            inside = f"{path}/{entry.name}"
            if entry.is_symlink():
                self.symlink(inside, os.readlink(entry.path))
            elif entry.is_dir():
                self.tree(inside, entry.path)
            else:
                with open(entry.path, "rb") as file:
                    self.file(inside, file.read(), stat.S_IMODE(entry.stat().st_mode))

    def finish(self):
        """The archive's bytes, padded so that another one may follow it."""
        self._entry("TRAILER!!!", 0)
        self._data += bytes(-len(self._data) % 512)
        return bytes(self._data)
