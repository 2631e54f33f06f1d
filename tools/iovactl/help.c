/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include <string.h>

#define COMMON                                                                             \
	"\n"                                                                               \
	"Options, before or after the command:\n"                                          \
	"  --group N          a group by its number; repeatable\n"                         \
	"  --device BDF       the group of a device, such as 0000:00:1f.0; repeatable\n"   \
	"  --policy POLICY    on direct-relaxable regions: strict, warn, relaxed\n"        \
	"  --backend BACKEND  which interface of the kernel to use: auto, type1 (VFIO's\n" \
	"                     container), iommufd, compat (a container that iommufd\n"     \
	"                     provides), noiommu\n"                                        \
	"  --width BITS       address bits that the devices can drive, 1 to 64\n"          \
	"  --root DIR         a recorded machine in DIR/sys; nothing is opened\n"          \
	"  --sim NAME|FILE    a simulated machine: a name of iovactl sim list, or a\n"     \
	"                     description in a file, see iova-host(5)\n"                   \
	"  --json             one JSON document on standard output\n"                      \
	"  --color[=WHEN]     auto, always or never\n"                                     \
	"  -h, --help         this text; after a command, that command's\n"                \
	"  -V, --version      the version\n"

#define RANGES                                                                           \
	"\n"                                                                             \
	"Numbers are decimal or 0x hexadecimal and may end in K, M, G or T (powers of\n" \
	"1024). IOVA-LAST, last address included, may stand for IOVA+LENGTH.\n"

#define STATUSES(fits, refused, warned)             \
	"\n"                                        \
	"Exit status: 0 " fits ", 1 " refused ",\n" \
	"3 " warned ", 2 usage or trouble.\n"

static const struct {
	const char *word;
	const char *text;
} commands[] = {
	{ "show", "Usage: iovactl show [OPTION]...\n"
		  "\n"
		  "Show groups, their devices and reserved regions, what the kernel lists as\n"
		  "valid, and a drawing of the addresses that are left. Without --group and\n"
		  "--device, of all groups of the machine.\n" COMMON },
	{ "check",
	  "Usage: iovactl check [OPTION]... IOVA+LENGTH...\n"
	  "\n"
	  "Tell whether ranges may be mapped, what is in the way, and what would fit.\n" RANGES
		  STATUSES("it fits", "refused", "fits with a warning") COMMON },
	{ "map",
	  "Usage: iovactl map [OPTION]... IOVA+LENGTH\n"
	  "       iovactl map [OPTION]... LENGTH\n"
	  "\n"
	  "Map memory at the address, or anywhere, and unmap it again.\n" RANGES STATUSES(
		  "mapped", "refused by policy, space or kernel",
		  "mapped with a warning") "\n"
					   "  --identity         the memory lies where the device sees it\n" COMMON },
	{ "sim", "Usage: iovactl sim list [--json]\n"
		 "       iovactl sim check [--json] NAME|FILE\n"
		 "\n"
		 "List the simulated machines that --sim takes; or tell whether a description is\n"
		 "right, and what is on its machine.\n" COMMON },
};

static const char overview[] =
	"Usage: iovactl COMMAND [OPTION]... [ARGUMENT]...\n"
	"\n"
	"Which I/O addresses may be mapped through VFIO, and which not, and why.\n"
	"\n"
	"Commands:\n"
	"  show               groups, devices, regions and the address space, drawn\n"
	"  check RANGE...     may this be mapped? what would fit?\n"
	"  map RANGE|LENGTH   really map memory, and unmap it\n"
	"  sim list           the simulated machines\n"
	"  sim check FILE     is this description of one right?\n" COMMON;

const char *help_text(const char *command)
{
	for (size_t i = 0; command && i < sizeof commands / sizeof commands[0]; i++)
		if (!strcmp(commands[i].word, command))
			return commands[i].text;
	return overview;
}

bool is_command(const char *word)
{
	return help_text(word) != overview;
}
