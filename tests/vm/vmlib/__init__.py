# SPDX-License-Identifier: BSD-3-Clause
"""The parts of the virtual-machine test tier; tests/vm/run puts them together."""
