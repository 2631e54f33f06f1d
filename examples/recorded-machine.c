/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * recorded-machine ROOT [BITS]: which addresses each group of a machine leaves to use. ROOT holds
 * the machine's sysfs ("/" for this one; scripts/record-machine copies another's). Nothing is
 * opened but sysfs, so the kernel's own list is not known, and the top only if BITS declares it.
 */
#include <libiova/libiova.h>
#include <stdio.h>
#include <stdlib.h>

static int print_usable(const struct iova_host *host, uint32_t group, uint32_t width)
{
	struct iova_space_opts opts = { .size = sizeof opts, .width = width };
	struct iova_space *space = NULL;
	struct iova_set *usable = NULL;
	struct iova_range range;
	int r = iova_space_new(&opts, &space);

	if (r >= 0)
		r = iova_space_add_group(space, host, group, NULL);
	if (r >= 0)
		r = iova_set_new(&usable);
	if (r >= 0)
		r = iova_space_read_tier(space, IOVA_TIER_USABLE, usable);
	if (r >= 0) {
		for (size_t i = 0; iova_set_nth(usable, i, &range) >= 0; i++)
			printf("  0x%llx-0x%llx\n", (unsigned long long)range.start,
			       (unsigned long long)range.last);
		if (!iova_space_top_known(space))
			printf("  above that nothing is known\n");
	}
	iova_set_free(usable);
	iova_space_free(space);
	return r;
}

static int print_group(const struct iova_host *host, const struct iova_group_info *group,
		       uint32_t width)
{
	struct iova_device_info device = { .size = sizeof device };

	printf("group %u:", (unsigned)group->id);
	for (size_t i = 0; iova_host_nth_device(host, group->id, i, &device) >= 0; i++)
		printf(" %s", device.name);
	putchar('\n');
	if (group->regions != IOVA_REGIONS_READ && group->regions != IOVA_REGIONS_EMPTY)
		printf("  (its reserved regions could not be read whole)\n");
	return print_usable(host, group->id, width);
}

int main(int argc, char **argv)
{
	struct iova_host_opts opts = { .size = sizeof opts };
	struct iova_group_info group = { .size = sizeof group };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_explanation why;
	struct iova_host *host;
	uint32_t width = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
	int r;

	if (argc < 2) {
		fprintf(stderr, "usage: recorded-machine ROOT [BITS]\n");
		return 2;
	}
	opts.root = argv[1];
	r = iova_host_read(&opts, &host, &failure);
	if (r < 0) {
		if (iova_explain(&failure, NULL, &why) >= 0)
			fprintf(stderr, "%s\n%s\n", why.cause, why.remedy);
		return 1;
	}
	for (size_t i = 0; r >= 0 && iova_host_nth_group(host, i, &group) >= 0; i++)
		r = print_group(host, &group, width);
	iova_host_free(host);
	return r < 0;
}
