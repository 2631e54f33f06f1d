/* SPDX-License-Identifier: BSD-3-Clause */
/* A machine of 500 groups and 2,000 devices: all of it is found, and merged as it must be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "large.h"
#include "oom.h"
#include "work.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS 500
#define PAGE ((uint64_t)4096)
#define TOP UINT64_MAX

struct machine {
	struct iova_sim *sim;
	struct iova_host *host;
};

static struct machine machine_of(uint32_t groups)
{
	struct machine machine;

	assert_int_equal(large_sim(groups, &machine.sim), 0);
	machine.host = work_read(NULL, iova_sim_sys(machine.sim));
	return machine;
}

static void machine_free(struct machine *machine)
{
	iova_host_free(machine->host);
	iova_sim_free(machine->sim);
}

static void assert_device(const struct iova_device_info *found, const struct large_device *made)
{
	assert_string_equal(found->name, made->name);
	assert_int_equal(found->group, made->group);
	assert_int_equal(found->vendor, made->vendor);
	assert_int_equal(found->device, made->device);
	assert_int_equal(found->class_code, made->class_code);
	assert_string_equal(found->driver, made->driver ? made->driver : "");
}

static void every_device_and_region_is_found(void **state)
{
	struct machine machine = machine_of(GROUPS);
	struct iova_group_info group = { .size = sizeof group };
	struct iova_device_info device = { .size = sizeof device };
	struct iova_region regions[LARGE_REGIONS];
	size_t serial = 0;

	(void)state;
	assert_int_equal(iova_host_count_groups(machine.host), GROUPS);
	for (uint32_t id = 0; id < GROUPS; id++) {
		assert_int_equal(iova_host_nth_group(machine.host, id, &group), 0);
		assert_int_equal(group.id, id);
		assert_int_equal(group.regions, IOVA_REGIONS_READ);
		assert_int_equal(group.n_regions, large_regions(id, regions));
		assert_int_equal(group.n_devices, large_members(id));
		for (size_t i = 0; i < group.n_devices; i++) {
			struct large_device made = large_device(id, serial++);

			assert_int_equal(iova_host_find_device(machine.host, made.name, &device),
					 0);
			assert_device(&device, &made);
		}
	}
	assert_in_range(serial, 2000, 2100);
	assert_int_equal(iova_host_find_device(machine.host, "0000:ff:1f.7", &device), -ENOENT);
	assert_int_equal(iova_host_find_device(machine.host, "zzzz", &device), -ENOENT);
	machine_free(&machine);
}

/* Every third one first, so that what is left is looked for among others that go as well. */
static void devices_that_go_are_gone_and_the_others_stay(void **state)
{
	struct machine machine = machine_of(25);
	struct iova_device_info info = { .size = sizeof info };
	size_t n = large_devices(25);
	char names[128][IOVA_DEVICE_NAME_MAX];

	(void)state;
	assert_true(n < 128);
	for (uint32_t group = 0, serial = 0; group < 25; group++)
		for (size_t i = 0; i < large_members(group); i++, serial++)
			strcpy(names[serial], large_device(group, serial).name);
	for (size_t start = 0; start < 3; start++) {
		for (size_t i = start; i < n; i += 3)
			assert_int_equal(iova_sim_remove_device(machine.sim, names[i]), 0);
		iova_host_free(machine.host);
		machine.host = work_read(NULL, iova_sim_sys(machine.sim));
		for (size_t i = 0; i < n; i++) {
			bool gone = i % 3 <= start;

			assert_int_equal(iova_host_find_device(machine.host, names[i], &info),
					 gone ? -ENOENT : 0);
			assert_int_equal(iova_sim_bind(machine.sim, names[i], NULL),
					 gone ? -ENOENT : 0);
		}
	}
	assert_int_equal(iova_sim_add_device(machine.sim, 3, names[7], 1, 2, 3, NULL), 0);
	assert_int_equal(iova_sim_bind(machine.sim, names[7], "nvme"), 0);
	machine_free(&machine);
}

static void assert_same_reasons(const struct iova_space *a, const struct iova_space *b,
				size_t segment, uint32_t n)
{
	struct iova_conflict x, y;

	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(iova_space_nth_reason(a, segment, i, &x), 0);
		assert_int_equal(iova_space_nth_reason(b, segment, i, &y), 0);
		assert_memory_equal(&x.range, &y.range, sizeof x.range);
		assert_memory_equal(&x.region, &y.region, sizeof x.region);
		assert_int_equal(x.source, y.source);
		assert_int_equal(x.group, y.group);
		assert_int_equal(x.verdict, y.verdict);
		assert_string_equal(x.device, y.device);
		assert_string_equal(x.word, y.word);
	}
}

static void assert_same_space(const struct iova_space *a, const struct iova_space *b)
{
	struct iova_segment x, y;
	size_t i;

	for (i = 0; iova_space_nth_segment(a, i, &x) == 0; i++) {
		assert_int_equal(iova_space_nth_segment(b, i, &y), 0);
		assert_memory_equal(&x.range, &y.range, sizeof x.range);
		assert_int_equal(x.tier, y.tier);
		assert_int_equal(x.n_reasons, y.n_reasons);
		assert_same_reasons(a, b, i, x.n_reasons);
	}
	assert_true(i > 1000);
	assert_int_equal(iova_space_nth_segment(b, i, &y), -ENOENT);
}

static void groups_merged_at_once_are_as_those_merged_one_by_one(void **state)
{
	struct machine machine = machine_of(GROUPS);
	struct iova_space *at_once = work_merge(machine.host);
	struct iova_space *each = work_merge_each(machine.host);

	(void)state;
	assert_int_equal(iova_space_read_groups(at_once, NULL, 0), GROUPS);
	assert_same_space(at_once, each);
	iova_space_free(at_once);
	iova_space_free(each);
	machine_free(&machine);
}

static void the_order_in_which_groups_come_does_not_matter(void **state)
{
	struct machine machine = machine_of(GROUPS);
	struct iova_space *forward = work_merge(machine.host), *backward;
	const struct iova_space_opts opts = { .size = sizeof opts, .width = 48 };
	uint32_t groups[GROUPS];

	(void)state;
	for (uint32_t i = 0; i < GROUPS; i++)
		groups[i] = GROUPS - 1 - i;
	assert_int_equal(iova_space_new(&opts, &backward), 0);
	assert_int_equal(iova_space_add_groups(backward, machine.host, groups, GROUPS, NULL), 0);
	assert_same_space(forward, backward);
	iova_space_free(forward);
	iova_space_free(backward);
	machine_free(&machine);
}

/* What a plain look at all regions says of one page. */
struct look {
	uint32_t verdict;
	uint32_t strict;  /* regions that refuse it */
	uint32_t relaxed; /* those that warn */
};

static struct look look_at(uint64_t page)
{
	struct look look = { .verdict = IOVA_VERDICT_ALLOW };
	struct iova_region regions[LARGE_REGIONS];

	for (uint32_t group = 0; group < GROUPS; group++) {
		size_t n = large_regions(group, regions);

		for (size_t i = 0; i < n; i++) {
			const struct iova_range *range = &regions[i].range;

			if (range->start > page + (PAGE - 1) || range->last < page)
				continue;
			if (regions[i].type == IOVA_REGION_DIRECT_RELAXABLE)
				look.relaxed++;
			else
				look.strict++;
		}
	}
	if (look.strict || page >> 48)
		look.verdict = IOVA_VERDICT_REFUSE;
	else if (look.relaxed)
		look.verdict = IOVA_VERDICT_WARN;
	return look;
}

/* How many regions are the reasons of the segment that an address is in. */
static uint32_t region_reasons(const struct iova_space *space, uint64_t address)
{
	struct iova_segment segment;
	struct iova_conflict reason;
	uint32_t n = 0;
	size_t i = 0;

	while (iova_space_nth_segment(space, i, &segment) == 0 && segment.range.last < address)
		i++;
	for (size_t j = 0; iova_space_nth_reason(space, i, j, &reason) == 0; j++)
		n += reason.source == IOVA_SOURCE_REGION;
	return n;
}

static void assert_page(const struct iova_space *space, uint64_t page)
{
	struct iova_check check = { .size = sizeof check };
	struct look look = look_at(page);

	assert_int_equal(iova_space_check(space, page, PAGE, &check, NULL, 0), 0);
	assert_int_equal(check.verdict, look.verdict);
	assert_int_equal(region_reasons(space, page),
			 look.verdict == IOVA_VERDICT_REFUSE ? look.strict : look.relaxed);
}

/* At both ends of every seventh group's regions, where most can go wrong. */
static void a_sample_is_as_a_look_at_all_regions_says(void **state)
{
	struct machine machine = machine_of(GROUPS);
	struct iova_space *space = work_merge(machine.host);
	struct iova_region regions[LARGE_REGIONS];

	(void)state;
	for (uint32_t group = 0; group < GROUPS; group += 7) {
		size_t n = large_regions(group, regions);

		for (size_t i = 0; i < n; i++) {
			uint64_t first = regions[i].range.start & ~(PAGE - 1);
			uint64_t last = regions[i].range.last & ~(PAGE - 1);

			assert_page(space, first - PAGE);
			assert_page(space, first);
			assert_page(space, last);
			assert_page(space, last + PAGE);
		}
	}
	assert_page(space, 0);
	assert_page(space, ((uint64_t)1 << 48) - PAGE);
	assert_page(space, (uint64_t)1 << 48);
	iova_space_free(space);
	machine_free(&machine);
}

/* On a machine without modalias a device is four files and, without a driver, one look more. */
static void each_group_and_each_device_costs_the_same_number_of_calls(void **state)
{
	(void)state;
	for (uint32_t groups = 125; groups <= GROUPS; groups *= 2) {
		struct machine machine = machine_of(groups);
		size_t devices = large_devices(groups);
		uint64_t calls = iova_sim_calls(machine.sim, IOVA_SIM_CALL_ANY);

		/* the root opened and closed, the list of groups, one modalias that is not there */
		assert_true(calls >= 4 + 3 * groups + 4 * devices);
		assert_true(calls <= 4 + 3 * groups + 5 * devices);
		assert_int_equal(iova_sim_calls(machine.sim, IOVA_SIM_CALL_READ_FILE),
				 1 + 2 * groups + 3 * devices);
		machine_free(&machine);
	}
}

static unsigned long allocations_of(uint32_t groups, unsigned long *ret_merge,
				    unsigned long *ret_each)
{
	const struct iova_space_opts opts = { .size = sizeof opts, .width = 48 };
	unsigned long read;
	struct iova_sim *sim;
	struct iova_host *host;
	struct iova_space *space;

	assert_int_equal(large_sim(groups, &sim), 0);
	oom_fail_at(ULONG_MAX);
	host = work_read(NULL, iova_sim_sys(sim));
	read = oom_seen();
	oom_fail_at(ULONG_MAX);
	space = work_merge(host);
	*ret_merge = oom_seen();
	oom_off();
	iova_space_free(space);
	assert_int_equal(iova_space_new(&opts, &space), 0);
	*ret_each = 0;
	for (uint32_t group = 0; group < groups; group++) {
		oom_fail_at(ULONG_MAX);
		assert_int_equal(iova_space_add_group(space, host, group, NULL), 0);
		if (oom_seen() > *ret_each)
			*ret_each = oom_seen();
		oom_off();
	}
	iova_space_free(space);
	iova_host_free(host);
	iova_sim_free(sim);
	return read;
}

/* Those of the simulated machine count as well: it copies what it hands out. */
static void memory_is_asked_for_in_proportion(void **state)
{
	unsigned long merge[2], each[2];
	unsigned long small = allocations_of(GROUPS / 4, &merge[0], &each[0]);
	unsigned long large = allocations_of(GROUPS, &merge[1], &each[1]);

	(void)state;
	assert_in_range(large, 3 * small, 5 * small);
	/* three for each group that is taken in, and what grows by doubling */
	assert_true(merge[1] <= 3 * GROUPS + 150);
	/* one group more costs as many, however many there are */
	assert_true(each[1] <= each[0] + 20);
	assert_true(each[1] <= 120);
}

static void reading_a_large_machine_without_memory_leaves_nothing(void **state)
{
	struct iova_host_opts opts = { .size = sizeof opts };
	struct iova_host *host = NULL;
	struct iova_sim *sim;
	unsigned long n;

	(void)state;
	assert_int_equal(large_sim(50, &sim), 0);
	opts.sys = iova_sim_sys(sim);
	for (n = 0;; n++) {
		long live = oom_live();
		int r;

		oom_fail_at(n);
		r = iova_host_read(&opts, &host, NULL);
		oom_off();
		if (!oom_reached())
			break;
		/* what the machine cannot hand out is not known, and no failure of ours */
		if (r < 0)
			assert_int_equal(r, -ENOMEM);
		else
			iova_host_free(host);
		assert_int_equal(oom_live(), live);
	}
	assert_true(n > 300);
	iova_host_free(host);
	iova_sim_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_device_and_region_is_found),
		cmocka_unit_test(devices_that_go_are_gone_and_the_others_stay),
		cmocka_unit_test(groups_merged_at_once_are_as_those_merged_one_by_one),
		cmocka_unit_test(the_order_in_which_groups_come_does_not_matter),
		cmocka_unit_test(a_sample_is_as_a_look_at_all_regions_says),
		cmocka_unit_test(each_group_and_each_device_costs_the_same_number_of_calls),
		cmocka_unit_test(memory_is_asked_for_in_proportion),
		cmocka_unit_test(reading_a_large_machine_without_memory_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
