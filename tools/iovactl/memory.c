/* SPDX-License-Identifier: BSD-3-Clause */
#include "memory.h"

#include <errno.h>
#include <sys/mman.h>

#include "report.h"

/* Where processes of the 64-bit machines that have VFIO can have memory. */
#define LEAST_ADDRESS UINT64_C(0x10000)
#define LAST_ADDRESS UINT64_C(0x7fffffffffff)

static void *take(uint64_t address, size_t length, int flags)
{
	void *at = mmap((void *)(uintptr_t)address, length, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

/* Looks for addresses that are free in the space and in the process. */
static void *take_common(const struct target *target, size_t length)
{
	static const uint64_t starts[] = { UINT64_C(1) << 32, UINT64_C(1) << 28, LEAST_ADDRESS };
	void *at = NULL;

	for (size_t i = 0; !at && i < sizeof starts / sizeof starts[0]; i++) {
		const struct iova_alloc_opts opts = {
			.size = sizeof opts,
			.window = { starts[i], LAST_ADDRESS },
		};
		uint64_t iova;

		if (iova_space_alloc(target->space, length, &opts, &iova) == 0)
			at = take(iova, length, MAP_FIXED_NOREPLACE);
	}
	/* then the library tells why the address that the process gets is not one for devices */
	return at ? at : take(0, length, 0);
}

static enum status no_memory(const struct target *target, const struct request *request)
{
	if (target->options->identity && !request->anywhere)
		return trouble(target->options, -ENOMEM,
			       "Give a length only, and an address is looked for.",
			       "%s: the process cannot have memory at that address", request->text);
	return trouble(target->options, -ENOMEM, "Ask for less.", "%s: cannot get so much memory",
		       request->text);
}

enum status memory_get(const struct target *target, const struct request *request,
		       struct memory *ret_memory)
{
	uint64_t granule = iova_space_granule(target->space);
	bool identity = target->options->identity;
	struct memory memory = { .block_length = (size_t)request->length };

	if (request->length > LAST_ADDRESS)
		return no_memory(target, request);
	if (identity && !request->anywhere) {
		memory.block = take(request->iova, memory.block_length, MAP_FIXED_NOREPLACE);
		memory.at = memory.block;
	} else if (identity) {
		memory.block = take_common(target, memory.block_length);
		memory.at = memory.block;
	} else {
		/* the granule may be larger than the processor's page */
		memory.block_length += (size_t)granule;
		memory.block = take(0, memory.block_length, 0);
		if (memory.block)
			memory.at = (char *)memory.block +
				    (-(uintptr_t)memory.block & (uintptr_t)(granule - 1));
	}
	if (!memory.block)
		return no_memory(target, request);
	*ret_memory = memory;
	return STATUS_FINE;
}

void memory_put(struct memory *memory)
{
	munmap(memory->block, memory->block_length);
}
