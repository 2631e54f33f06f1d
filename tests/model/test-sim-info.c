/* SPDX-License-Identifier: BSD-3-Clause */
/* The simulated replies to VFIO_IOMMU_GET_INFO, byte by byte. */
#include "raw.h"

#include <errno.h>
#include <string.h>

static void assert_list_at(const unsigned char *reply, uint32_t at)
{
	assert_int_equal(raw_u32(reply, at + 8), 2);
	assert_int_equal(raw_u64(reply, at + 16), 0);
	assert_int_equal(raw_u64(reply, at + 24), 0xfedfffff);
	assert_int_equal(raw_u64(reply, at + 32), 0xfef00000);
	assert_int_equal(raw_u64(reply, at + 40), 0x7fffffffff);
}

static void the_chain_of_6_1_is_not_padded(void **state)
{
	const struct world *w = *state;
	unsigned char reply[256];
	struct raw raw;

	world_kernel(w, "6.1");
	raw = raw_attach(w, GROUP_NIC);
	assert_int_equal(raw_info(w, raw.container, reply, sizeof reply), 0);
	assert_int_equal(raw_u32(reply, 0), sizeof reply);
	assert_int_equal(raw_u32(reply, 4), 3);
	assert_int_equal(raw_u64(reply, 8), 0x40201000);
	assert_int_equal(raw_u32(reply, 16), 24);
	assert_int_equal(raw_u32(reply, 24), 2 | 1 << 16);
	assert_int_equal(raw_u32(reply, 28), 56);
	assert_int_equal(raw_u64(reply, 24 + 16), 4096);
	assert_int_equal(raw_u64(reply, 24 + 24), 256 * MIB);
	assert_int_equal(raw_u32(reply, 56), 3 | 1 << 16);
	assert_int_equal(raw_u32(reply, 60), 68);
	assert_int_equal(raw_u32(reply, 64), 65535);
	assert_int_equal(raw_u32(reply, 68), 1 | 1 << 16);
	assert_int_equal(raw_u32(reply, 72), 0);
	assert_list_at(reply, 68);
	raw_detach(w, raw);
}

static void the_chain_of_6_12_is_padded(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	unsigned char reply[120];

	assert_int_equal(raw_info(w, raw.container, reply, sizeof reply), 0);
	assert_int_equal(raw_u32(reply, 16), 24);
	assert_int_equal(raw_u32(reply, 28), 56);
	assert_int_equal(raw_u32(reply, 60), 72);
	assert_int_equal(raw_u32(reply, 68), 0);
	assert_int_equal(raw_u32(reply, 76), 0);
	assert_list_at(reply, 72);
	raw_detach(w, raw);
}

static void the_chain_of_5_4_is_the_list_alone(void **state)
{
	const struct world *w = *state;
	unsigned char reply[120];
	struct raw raw;

	world_kernel(w, "5.4");
	raw = raw_attach(w, GROUP_NIC);
	assert_int_equal(raw_info(w, raw.container, reply, sizeof reply), 0);
	assert_int_equal(raw_u32(reply, 16), 24);
	assert_int_equal(raw_u32(reply, 24), 1 | 1 << 16);
	assert_list_at(reply, 24);
	raw_detach(w, raw);
}

static void too_little_room_is_told_and_no_error(void **state)
{
	static const struct {
		const char *release;
		uint32_t needed;
	} cases[] = { { "6.1", 116 }, { "6.12", 120 } };
	const struct world *w = *state;

	for (size_t i = 0; i < 2; i++) {
		unsigned char reply[256];
		struct raw raw;

		world_kernel(w, cases[i].release);
		raw = raw_attach(w, GROUP_NIC);
		assert_int_equal(raw_info(w, raw.container, reply, 24), 0);
		assert_int_equal(raw_u32(reply, 0), cases[i].needed);
		assert_int_equal(raw_u32(reply, 4), 3);
		assert_int_equal(raw_u32(reply, 16), 0);
		assert_int_equal(raw_info(w, raw.container, reply, cases[i].needed - 1), 0);
		assert_int_equal(raw_u32(reply, 0), cases[i].needed);
		assert_int_equal(raw_info(w, raw.container, reply, cases[i].needed), 0);
		assert_int_equal(raw_u32(reply, 16), 24);
		raw_detach(w, raw);
	}
}

/* How much of the fixed part is written depends on the room and the kernel. */
static void nothing_is_written_beyond_what_the_kernel_knows(void **state)
{
	static const struct {
		const char *release;
		uint32_t argsz;
		size_t written;
	} cases[] = { { "4.19", 24, 16 }, { "6.1", 19, 16 },  { "6.1", 23, 20 },
		      { "6.1", 16, 16 },  { "6.12", 17, 17 }, { "6.12", 23, 23 } };
	const struct world *w = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned char reply[64];
		struct raw raw;

		world_kernel(w, cases[i].release);
		raw = raw_attach(w, GROUP_NIC);
		memset(reply, 0xaa, sizeof reply);
		memcpy(reply, &cases[i].argsz, 4);
		assert_int_equal(raw_ioctl(w, raw.container, IOVA_VFIO_IOMMU_GET_INFO, reply), 0);
		if (cases[i].written > 16)
			assert_int_equal(reply[16], 0);
		assert_int_equal(reply[cases[i].written], 0xaa);
		raw_detach(w, raw);
	}
}

static void wrong_arguments_have_their_errno(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	unsigned char reply[64];

	assert_int_equal(raw_info(w, raw.container, reply, 15), -EINVAL);
	assert_int_equal(raw_ioctl(w, raw.container, IOVA_VFIO_IOMMU_GET_INFO, NULL), -EFAULT);
	raw_detach(w, raw);
}

static void a_kernel_before_5_4_has_no_capabilities(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	unsigned char reply[256];

	assert_int_equal(raw_info(w, raw.container, reply, sizeof reply), 0);
	assert_int_equal(raw_u32(reply, 0), sizeof reply);
	assert_int_equal(raw_u32(reply, 4), 1);
	assert_int_equal(raw_u32(reply, 16), 0);
	raw_detach(w, raw);
}

static void the_entries_left_are_counted(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	unsigned char reply[256];
	uint64_t size = PAGE;

	assert_int_equal(raw_map(w, raw.container, 0x200000, 0x1000, PAGE), 0);
	assert_int_equal(raw_info(w, raw.container, reply, sizeof reply), 0);
	assert_int_equal(raw_u32(reply, raw_find_cap(reply, 3) + 8), 65534);
	assert_int_equal(raw_unmap(w, raw.container, 0, 0x200000, &size), 0);
	assert_int_equal(raw_info(w, raw.container, reply, sizeof reply), 0);
	assert_int_equal(raw_u32(reply, raw_find_cap(reply, 3) + 8), 65535);
	raw_detach(w, raw);
}

static void a_reply_is_corrupted_within_the_callers_room(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	unsigned char reply[256];

	assert_int_equal(iova_sim_corrupt_info(w->sim, 80, 4, 0xfffffff0), 0);
	assert_int_equal(iova_sim_corrupt_info(w->sim, 118, 8, UINT64_MAX), 0);
	memset(reply, 0, sizeof reply);
	assert_int_equal(raw_info(w, raw.container, reply, 120), 0);
	assert_int_equal(raw_u32(reply, 80), 0xfffffff0);
	assert_int_equal(reply[118], 0xff);
	assert_int_equal(reply[119], 0xff);
	assert_int_equal(reply[120], 0);
	iova_sim_clear_corruption(w->sim);
	assert_int_equal(raw_info(w, raw.container, reply, 120), 0);
	assert_list_at(reply, 72);
	assert_int_equal(iova_sim_corrupt_info(w->sim, 0, 9, 0), -EINVAL);
	raw_detach(w, raw);
}

/* Any one: of the fixed part, of the headers and of the ranges. */
static void each_byte_of_a_reply_can_be_corrupted(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	unsigned char reply[120], good[120];

	assert_int_equal(raw_info(w, raw.container, good, sizeof good), 0);
	for (size_t i = 0; i < sizeof good; i++) {
		assert_int_equal(iova_sim_corrupt_info(w->sim, i, 1, good[i] ^ 0x55), 0);
		assert_int_equal(raw_info(w, raw.container, reply, sizeof reply), 0);
		assert_int_equal(reply[i], good[i] ^ 0x55);
		reply[i] = good[i];
		assert_memory_equal(reply, good, sizeof good);
		iova_sim_clear_corruption(w->sim);
	}
	raw_detach(w, raw);
}

static void attach_usb(struct iova_sim *sim, void *arg)
{
	assert_int_equal(iova_sim_attach_behind(sim, *(int *)arg, GROUP_USB), 0);
}

static void the_list_may_grow_between_two_calls(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	unsigned char reply[256];

	assert_int_equal(iova_sim_add_region(w->sim, GROUP_USB, 0x200000000, 0x2000fffff,
					     "reserved"),
			 0);
	assert_int_equal(iova_sim_after(w->sim, IOVA_SIM_CALL_GET_INFO, 1, attach_usb,
					&raw.container),
			 0);
	assert_int_equal(raw_info(w, raw.container, reply, 24), 0);
	assert_int_equal(raw_u32(reply, 0), 120);
	assert_int_equal(raw_info(w, raw.container, reply, 120), 0);
	assert_int_equal(raw_u32(reply, 0), 136);
	assert_int_equal(raw_u32(reply, 16), 0);
	assert_int_equal(raw_open_group(w, GROUP_USB), -EBUSY);
	assert_int_equal(iova_sim_detach_behind(w->sim, GROUP_USB), 0);
	assert_int_equal(iova_sim_detach_behind(w->sim, GROUP_USB), -ENOENT);
	assert_int_equal(raw_info(w, raw.container, reply, 120), 0);
	assert_list_at(reply, 72);
	raw_detach(w, raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, the_chain_of_6_1_is_not_padded),
		ON(desktop, the_chain_of_6_12_is_padded),
		ON(desktop, the_chain_of_5_4_is_the_list_alone),
		ON(desktop, too_little_room_is_told_and_no_error),
		ON(desktop, nothing_is_written_beyond_what_the_kernel_knows),
		ON(desktop, wrong_arguments_have_their_errno),
		ON(old, a_kernel_before_5_4_has_no_capabilities),
		ON(desktop, the_entries_left_are_counted),
		ON(desktop, a_reply_is_corrupted_within_the_callers_room),
		ON(desktop, each_byte_of_a_reply_can_be_corrupted),
		ON(desktop, the_list_may_grow_between_two_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
