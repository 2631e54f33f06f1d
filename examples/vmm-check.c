/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmm-check ROOT GROUP [SECOND]: how a virtual machine monitor that makes its own system calls
 * uses a space: it asks before each of its own map calls, and records those that succeeded. SECOND
 * is a group to be plugged in later: what would that break?
 */
#include <errno.h>
#include <libiova/libiova.h>
#include <stdio.h>
#include <stdlib.h>

#define WIDTH 39 /* what the VMM knows of the IOMMU; better: iova_space_set_kernel() */

/* Guest memory, as a PC has it. The MSI window lies just above its second range. */
static const struct slot {
	const char *name;
	uint64_t iova, length;
} slots[] = {
	{ "low memory", 0x0, 0x2000000 },
	{ "below 4G", 0x2000000, 0xbe000000 },
	{ "firmware", 0xfec00000, 0x1400000 },
	{ "above 4G", 0x100000000, 0x40000000 },
};

/* Stands for the VMM's own VFIO_IOMMU_MAP_DMA or IOMMU_IOAS_MAP. */
static int vmm_map(const struct slot *slot, uint64_t vaddr)
{
	(void)slot;
	(void)vaddr;
	return 0;
}

static void print_conflict(const struct iova_conflict *conflict)
{
	char text[256];

	if (iova_conflict_text(conflict, text, sizeof text) >= 0)
		printf("    %s\n", text);
}

static int add_slot(struct iova_space *space, const struct slot *slot, uint64_t vaddr)
{
	struct iova_check check = { .size = sizeof check };
	struct iova_conflict conflicts[8];
	struct iova_mapping mapping = { .vaddr = vaddr, .access = IOVA_READ | IOVA_WRITE };
	static const char *const words[] = { "", "fits", "fits with a warning", "refused" };
	int r = iova_space_check(space, slot->iova, slot->length, &check, conflicts, 8);

	if (r < 0)
		return r;
	printf("%s: %s\n", slot->name, words[check.verdict]);
	for (uint64_t i = 0; i < check.n_conflicts && i < 8; i++)
		print_conflict(&conflicts[i]);
	if (check.verdict == IOVA_VERDICT_REFUSE) {
		if (check.flags & IOVA_CHECK_FIT_ABOVE)
			printf("    it would fit at 0x%llx\n",
			       (unsigned long long)check.fit_above.start);
		return 0; /* a real VMM would lay its memory out anew */
	}
	r = vmm_map(slot, vaddr);
	if (r >= 0)
		r = iova_range_make(slot->iova, slot->length, &mapping.range);
	return r < 0 ? r : iova_space_record(space, &mapping);
}

static int try_hotplug(struct iova_space *space, const struct iova_host *host, uint32_t group)
{
	struct iova_mapping mapping;
	struct iova_conflict conflict;
	struct iova_change *change;
	int r = iova_change_new(&change);

	if (r >= 0)
		r = iova_space_try_group(space, host, group, change);
	if (r >= 0) {
		printf("plugging in group %u:\n", (unsigned)group);
		for (size_t i = 0; !iova_change_nth_broken(change, i, &mapping, &conflict); i++)
			print_conflict(&conflict);
	}
	iova_change_free(change);
	return r;
}

int main(int argc, char **argv)
{
	struct iova_host_opts host_opts = { .size = sizeof host_opts };
	struct iova_space_opts opts = { .size = sizeof opts, .width = WIDTH };
	struct iova_host *host = NULL;
	struct iova_space *space = NULL;
	int r;

	if (argc < 3) {
		fprintf(stderr, "usage: vmm-check ROOT GROUP [SECOND]\n");
		return 2;
	}
	host_opts.root = argv[1];
	r = iova_host_read(&host_opts, &host, NULL);
	if (r >= 0)
		r = iova_space_new(&opts, &space);
	if (r >= 0)
		r = iova_space_add_group(space, host, (uint32_t)strtoul(argv[2], NULL, 10), NULL);
	for (size_t i = 0; r >= 0 && i < sizeof slots / sizeof slots[0]; i++)
		r = add_slot(space, &slots[i], 0x7f0000000000 + slots[i].iova);
	if (r >= 0 && argc > 3)
		r = try_hotplug(space, host, (uint32_t)strtoul(argv[3], NULL, 10));
	iova_space_free(space);
	iova_host_free(host);
	if (r < 0)
		fprintf(stderr, "vmm-check: errno %d\n", -r);
	return r < 0;
}
