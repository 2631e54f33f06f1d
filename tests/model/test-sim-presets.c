/* SPDX-License-Identifier: BSD-3-Clause */
/* What each preset is for. */
#include "raw-cdev.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VADDR 0x7f0000000000ull

static void assert_regions(const struct world *world, uint32_t group, const char *wanted)
{
	char path[64], text[512];
	int64_t n;

	snprintf(path, sizeof path, "sys/kernel/iommu_groups/%u/reserved_regions", group);
	n = world->sys->read_file(world->sys->data, -1, path, text, sizeof text - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	assert_string_equal(text, wanted);
}

/* No driver of VFIO has a device of it. */
static void assert_no_node(const struct world *world, uint32_t group)
{
	assert_int_equal(raw_open_group(world, group), -ENOENT);
}

/* The first card and the whole list of its container; then all is closed again. */
static void assert_list_of(const struct world *world, uint32_t group,
			   const struct iova_range *ranges, size_t n)
{
	struct raw raw = raw_attach(world, group);

	world_assert_list(world, raw.container, ranges, n);
	raw_detach(world, raw);
}

static void igpu_has_graphics_and_usb_that_may_give_up_their_rmrrs(void **state)
{
	static const struct iova_range list[] = { { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff } };
	struct world *w = world_new("igpu");

	(void)state;
	assert_regions(w, 1,
		       "0x000000008b000000 0x000000008f7fffff direct-relaxable\n"
		       "0x00000000fee00000 0x00000000feefffff msi\n");
	assert_regions(w, 2,
		       "0x000000007b1fd000 0x000000007b21cfff direct-relaxable\n"
		       "0x00000000fee00000 0x00000000feefffff msi\n");
	assert_list_of(w, 1, list, 2);
	assert_list_of(w, 2, list, 2);
	for (uint32_t group = 3; group < 6; group++)
		assert_no_node(w, group);
	world_assert_clean(w);
	world_free(w);
}

static void gpu_shares_its_group_with_its_audio_and_a_port(void **state)
{
	struct world *w = world_new("gpu");
	struct raw raw = raw_attach(w, 1);
	int card = raw_device(w, raw.group, "0000:01:00.0");
	int audio = raw_device(w, raw.group, "0000:01:00.1");

	(void)state;
	assert_true(card >= 0 && audio >= 0);
	assert_int_equal(raw_device(w, raw.group, "0000:00:01.0"), -ENODEV);
	assert_int_equal(raw_close(w, audio), 0);
	assert_int_equal(iova_sim_bind(w->sim, "0000:01:00.1", "snd_hda_intel"), -EBUSY);
	assert_int_equal(raw_close(w, card), 0);
	raw_detach(w, raw);
	assert_int_equal(iova_sim_bind(w->sim, "0000:01:00.1", "snd_hda_intel"), 0);
	raw.container = raw_open(w, "/dev/vfio/vfio");
	raw.group = raw_open_group(w, 1);
	assert_int_equal(raw_set_container(w, raw.group, raw.container), -EPERM);
	raw_detach(w, raw);
	world_assert_clean(w);
	world_free(w);
}

/* 5.15 on VT-d: type1 is refused the group, not VFIO. */
static void server_has_strict_rmrrs(void **state)
{
	struct world *w = world_new("server");
	struct raw raw;

	(void)state;
	assert_regions(w, 2,
		       "0x0000000079176000 0x0000000079178fff direct\n"
		       "0x00000000fee00000 0x00000000feefffff msi\n");
	assert_regions(w, 5,
		       "0x00000000791ee000 0x00000000791f1fff direct\n"
		       "0x00000000791ee000 0x00000000791f1fff direct-relaxable\n"
		       "0x00000000fee00000 0x00000000feefffff msi\n");
	raw.container = raw_open(w, "/dev/vfio/vfio");
	raw.group = raw_join(w, raw.container, 2);
	assert_int_equal(raw_set_iommu(w, raw.container, 3), -EPERM);
	raw_detach(w, raw);
	raw_detach(w, raw_attach(w, 1));
	for (uint32_t group = 3; group < 6; group++)
		assert_no_node(w, group);
	world_assert_clean(w);
	world_free(w);
}

static void epyc_has_the_hole_of_hypertransport(void **state)
{
	struct world *w = world_new("epyc");
	struct raw raw = raw_attach(w, 1);

	(void)state;
	assert_regions(w, 1,
		       "0x00000000fee00000 0x00000000feefffff msi\n"
		       "0x000000fd00000000 0x000000ffffffffff reserved\n");
	assert_int_equal(raw_map(w, raw.container, 0xfd00000000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_map(w, raw.container, 0x10000000000, VADDR, PAGE), 0);
	raw_detach(w, raw);
	world_assert_clean(w);
	world_free(w);
}

/* From 6.6 the rule for direct regions is that of every IOMMU. */
static void arm_has_rmrs_and_a_window_for_interrupts(void **state)
{
	static const struct iova_range list[] = { { 0, 0x7ffffff }, { 0x8100000, 0xffffffffffff } };
	struct world *w = world_new("arm");
	struct raw raw;

	(void)state;
	assert_regions(w, 2,
		       "0x0000000008000000 0x00000000080fffff msi\n"
		       "0x0000000083f80000 0x0000000083ffffff direct\n");
	assert_regions(w, 3,
		       "0x0000000008000000 0x00000000080fffff msi\n"
		       "0x00000000fc000000 0x00000000fcffffff direct-relaxable\n");
	assert_list_of(w, 3, list, 2);
	raw.container = raw_open(w, "/dev/vfio/vfio");
	raw.group = raw_open_group(w, 2);
	assert_int_equal(raw_set_container(w, raw.group, raw.container), -EINVAL);
	raw_detach(w, raw);
	world_assert_clean(w);
	world_free(w);
}

/* What its aperture leaves out is nowhere in sysfs. */
static void s390_begins_at_4g(void **state)
{
	static const struct iova_range list[] = { { 0x100000000, 0x4ffffffff } };
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct world *w = world_new("s390");
	struct raw raw = raw_attach(w, 1);

	(void)state;
	/* That of 6.1 is VT-d's. */
	assert_int_equal(iova_sim_get_kernel(w->sim, &kernel), 0);
	assert_int_equal(kernel.direct, IOVA_SIM_DIRECT_ALLOWED);
	assert_regions(w, 1, "");
	world_assert_list(w, raw.container, list, 1);
	assert_int_equal(raw_map(w, raw.container, 0x200000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_map(w, raw.container, 0xfffff000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_map(w, raw.container, 0x100000000, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, raw.container, 0x500000000, VADDR, PAGE), -EINVAL);
	raw_detach(w, raw);
	world_assert_clean(w);
	world_free(w);
}

static void nested_has_39_bits_and_the_chips_of_q35(void **state)
{
	static const struct iova_range list[] = { { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff } };
	struct world *w = world_new("nested");

	(void)state;
	assert_list_of(w, 1, list, 2);
	assert_regions(w, 4,
		       "0x0000000000000000 0x0000000000ffffff direct-relaxable\n"
		       "0x00000000fee00000 0x00000000feefffff msi\n");
	assert_no_node(w, 4);
	world_assert_clean(w);
	world_free(w);
}

static void old_has_no_list_and_enforces_nothing(void **state)
{
	struct world *w = world_new("old");
	struct raw raw = raw_attach(w, 1);
	unsigned char reply[256];

	(void)state;
	assert_int_equal(raw_info(w, raw.container, reply, sizeof reply), 0);
	assert_int_equal(raw_u32(reply, 4), 1);
	assert_int_equal(raw_map(w, raw.container, 0xfee00000, VADDR, PAGE), 0);
	raw_detach(w, raw);
	world_assert_clean(w);
	world_free(w);
}

/* The first card of a machine, through its node. */
static void assert_binds(const char *preset)
{
	struct world *w = world_new(preset);
	int fd = raw_iommufd(w), cdev = raw_cdev(w, 0);

	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	assert_int_equal(raw_attach_pt(w, cdev, raw_ioas(w, fd)), 0);
	raw_close_all(w, (const int[]){ cdev, fd }, 2);
	world_assert_clean(w);
	world_free(w);
}

/* The container is type1's, which knows nothing of the requests of iommufd. */
static void iommufd_is_the_desktop_with_both(void **state)
{
	static const struct iova_range list[] = { { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff } };
	static const char *const names[] = { "iommufd", "iommufd-6.2", "iommufd-6.6",
					     "iommufd-6.13" };
	struct iova_iommu_ioas_alloc alloc = { .size = sizeof alloc };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct world *w = world_new(names[i]);
		int c = raw_open(w, "/dev/vfio/vfio"), fd = raw_iommufd(w);

		assert_int_equal(raw_ioctl(w, c, IOVA_IOMMU_IOAS_ALLOC, &alloc), -EINVAL);
		assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_IOAS_ALLOC, &alloc), 0);
		assert_int_equal(raw_cdev(w, 0) >= 0, strcmp(names[i], "iommufd-6.2") != 0);
		assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_IOAS_MAP_FILE, NULL) == -ENOTTY,
				 strcmp(names[i], "iommufd-6.13") != 0);
		raw_close_all(w, (const int[]){ c, fd }, 2);
		world_free(w);
		w = world_new(names[i]);
		assert_list_of(w, 1, list, 2);
		world_assert_clean(w);
		world_free(w);
	}
	assert_binds("iommufd");
	assert_binds("iommufd-6.6");
	assert_binds("iommufd-6.13");
	assert_binds("iommufd-epyc");
}

static void compat_has_a_container_of_iommufd(void **state)
{
	struct iova_iommu_ioas_alloc alloc = { .size = sizeof alloc };
	struct world *w = world_new("compat");
	int c = raw_open(w, "/dev/vfio/vfio");

	(void)state;
	assert_int_equal(raw_ioctl(w, c, IOVA_IOMMU_IOAS_ALLOC, &alloc), 0);
	assert_int_equal(raw_close(w, c), 0);
	world_assert_clean(w);
	world_free(w);
	assert_binds("compat");
}

/* Some have a kernel that refuses it: then nothing is left. */
static void each_group_of_each_preset_attaches_or_is_refused_whole(void **state)
{
	(void)state;
	for (const char *const *name = iova_sim_presets(); *name; name++) {
		struct world *w = world_new(*name);

		for (uint32_t group = 0; group < 8; group++) {
			int c = raw_open(w, "/dev/vfio/vfio"), g = raw_open_group(w, group);

			if (g >= 0) {
				if (!raw_set_container(w, g, c))
					raw_set_iommu(w, c, 3);
				assert_int_equal(raw_close(w, g), 0);
			}
			assert_int_equal(raw_close(w, c), 0);
		}
		world_assert_clean(w);
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(igpu_has_graphics_and_usb_that_may_give_up_their_rmrrs),
		cmocka_unit_test(gpu_shares_its_group_with_its_audio_and_a_port),
		cmocka_unit_test(server_has_strict_rmrrs),
		cmocka_unit_test(epyc_has_the_hole_of_hypertransport),
		cmocka_unit_test(arm_has_rmrs_and_a_window_for_interrupts),
		cmocka_unit_test(s390_begins_at_4g),
		cmocka_unit_test(nested_has_39_bits_and_the_chips_of_q35),
		cmocka_unit_test(old_has_no_list_and_enforces_nothing),
		cmocka_unit_test(iommufd_is_the_desktop_with_both),
		cmocka_unit_test(compat_has_a_container_of_iommufd),
		cmocka_unit_test(each_group_of_each_preset_attaches_or_is_refused_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
