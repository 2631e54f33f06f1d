/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a simulated machine whose files misbehave. */
#include "host-help.h"

#include <errno.h>
#include <string.h>

/* Fails, says so with the step and the file, and leaves the result alone. */
static void assert_unreadable(const struct world *world, const char *root, int error, uint32_t why,
			      const char *path)
{
	struct iova_host_opts opts = { .size = sizeof opts, .root = root, .sys = world->sys };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_host *host = (void *)1;

	assert_int_equal(iova_host_read(&opts, &host, &failure), error);
	assert_ptr_equal(host, (void *)1);
	assert_int_equal(failure.step, IOVA_STEP_READ_HOST);
	assert_int_equal(failure.error, error);
	assert_int_equal(failure.why, why);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(failure.group, IOVA_GROUP_NONE);
	assert_string_equal(failure.path, path);
	assert_int_equal(iova_host_read(&opts, &host, NULL), error);
}

/* Unreadable, missing, empty, truncated and malformed are five answers. */
static void regions_say_how_well_they_were_read(void **state)
{
	static const struct {
		int error;
		const char *text;
		uint32_t quality, n_regions;
	} files[] = {
		{ 0, "0x0000000000001000 0x0000000000001fff direct\n", IOVA_REGIONS_READ, 1 },
		{ 0, "0x0000000000001000 0x0000000000001fff moonlit\n", IOVA_REGIONS_READ, 1 },
		{ 0, "", IOVA_REGIONS_EMPTY, 0 },
		{ ENOENT, NULL, IOVA_REGIONS_MISSING, 0 },
		{ EACCES, NULL, IOVA_REGIONS_UNREADABLE, 0 },
		{ EIO, NULL, IOVA_REGIONS_UNREADABLE, 0 },
		{ ENODEV, NULL, IOVA_REGIONS_UNREADABLE, 0 },
		{ 0, "0x0000000000001000 0x0000000000001fff direct\n0x00000",
		  IOVA_REGIONS_TRUNCATED, 1 },
		{ 0, "0x0000000000001000 0x0000000000001fff direct", IOVA_REGIONS_TRUNCATED, 1 },
		{ 0, "0x0000000000001000 direct\n0x0000000000001000 0x0000000000001fff msi\n",
		  IOVA_REGIONS_MALFORMED, 1 },
		{ 0, "0x0000000000002000 0x0000000000001fff reserved\n", IOVA_REGIONS_MALFORMED,
		  0 },
	};
	struct world *world = *state;

	add_group_1(world);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct iova_group_info info;
		struct iova_host *host;

		iova_sim_clear_files(world->sim);
		if (files[i].error)
			assert_int_equal(iova_sim_file_error(world->sim, REGIONS_1, files[i].error),
					 0);
		else
			assert_int_equal(iova_sim_file_text(world->sim, REGIONS_1, files[i].text),
					 0);
		host = read_host(world);
		info = group_of(host, 1);
		assert_int_equal(info.regions, files[i].quality);
		if (info.n_regions != files[i].n_regions)
			fail_msg("file %zu: %u regions", i, (unsigned)info.n_regions);
		assert_int_equal(info.error,
				 files[i].quality == IOVA_REGIONS_UNREADABLE ? -files[i].error : 0);
		assert_int_equal(info.n_devices, 1);
		iova_host_free(host);
	}
}

static void file_cut_anywhere_is_never_taken_for_whole(void **state)
{
	struct world *world = *state;
	size_t line = strlen("0x0000000000001000 0x0000000000001fff reserved\n");
	size_t bounds = strlen("0x0000000000001000 0x0000000000001fff ");

	add_group_1(world);
	assert_int_equal(iova_sim_add_region(world->sim, 1, 0x1000, 0x1fff, "reserved"), 0);
	assert_int_equal(iova_sim_add_region(world->sim, 1, 0x3000, 0x3fff, "reserved"), 0);
	for (size_t length = 1; length < 2 * line; length++) {
		struct iova_group_info info;
		struct iova_host *host;

		assert_int_equal(iova_sim_file_cut(world->sim, REGIONS_1, length), 0);
		host = read_host(world);
		info = group_of(host, 1);
		/* at the end of a line nothing shows that more should follow */
		assert_int_equal(info.regions,
				 length == line ? IOVA_REGIONS_READ : IOVA_REGIONS_TRUNCATED);
		/* a line without an end is a region from the first letter of its word on */
		assert_int_equal(info.n_regions, (length > bounds) + (length > line + bounds));
		iova_host_free(host);
	}
}

static void unreadable_attributes_are_not_known_and_nothing_else_is_lost(void **state)
{
	struct world *world = *state;
	struct iova_device_info device;
	struct iova_host *host;

	add_group_1(world);
	assert_int_equal(iova_sim_file_error(world->sim, "/sys/bus/pci/devices/0000:01:00.0/vendor",
					     EACCES),
			 0);
	assert_int_equal(iova_sim_file_text(world->sim, "/sys/bus/pci/devices/0000:01:00.0/device",
					    "not a number\n"),
			 0);
	assert_int_equal(iova_sim_file_error(world->sim, GROUPS "/1/type", ENOENT), 0);
	host = read_host(world);
	device = device_of(host, "01:00.0");
	assert_int_equal(device.vendor, 0);
	assert_int_equal(device.device, 0);
	assert_int_equal(device.class_code, 0x020000);
	assert_string_equal(device.driver, "vfio-pci");
	assert_string_equal(group_of(host, 1).type, "");
	iova_host_free(host);
}

static void unreadable_list_of_devices_is_told(void **state)
{
	struct world *world = *state;
	struct iova_group_info info;
	struct iova_host *host;

	add_group_1(world);
	assert_int_equal(iova_sim_add_region(world->sim, 1, 0x1000, 0x1fff, "reserved"), 0);
	assert_int_equal(iova_sim_file_error(world->sim, GROUPS "/1/devices", EACCES), 0);
	host = read_host(world);
	info = group_of(host, 1);
	assert_int_equal(info.devices_error, -EACCES);
	assert_int_equal(info.n_devices, 0);
	assert_int_equal(info.n_regions, 1);
	iova_host_free(host);
}

static void long_words_and_types_are_cut_and_ended(void **state)
{
	struct world *world = *state;
	struct iova_region region;
	struct iova_host *host;

	add_group_1(world);
	assert_int_equal(iova_sim_file_text(world->sim, GROUPS "/1/type",
					    "a-type-of-a-domain-that-nobody-knows-yet\n"),
			 0);
	assert_int_equal(iova_sim_file_text(world->sim, REGIONS_1,
					    "0x0000000000001000 0x0000000000001fff "
					    "direct-relaxable-but-only-on-sundays\n"),
			 0);
	host = read_host(world);
	assert_int_equal(strlen(group_of(host, 1).type), 23);
	assert_int_equal(iova_host_nth_region(host, 1, 0, &region), 0);
	assert_int_equal(region.type, IOVA_REGION_UNKNOWN);
	assert_string_equal(region.word, "direct-relaxable-but-only-o");
	iova_host_free(host);
}

static void machine_without_groups_is_read_and_one_without_sysfs_is_not(void **state)
{
	struct world *world = *state;
	struct iova_host *host = read_host(world);
	struct iova_group_info info = { .size = sizeof info };

	assert_int_equal(iova_host_count_groups(host), 0);
	assert_int_equal(iova_host_nth_group(host, 0, &info), -ENOENT);
	iova_host_free(host);
	assert_unreadable(world, "/nowhere", -ENOENT, IOVA_WHY_UNKNOWN, "/nowhere");
	assert_int_equal(iova_sim_file_error(world->sim, GROUPS, EACCES), 0);
	assert_unreadable(world, NULL, -EACCES, IOVA_WHY_UNKNOWN, GROUPS);
	assert_int_equal(iova_sim_file_error(world->sim, GROUPS, EIO), 0);
	assert_unreadable(world, NULL, -EIO, IOVA_WHY_UNKNOWN, GROUPS);
	assert_int_equal(iova_sim_file_error(world->sim, GROUPS, ENOENT), 0);
	assert_unreadable(world, NULL, -ENOENT, IOVA_WHY_NO_SYSFS, GROUPS);
}

static void root_that_is_no_directory_is_refused(void **state)
{
	struct world *world = *state;

	add_group_1(world);
	assert_unreadable(world, "/dev/vfio/vfio", -ENOTDIR, IOVA_WHY_UNKNOWN, "/dev/vfio/vfio");
	assert_unreadable(world, REGIONS_1, -ENOTDIR, IOVA_WHY_UNKNOWN, REGIONS_1);
}

static void arguments_are_looked_at_first(void **state)
{
	struct world *world = *state;
	struct iova_sys lame = *world->sys;
	struct iova_host_opts opts = { .size = sizeof opts, .sys = &lame };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct {
		struct iova_host_opts opts;
		uint64_t more;
	} newer = { .opts = { .size = sizeof newer, .sys = world->sys }, .more = 1 };
	struct iova_host *host = (void *)1;

	assert_int_equal(iova_host_read(&opts, NULL, &failure), -EINVAL);
	assert_int_equal(failure.step, IOVA_STEP_ARGUMENT);
	assert_int_equal(failure.why, IOVA_WHY_NULL);
	lame.list = NULL;
	assert_int_equal(iova_host_read(&opts, &host, &failure), -EINVAL);
	assert_int_equal(failure.why, IOVA_WHY_OPTIONS);
	opts.size = sizeof opts - 1;
	assert_int_equal(iova_host_read(&opts, &host, &failure), -EINVAL);
	assert_int_equal(iova_host_read(&newer.opts, &host, &failure), -E2BIG);
	assert_int_equal(failure.error, -E2BIG);
	assert_int_equal(failure.why, IOVA_WHY_OPTIONS);
	assert_ptr_equal(host, (void *)1);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_ANY), 0);
}

/* Reading must end, and leave nothing open, whichever call fails and however. */
static void any_call_may_fail(void **state)
{
	static const int errors[] = { EIO, EMFILE, ENOENT, ENOMEM, EINTR };
	struct world *world = *state;

	for (size_t e = 0; e < sizeof errors / sizeof errors[0]; e++) {
		for (uint64_t nth = 1;; nth++) {
			struct iova_host_opts opts = { .size = sizeof opts, .sys = world->sys };
			struct iova_sim_report report = { .size = sizeof report };
			struct iova_host *host = NULL;
			int r;

			assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_ANY, nth,
						       errors[e]),
					 0);
			r = iova_host_read(&opts, &host, NULL);
			iova_sim_report(world->sim, &report);
			assert_int_equal(report.n_fds, 0);
			assert_int_equal(r < 0, !host);
			iova_host_free(host);
			if (report.n_pending_faults)
				break;
		}
		iova_sim_clear_faults(world->sim);
	}
}

int main(void)
{
#define IN(setup, test) cmocka_unit_test_setup_teardown(test, world_setup_##setup, world_teardown)
	const struct CMUnitTest tests[] = {
		IN(empty, regions_say_how_well_they_were_read),
		IN(empty, file_cut_anywhere_is_never_taken_for_whole),
		IN(empty, unreadable_attributes_are_not_known_and_nothing_else_is_lost),
		IN(empty, unreadable_list_of_devices_is_told),
		IN(empty, long_words_and_types_are_cut_and_ended),
		IN(empty, machine_without_groups_is_read_and_one_without_sysfs_is_not),
		IN(empty, root_that_is_no_directory_is_refused),
		IN(empty, arguments_are_looked_at_first),
		IN(desktop, any_call_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
