/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_BUSY_SPACE_H
#define TESTS_UNIT_BUSY_SPACE_H

/* A space in which there is something of everything. After space-help.h and made-host.h. */

static struct made_host made;
static struct notes before, after;

static inline int make_host(void **state)
{
	(void)state;
	made_begin(&made);
	made_plain_group(&made, 1);
	made_region(&made, MIB, 2 * MIB - 1, IOVA_REGION_DIRECT_RELAXABLE);
	made_plain_group(&made, 2);
	made_region(&made, 0xfee00000, 0xfeefffff, IOVA_REGION_MSI);
	return 0;
}

static inline struct iova_change *new_change(void)
{
	struct iova_change *change;

	assert_int_equal(iova_change_new(&change), 0);
	return change;
}

/* Both groups, a list, a reservation and two mappings, one of them on the relaxable region. */
static inline struct iova_space *busy_space(void)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);

	tell_kernel(space, { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff });
	assert_int_equal(iova_space_add_groups(space, &made.host, (uint32_t[]){ 2, 1 }, 2, NULL),
			 0);
	assert_int_equal(iova_space_reserve(space, RANGE(8 * MIB, 9 * MIB - 1), "firmware", NULL),
			 0);
	record_mapping(space, MIB, 3 * MIB - 1);
	record_mapping(space, 8 * GIB, 9 * GIB - 1);
	return space;
}

#endif
