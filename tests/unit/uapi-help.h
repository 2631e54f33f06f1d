/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_UAPI_HELP_H
#define TESTS_UNIT_UAPI_HELP_H

/* Layouts of ours against the kernel's. After cmocka.h. */

#define assert_same_field(ours, our_field, theirs, their_field)              \
	do {                                                                 \
		assert_int_equal(offsetof(struct ours, our_field),           \
				 offsetof(struct theirs, their_field));      \
		assert_int_equal(sizeof(((struct ours *)0)->our_field),      \
				 sizeof(((struct theirs *)0)->their_field)); \
	} while (0)

#define assert_field_at(offset, size, ours, our_field)                         \
	do {                                                                   \
		assert_int_equal(offsetof(struct ours, our_field), offset);    \
		assert_int_equal(sizeof(((struct ours *)0)->our_field), size); \
	} while (0)

#endif
