/* SPDX-License-Identifier: BSD-3-Clause */
/* What each key of a description does to the host: files, replies, calls, allocations. */
#include "simfile-help.h"

#include "uapi/iommufd.h"

#include <stdbool.h>
#include <stdio.h>

#define REGIONS "sys/kernel/iommu_groups/1/reserved_regions"

/* What a file says, or a negative errno. */
static int64_t contents(const struct world *w, const char *path, char text[256])
{
	int64_t n = w->sys->read_file(w->sys->data, -1, path, text, 255);

	if (n >= 0)
		text[n] = '\0';
	return n;
}

static void a_file_fails_stops_or_says_something_else(void **state)
{
	struct world *w = world_of_text(
		"{ \"preset\": \"desktop\", \"files\": ["
		"  { \"path\": \"" REGIONS "\", \"error\": \"EACCES\" },"
		"  { \"path\": \"/sys/kernel/iommu_groups/2/reserved_regions\", \"cut\": 3 },"
		"  { \"path\": \"sys/kernel/iommu_groups/2/type\", \"cut\": 0 },"
		"  { \"path\": \"sys/kernel/iommu_groups/1/type\", \"text\": \"identity\\n\" } ] }");
	char text[256];

	(void)state;
	assert_int_equal(contents(w, REGIONS, text), -EACCES);
	assert_int_equal(contents(w, "sys/kernel/iommu_groups/2/reserved_regions", text), 3);
	assert_string_equal(text, "0x0");
	assert_int_equal(contents(w, "sys/kernel/iommu_groups/2/type", text), 0);
	assert_string_equal(text, "");
	assert_int_equal(contents(w, "sys/kernel/iommu_groups/1/type", text), 9);
	assert_string_equal(text, "identity\n");
	assert_int_equal(contents(w, "sys/kernel/iommu_groups/3/type", text), 7);
	assert_string_equal(text, "DMA-FQ\n");
	world_free(w);
}

static void files_of_groups_in_the_description_can_be_named(void **state)
{
	struct world *w = world_of_text("{ \"files\": [ { \"path\": \"" REGIONS "\","
					"  \"text\": \"\" } ], \"groups\": [ { \"id\": 1 } ] }");

	(void)state;
	world_free(w);
}

static void replies_hold_other_bytes(void **state)
{
	struct world *w =
		world_of_text("{ \"preset\": \"desktop\", \"replies\": ["
			      "  { \"offset\": 8, \"size\": 8, \"value\": \"0xfffffffffffff000\" },"
			      "  { \"offset\": 8, \"size\": 2, \"value\": 8192 } ] }");
	struct raw raw = raw_attach(w, 1);
	unsigned char reply[256] = { 0 };

	(void)state;
	assert_int_equal(raw_info(w, raw.container, reply, sizeof reply), 0);
	assert_int_equal(raw_u64(reply, 8), 0xffffffffffff2000);
	raw_detach(w, raw);
	world_free(w);
}

static void the_nth_call_of_a_kind_fails(void **state)
{
	struct world *w = world_of_text(
		"{ \"preset\": \"desktop\", \"calls\": ["
		"  { \"call\": \"open\", \"error\": \"EINTR\" },"
		"  { \"call\": \"open\", \"nth\": 3, \"error\": \"EMFILE\" },"
		"  { \"call\": \"map\", \"nth\": \"0x2\", \"error\": \"ENOMEM\" } ] }");
	struct iova_sim_report report = { .size = sizeof report };
	struct raw raw;
	int fd;

	(void)state;
	assert_int_equal(iova_sim_report(w->sim, &report), 0);
	assert_int_equal(report.n_pending_faults, 3);
	assert_int_equal(raw_open(w, "dev/vfio/vfio"), -EINTR);
	fd = raw_open(w, "dev/vfio/vfio");
	assert_true(fd >= 0);
	assert_int_equal(raw_open(w, "dev/vfio/vfio"), -EMFILE);
	raw_close(w, fd);
	raw = raw_attach(w, 1);
	assert_int_equal(raw_map(w, raw.container, 0, 0, PAGE), 0);
	assert_int_equal(raw_map(w, raw.container, PAGE, PAGE, PAGE), -ENOMEM);
	raw_detach(w, raw);
	world_free(w);
}

static const char *const words[IOVA_SIM_N_CALLS] = {
	[IOVA_SIM_CALL_ANY] = "any",
	[IOVA_SIM_CALL_OPEN] = "open",
	[IOVA_SIM_CALL_CLOSE] = "close",
	[IOVA_SIM_CALL_READ_FILE] = "read-file",
	[IOVA_SIM_CALL_READ_LINK] = "read-link",
	[IOVA_SIM_CALL_LIST] = "list",
	[IOVA_SIM_CALL_MEMORY] = "memory",
	[IOVA_SIM_CALL_GET_API_VERSION] = "get-api-version",
	[IOVA_SIM_CALL_CHECK_EXTENSION] = "check-extension",
	[IOVA_SIM_CALL_SET_IOMMU] = "set-iommu",
	[IOVA_SIM_CALL_GET_STATUS] = "get-status",
	[IOVA_SIM_CALL_SET_CONTAINER] = "set-container",
	[IOVA_SIM_CALL_UNSET_CONTAINER] = "unset-container",
	[IOVA_SIM_CALL_GET_DEVICE_FD] = "get-device-fd",
	[IOVA_SIM_CALL_GET_INFO] = "get-info",
	[IOVA_SIM_CALL_MAP] = "map",
	[IOVA_SIM_CALL_UNMAP] = "unmap",
	[IOVA_SIM_CALL_OTHER_IOCTL] = "other-ioctl",
	[IOVA_SIM_CALL_DUPLICATE] = "duplicate",
	[IOVA_SIM_CALL_DEVICE_GET_INFO] = "device-get-info",
	[IOVA_SIM_CALL_BIND_IOMMUFD] = "bind-iommufd",
	[IOVA_SIM_CALL_ATTACH_PT] = "attach-pt",
	[IOVA_SIM_CALL_DETACH_PT] = "detach-pt",
	[IOVA_SIM_CALL_DESTROY] = "destroy",
	[IOVA_SIM_CALL_IOAS_ALLOC] = "ioas-alloc",
	[IOVA_SIM_CALL_IOAS_ALLOW_IOVAS] = "ioas-allow-iovas",
	[IOVA_SIM_CALL_IOAS_COPY] = "ioas-copy",
	[IOVA_SIM_CALL_IOAS_IOVA_RANGES] = "ioas-iova-ranges",
	[IOVA_SIM_CALL_IOAS_MAP] = "ioas-map",
	[IOVA_SIM_CALL_IOAS_MAP_FILE] = "ioas-map-file",
	[IOVA_SIM_CALL_IOAS_UNMAP] = "ioas-unmap",
	[IOVA_SIM_CALL_IOMMU_OPTION] = "iommu-option",
	[IOVA_SIM_CALL_VFIO_IOAS] = "vfio-ioas",
	[IOVA_SIM_CALL_GET_HW_INFO] = "get-hw-info",
};

/* By which ioctl a kind is met; the rest have functions of the table. */
static const unsigned long requests[IOVA_SIM_N_CALLS] = {
	[IOVA_SIM_CALL_GET_API_VERSION] = IOVA_VFIO_GET_API_VERSION,
	[IOVA_SIM_CALL_CHECK_EXTENSION] = IOVA_VFIO_CHECK_EXTENSION,
	[IOVA_SIM_CALL_SET_IOMMU] = IOVA_VFIO_SET_IOMMU,
	[IOVA_SIM_CALL_GET_STATUS] = IOVA_VFIO_GROUP_GET_STATUS,
	[IOVA_SIM_CALL_SET_CONTAINER] = IOVA_VFIO_GROUP_SET_CONTAINER,
	[IOVA_SIM_CALL_UNSET_CONTAINER] = IOVA_VFIO_GROUP_UNSET_CONTAINER,
	[IOVA_SIM_CALL_GET_DEVICE_FD] = IOVA_VFIO_GROUP_GET_DEVICE_FD,
	[IOVA_SIM_CALL_GET_INFO] = IOVA_VFIO_IOMMU_GET_INFO,
	[IOVA_SIM_CALL_MAP] = IOVA_VFIO_IOMMU_MAP_DMA,
	[IOVA_SIM_CALL_UNMAP] = IOVA_VFIO_IOMMU_UNMAP_DMA,
	[IOVA_SIM_CALL_OTHER_IOCTL] = 1,
	[IOVA_SIM_CALL_DEVICE_GET_INFO] = IOVA_VFIO_DEVICE_GET_INFO,
	[IOVA_SIM_CALL_BIND_IOMMUFD] = IOVA_VFIO_DEVICE_BIND_IOMMUFD,
	[IOVA_SIM_CALL_ATTACH_PT] = IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT,
	[IOVA_SIM_CALL_DETACH_PT] = IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT,
	[IOVA_SIM_CALL_DESTROY] = IOVA_IOMMU_DESTROY,
	[IOVA_SIM_CALL_IOAS_ALLOC] = IOVA_IOMMU_IOAS_ALLOC,
	[IOVA_SIM_CALL_IOAS_ALLOW_IOVAS] = IOVA_IOMMU_IOAS_ALLOW_IOVAS,
	[IOVA_SIM_CALL_IOAS_COPY] = IOVA_IOMMU_IOAS_COPY,
	[IOVA_SIM_CALL_IOAS_IOVA_RANGES] = IOVA_IOMMU_IOAS_IOVA_RANGES,
	[IOVA_SIM_CALL_IOAS_MAP] = IOVA_IOMMU_IOAS_MAP,
	[IOVA_SIM_CALL_IOAS_MAP_FILE] = IOVA_IOMMU_IOAS_MAP_FILE,
	[IOVA_SIM_CALL_IOAS_UNMAP] = IOVA_IOMMU_IOAS_UNMAP,
	[IOVA_SIM_CALL_IOMMU_OPTION] = IOVA_IOMMU_OPTION,
	[IOVA_SIM_CALL_VFIO_IOAS] = IOVA_IOMMU_VFIO_IOAS,
	[IOVA_SIM_CALL_GET_HW_INFO] = IOVA_IOMMU_GET_HW_INFO,
};

/* What a call of a kind gives, on an open container. */
static int64_t call_once(const struct world *w, uint32_t call, int container)
{
	struct iova_sys_memory memory;
	char text[256];

	switch (call) {
	case IOVA_SIM_CALL_ANY:
	case IOVA_SIM_CALL_OPEN:
		return raw_open(w, "dev/vfio/vfio");
	case IOVA_SIM_CALL_CLOSE:
		return raw_close(w, container);
	case IOVA_SIM_CALL_READ_FILE:
		return contents(w, REGIONS, text);
	case IOVA_SIM_CALL_READ_LINK:
		return w->sys->read_link(w->sys->data, -1, "sys", text, sizeof text);
	case IOVA_SIM_CALL_LIST:
		return w->sys->list(w->sys->data, -1, "sys", NULL, NULL);
	case IOVA_SIM_CALL_MEMORY:
		return w->sys->memory(w->sys->data, &memory);
	case IOVA_SIM_CALL_DUPLICATE:
		return w->sys->duplicate(w->sys->data, container);
	default:
		return raw_ioctl(w, container, requests[call], text);
	}
}

static void each_kind_of_call_has_its_word(void **state)
{
	(void)state;
	for (uint32_t call = 0; call < IOVA_SIM_N_CALLS; call++) {
		struct iova_sim_report report = { .size = sizeof report };
		bool first = call != IOVA_SIM_CALL_ANY && call != IOVA_SIM_CALL_OPEN;
		struct world *w;
		char text[256];
		int container;

		snprintf(text, sizeof text,
			 "{ \"preset\": \"desktop\", \"calls\": [ { \"call\": \"%s\","
			 "  \"nth\": %d, \"error\": \"EDOM\" } ] }",
			 words[call], first ? 1 : 2);
		w = world_of_text(text);
		container = raw_open(w, "dev/vfio/vfio");
		assert_true(container >= 0);
		assert_int_equal(call_once(w, call, container), -EDOM);
		assert_int_equal(iova_sim_report(w->sim, &report), 0);
		assert_int_equal(report.n_pending_faults, 0);
		world_free(w);
	}
}

static void the_nth_allocation_of_the_kernel_fails(void **state)
{
	struct world *w =
		world_of_text("{ \"preset\": \"desktop\", \"allocations\": [ 1, \"0x2\" ] }");
	struct iova_sim_report report = { .size = sizeof report };
	int fd;

	(void)state;
	assert_int_equal(iova_sim_report(w->sim, &report), 0);
	assert_int_equal(report.n_pending_faults, 2);
	assert_int_equal(raw_open(w, "dev/vfio/vfio"), -ENOMEM);
	assert_int_equal(raw_open(w, "dev/vfio/vfio"), -ENOMEM);
	fd = raw_open(w, "dev/vfio/vfio");
	assert_true(fd >= 0);
	raw_close(w, fd);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_fails_stops_or_says_something_else),
		cmocka_unit_test(files_of_groups_in_the_description_can_be_named),
		cmocka_unit_test(replies_hold_other_bytes),
		cmocka_unit_test(the_nth_call_of_a_kind_fails),
		cmocka_unit_test(each_kind_of_call_has_its_word),
		cmocka_unit_test(the_nth_allocation_of_the_kernel_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
