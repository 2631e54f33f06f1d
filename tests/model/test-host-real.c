/* SPDX-License-Identifier: BSD-3-Clause */
/* Recorded and made machines, read through the real table as "--root" does: every word of them. */
#include <libiova/host.h>

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static char text[8192];
static size_t length;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text + length, sizeof text - length, format, args);
	va_end(args);
	assert_true(n >= 0 && (size_t)n < sizeof text - length);
	length += (size_t)n;
}

static void say_group(const struct iova_host *host, const struct iova_group_info *group)
{
	static const char *const qualities[] = { "?",          "read",      "empty",    "missing",
						 "unreadable", "truncated", "malformed" };
	struct iova_device_info device = { .size = sizeof device };
	struct iova_region region;

	say("%u %s %s", (unsigned)group->id, group->type[0] ? group->type : "-",
	    qualities[group->regions]);
	if (group->error)
		say(" %s", group->error == -EISDIR ? "EISDIR" : strerror(-group->error));
	say("\n");
	for (uint32_t i = 0; i < group->n_devices; i++) {
		assert_int_equal(iova_host_nth_device(host, group->id, i, &device), 0);
		assert_int_equal(device.group, group->id);
		say(" %s %04x:%04x %06x %s%s\n", device.name, (unsigned)device.vendor,
		    (unsigned)device.device, (unsigned)device.class_code,
		    device.driver[0] ? device.driver : "-", device.blocks ? " blocks" : "");
	}
	for (uint32_t i = 0; i < group->n_regions; i++) {
		assert_int_equal(iova_host_nth_region(host, group->id, i, &region), 0);
		say(" %" PRIx64 "-%" PRIx64 " %u %s\n", region.range.start, region.range.last,
		    (unsigned)region.type, region.word);
	}
}

static int read_machine(const char *machine, struct iova_host **ret_host,
			struct iova_failure *failure)
{
	char root[512];
	struct iova_host_opts opts = { .size = sizeof opts, .root = root };

	snprintf(root, sizeof root, "%s/%s", TEST_DATA, machine);
	return iova_host_read(&opts, ret_host, failure);
}

/* only: the groups that count, or NULL for all. */
static void assert_machine(const char *machine, const uint32_t *only, size_t n_only,
			   const char *expected)
{
	struct iova_host *host;

	assert_int_equal(read_machine(machine, &host, NULL), 0);
	length = 0;
	text[0] = '\0';
	for (size_t i = 0; i < (only ? n_only : iova_host_count_groups(host)); i++) {
		struct iova_group_info group = { .size = sizeof group };

		assert_int_equal(only ? iova_host_find_group(host, only[i], &group) :
					iova_host_nth_group(host, i, &group),
				 0);
		assert_int_equal(group.devices_error, 0);
		say_group(host, &group);
	}
	assert_string_equal(text, expected);
	iova_host_free(host);
}

#define MSI " fee00000-feefffff 4 msi\n"
#define HT " fd00000000-ffffffffff 3 reserved\n"
#define ARM_MSI " 8000000-80fffff 4 msi\n"
#define LPC " 0-ffffff 2 direct-relaxable\n"
#define ROOT_COMPLEX " 0000:00:00.0 8086:29c0 060000 -\n"
#define EDU(slot) " 0000:00:0" slot ".0 1234:11e8 00ff00 vfio-pci\n"
#define XHCI " 0000:00:02.0 1b36:000d 0c0330 vfio-pci\n"
#define ISA " 0000:00:1f.0 8086:2918 060100 -\n"
#define SATA " 0000:00:1f.2 8086:2922 010601 vfio-pci\n"
#define SMBUS " 0000:00:1f.3 8086:2930 0c0500 vfio-pci\n"

static void vtd_machines_have_the_relaxable_region_of_the_isa_bridge(void **state)
{
	static const char *const machines[] = { "machines/vtd-6.12", "machines/vtd-6.1" };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_machine(machines[i], NULL, 0,
			       "0 DMA read\n" ROOT_COMPLEX MSI "1 DMA read\n" EDU("1") MSI
			       "2 DMA read\n" XHCI MSI "3 DMA read\n" EDU("3") MSI
			       "4 DMA read\n" ISA SATA SMBUS LPC MSI);
}

static void vtd_machines_have_the_regions_of_their_firmware(void **state)
{
	static const char *const machines[] = { "machines/vtd-rmrr-6.12", "machines/vtd-rmrr-6.1" };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_machine(machines[i], NULL, 0,
			       "0 DMA read\n" ROOT_COMPLEX MSI
			       "1 DMA read\n" EDU("1") " 20000000-200fffff 1 direct\n" MSI
						       "2 DMA read\n" XHCI
						       " 20100000-201fffff 2 direct-relaxable\n" MSI
						       "3 DMA read\n" EDU("3") MSI
			       "4 DMA read\n" ISA SATA SMBUS LPC MSI);
}

static void amd_machine_has_the_hypertransport_hole(void **state)
{
	(void)state;
	assert_machine("machines/amdvi-6.12", NULL, 0,
		       "0 DMA read\n" ROOT_COMPLEX MSI HT "1 DMA read\n" EDU("1") MSI HT
		       "2 DMA read\n" XHCI MSI HT "3 DMA read\n" EDU("3") MSI HT
		       "4 DMA read\n" ISA SATA SMBUS MSI HT);
}

static void virtio_machine_leaves_the_isa_bridge_out(void **state)
{
	(void)state;
	assert_machine("machines/virtio-6.12", NULL, 0,
		       "0 DMA-FQ read\n" ROOT_COMPLEX MSI "1 DMA-FQ read\n" EDU("1") MSI
		       "2 DMA-FQ read\n" XHCI MSI "3 DMA-FQ read\n" EDU("3") MSI
		       "4 DMA-FQ read\n" SATA SMBUS MSI);
}

static void arm_machine_has_the_software_window(void **state)
{
	(void)state;
	assert_machine("machines/smmuv3-6.12", NULL, 0,
		       "0 DMA read\n 0000:00:09.0 1b36:0002 070002 serial blocks\n" ARM_MSI
		       "1 DMA read\n" EDU("1") ARM_MSI "2 DMA read\n" XHCI ARM_MSI
						       "3 DMA read\n" EDU("3") ARM_MSI);
}

static void groups_of_many_drivers_tell_who_blocks(void **state)
{
	static const uint32_t groups[] = { 1, 2, 3, 4, 5 };

	(void)state;
	assert_machine("machines-made/desktop", groups, 5,
		       "1 DMA-FQ read\n"
		       " 0000:00:01.0 8086:1901 060400 pcieport\n"
		       " 0000:01:00.0 10de:1b80 030000 vfio-pci\n"
		       " 0000:01:00.1 10de:10f0 040300 vfio-pci\n" MSI "2 DMA-FQ read\n"
		       " 0000:00:02.0 8086:3e98 030000 i915 blocks\n"
		       " 8b800000-8bffffff 2 direct-relaxable\n" MSI "3 DMA-FQ read\n"
		       " 0000:00:14.0 8086:a36d 0c0330 xhci_hcd blocks\n"
		       " 0000:00:14.2 8086:a36f 050000 -\n"
		       " 8a6b5000-8a8fffff 2 direct-relaxable\n" MSI
		       "4 DMA-FQ read\n 0000:02:00.0 144d:a808 010802 nvme blocks\n" MSI
		       "5 DMA-FQ read\n"
		       " 0000:00:1f.0 8086:a305 060100 -\n"
		       " 0000:00:1f.3 8086:a348 040300 snd_hda_intel blocks\n"
		       " 0000:00:1f.4 8086:a323 0c0500 i801_smbus blocks\n" LPC MSI);
}

static void numbers_of_groups_are_sorted_as_numbers(void **state)
{
	(void)state;
	assert_machine("machines-made/amd", NULL, 0,
		       "0 DMA read\n 0000:00:01.0 1022:1482 060000 -\n" MSI HT
		       "10 DMA read\n 0000:41:00.0 8086:1572 020000 vfio-pci\n" MSI HT
		       "12 identity read\n 0000:42:00.0 1022:148a 130000 -\n"
		       " 7c000000-7c0fffff 1 direct\n" MSI HT);
}

static void lines_that_overlap_are_all_kept(void **state)
{
	(void)state;
	assert_machine("machines-made/overlap", NULL, 0,
		       "1 DMA read\n 0000:00:1d.0 8086:1c26 0c0320 ehci-pci blocks\n"
		       " 1000000-1ffffff 1 direct\n"
		       " 1000000-1ffffff 2 direct-relaxable\n"
		       " 1800000-27fffff 2 direct-relaxable\n" MSI MSI
		       "2 DMA read\n 0000:00:1e.0 8086:244e 060401 -\n"
		       " 2000800-2000fff 2 direct-relaxable\n"
		       " 3000800-30017ff 3 reserved\n" MSI);
}

#define VIRTIO_5 " 0000:00:05.0 1af4:1041 020000 -\n"
#define VIRTIO_6 " 0000:00:06.0 1af4:1041 020000 -\n"

static void files_that_say_nothing_or_nonsense_are_told_apart(void **state)
{
	static const uint32_t groups[] = { 1, 2 };

	(void)state;
	assert_machine("machines-made/empty", groups, 1, "1 unknown empty\n" VIRTIO_5);
	assert_machine("machines-made/missing", groups, 2,
		       "1 - missing\n" VIRTIO_5 "2 DMA read\n" VIRTIO_6 MSI);
	assert_machine("machines-made/unreadable", groups, 2,
		       "1 DMA unreadable EISDIR\n" VIRTIO_5 "2 DMA read\n" VIRTIO_6 MSI);
	assert_machine("machines-made/malformed", groups, 2,
		       "1 DMA malformed\n" VIRTIO_5 MSI "2 DMA malformed\n" VIRTIO_6 MSI);
	assert_machine("machines-made/truncated", groups, 1,
		       "1 DMA truncated\n 0000:00:05.0 1af4:1041 020000 vfio-pci\n"
		       " 1000-1fff 3 reserved\n");
	assert_machine("machines-made/unknown-word", groups, 1,
		       "1 DMA read\n 0000:00:05.0 1af4:1041 020000 vfio-pci\n"
		       " 40000000-4fffffff 5 moonlit\n" MSI);
}

static void machine_without_groups_is_no_failure(void **state)
{
	(void)state;
	assert_machine("machines-made/no-groups", NULL, 0, "");
}

static void root_without_sysfs_is_named(void **state)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_host *host = (void *)1;

	(void)state;
	assert_int_equal(read_machine("machines-made/no-sysfs", &host, &failure), -ENOENT);
	assert_int_equal(failure.why, IOVA_WHY_NO_SYSFS);
	assert_non_null(strstr(failure.path, "machines-made/no-sysfs/sys/kernel/iommu_groups"));
	assert_int_equal(read_machine("nowhere", &host, &failure), -ENOENT);
	assert_int_equal(failure.why, IOVA_WHY_UNKNOWN);
	assert_int_equal(read_machine("machines/vtd-6.12/README", &host, &failure), -ENOTDIR);
	assert_ptr_equal(host, (void *)1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vtd_machines_have_the_relaxable_region_of_the_isa_bridge),
		cmocka_unit_test(vtd_machines_have_the_regions_of_their_firmware),
		cmocka_unit_test(amd_machine_has_the_hypertransport_hole),
		cmocka_unit_test(virtio_machine_leaves_the_isa_bridge_out),
		cmocka_unit_test(arm_machine_has_the_software_window),
		cmocka_unit_test(groups_of_many_drivers_tell_who_blocks),
		cmocka_unit_test(numbers_of_groups_are_sorted_as_numbers),
		cmocka_unit_test(lines_that_overlap_are_all_kept),
		cmocka_unit_test(files_that_say_nothing_or_nonsense_are_told_apart),
		cmocka_unit_test(machine_without_groups_is_no_failure),
		cmocka_unit_test(root_without_sysfs_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
