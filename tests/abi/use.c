/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a program does that has only the installed library: use ROOT. C and C++. It prints the
 * verdict on the relaxable region of group 7.
 */
#include <libiova/libiova.h>
#include <stdio.h>

#define CHECK(condition)                                                        \
	do {                                                                    \
		if (!(condition)) {                                             \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			return 1;                                               \
		}                                                               \
	} while (0)

static int use_a_set(void)
{
	struct iova_range range, whole = { 0, UINT64_MAX };
	struct iova_set *set;

	CHECK(iova_set_new(&set) == 0);
	CHECK(iova_range_make(0xfee00000, 0x100000, &range) == 0);
	CHECK(iova_set_add(set, &whole) == 0 && iova_set_remove(set, &range) == 0);
	CHECK(iova_set_count(set) == 2 && iova_set_overlaps(set, &range) == 0);
	CHECK(iova_set_complement(set, &whole) == 0 && iova_set_contains(set, &range) == 1);
	iova_set_free(set);
	return 0;
}

static int verdict_on(const struct iova_space *space, uint64_t iova, uint32_t *ret_verdict)
{
	struct iova_conflict conflict;
	struct iova_check check;
	char text[256];

	check.size = sizeof check;
	CHECK(iova_space_check(space, iova, 0x1000, &check, &conflict, 1) == 0);
	CHECK(check.n_conflicts == 0 || iova_conflict_text(&conflict, text, sizeof text) > 0);
	*ret_verdict = check.verdict;
	return 0;
}

static int use_a_host(const char *root, uint32_t *ret_verdict)
{
	struct iova_host_opts opts = { sizeof opts, root, NULL };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_device_info device;
	struct iova_host *host;
	struct iova_space *space;
	uint32_t verdict;

	device.size = sizeof device;
	CHECK(iova_host_read(&opts, &host, &failure) == 0);
	CHECK(iova_host_find_device(host, "00:02.0", &device) == 0 && device.group == 7);
	CHECK(iova_space_new(NULL, &space) == 0);
	CHECK(iova_space_add_group(space, host, device.group, NULL) == 0);
	CHECK(verdict_on(space, 0xfee00000, &verdict) == 0 && verdict == IOVA_VERDICT_REFUSE);
	CHECK(verdict_on(space, 0x100000, &verdict) == 0 && verdict == IOVA_VERDICT_ALLOW);
	CHECK(verdict_on(space, 0x200000, ret_verdict) == 0);
	iova_space_free(space);
	iova_host_free(host);
	return 0;
}

static int go_on(void *data, uint64_t done, uint64_t total)
{
	return data || done > total;
}

static int use_arrays(void)
{
	struct iova_mapping mappings[2] = { { { 0x1000, 0x1fff }, 0x7f0000, IOVA_READ, 0 },
					    { { 0x2000, 0x2fff }, 0x7f8000, IOVA_READ, 0 } };
	struct iova_request request = { 0x1000, 0x7f0000, 0x1000, IOVA_READ, 0 };
	struct iova_many_opts opts = { sizeof opts, IOVA_MANY_ANYWHERE,      0, 0x200000, go_on,
				       NULL,        { 0, 0, 0, 0, { 0, 0 } } };
	struct iova_space *space;

	CHECK(iova_space_new(NULL, &space) == 0);
	CHECK(iova_space_record_many(space, mappings, 2) == 0 && iova_space_count(space) == 2);
	iova_space_free(space);
	CHECK(iova_ctx_map_many(NULL, &request, 1, &opts, NULL) < 0);
	CHECK(iova_ctx_unmap_many(NULL, &request, 1, &opts, NULL, NULL) < 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const words[] = { "?", "allow", "warn", "refuse" };
	uint32_t verdict;

	CHECK(argc == 2 && iova_version() == IOVA_VERSION);
	if (use_a_set() || use_arrays() || use_a_host(argv[1], &verdict))
		return 1;
	printf("%s\n", words[verdict]);
	return 0;
}
