/* SPDX-License-Identifier: BSD-3-Clause */
/* Faults on demand: by kind, by number, and hooks behind a call. */
#include "raw.h"

#include "uapi/iommufd.h"

#include <errno.h>

static void the_nth_call_of_a_kind_fails_and_does_nothing(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	uint64_t size = PAGE;
	int c = raw.container;

	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_MAP, 2, EINTR), 0);
	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_UNMAP, 1, EIO), 0);
	assert_int_equal(raw_map(w, c, 0x200000, 0x1000, PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x201000, 0x1000, PAGE), -EINTR);
	world_assert_n_mappings(w, 1);
	assert_int_equal(raw_map(w, c, 0x201000, 0x1000, PAGE), 0);
	assert_int_equal(raw_unmap(w, c, 0, 0x200000, &size), -EIO);
	world_assert_n_mappings(w, 2);
	assert_int_equal(raw_unmap(w, c, 0, 0x200000, &size), 0);
	raw_detach(w, raw);
}

static void the_nth_call_of_any_kind_fails(void **state)
{
	const struct world *w = *state;
	int c, g;

	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_ANY, 3, ENOMEM), 0);
	c = raw_open(w, "/dev/vfio/vfio");
	g = raw_open_group(w, GROUP_NIC);
	assert_int_equal(raw_set_container(w, g, c), -ENOMEM);
	assert_int_equal(raw_set_container(w, g, c), 0);
	raw_detach(w, (struct raw){ c, g });
}

/* In the order of their kinds, of which IOVA_SIM_CALL_DEVICE_GET_INFO is the first. */
static const unsigned long iommufd_requests[] = {
	IOVA_VFIO_DEVICE_GET_INFO,
	IOVA_VFIO_DEVICE_BIND_IOMMUFD,
	IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT,
	IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT,
	IOVA_IOMMU_DESTROY,
	IOVA_IOMMU_IOAS_ALLOC,
	IOVA_IOMMU_IOAS_ALLOW_IOVAS,
	IOVA_IOMMU_IOAS_COPY,
	IOVA_IOMMU_IOAS_IOVA_RANGES,
	IOVA_IOMMU_IOAS_MAP,
	IOVA_IOMMU_IOAS_MAP_FILE,
	IOVA_IOMMU_IOAS_UNMAP,
	IOVA_IOMMU_OPTION,
	IOVA_IOMMU_VFIO_IOAS,
	IOVA_IOMMU_GET_HW_INFO,
};

/* One call of each kind, failing with an errno of its own. */
static void each_kind_of_call_can_fail(void **state)
{
	const struct world *w = *state;
	const struct iova_sys *sys = w->sys;
	struct iova_sys_memory memory;
	char text[64];
	uint64_t size = PAGE;
	uint32_t flags;

	for (uint32_t call = 1; call < IOVA_SIM_N_CALLS; call++)
		assert_int_equal(iova_sim_fail(w->sim, call, 1, 200 + (int)call), 0);
	assert_int_equal(raw_open(w, "/"), -201);
	assert_int_equal(raw_close(w, 1), -202);
	assert_int_equal(sys->read_file(sys->data, -1, "sys", text, 64), -203);
	assert_int_equal(sys->read_link(sys->data, -1, "sys", text, 64), -204);
	assert_int_equal(sys->list(sys->data, -1, "sys", NULL, NULL), -205);
	assert_int_equal(sys->memory(sys->data, &memory), -206);
	assert_int_equal(raw_ioctl(w, 1, IOVA_VFIO_GET_API_VERSION, NULL), -207);
	assert_int_equal(raw_extension(w, 1, 3), -208);
	assert_int_equal(raw_set_iommu(w, 1, 3), -209);
	assert_int_equal(raw_status(w, 1, &flags), -210);
	assert_int_equal(raw_set_container(w, 1, 1), -211);
	assert_int_equal(raw_unset_container(w, 1), -212);
	assert_int_equal(raw_device(w, 1, "x"), -213);
	assert_int_equal(raw_info(w, 1, text, 64), -214);
	assert_int_equal(raw_map(w, 1, 0, 0, PAGE), -215);
	assert_int_equal(raw_unmap(w, 1, 0, 0, &size), -216);
	assert_int_equal(raw_ioctl(w, 1, 1, NULL), -217);
	assert_int_equal(sys->duplicate(sys->data, 1), -218);
	for (uint32_t i = 0; i < sizeof iommufd_requests / sizeof *iommufd_requests; i++)
		assert_int_equal(raw_ioctl(w, 1, iommufd_requests[i], NULL), -219 - (int)i);
	for (uint32_t call = 1; call < IOVA_SIM_N_CALLS; call++)
		assert_int_equal(world_calls(w, call), 1);
	assert_int_equal(world_calls(w, IOVA_SIM_CALL_ANY), IOVA_SIM_N_CALLS - 1);
	assert_int_equal(raw_close(w, 1), -EBADF);
}

static void a_close_that_fails_has_closed(void **state)
{
	const struct world *w = *state;
	int c = raw_open(w, "/dev/vfio/vfio");

	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_CLOSE, 1, EINTR), 0);
	assert_int_equal(raw_close(w, c), -EINTR);
	assert_int_equal(raw_close(w, c), -EBADF);
}

static void map_inside(struct iova_sim *sim, void *arg)
{
	int *r = arg;

	*r = iova_sim_map_behind(sim, IOVA_SIM_ONLY_CONTAINER, 0x300000, 0x1000, PAGE);
}

static void a_hook_runs_behind_its_call_and_may_use_the_host(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int r = 1;

	assert_int_equal(iova_sim_after(w->sim, IOVA_SIM_CALL_MAP, 2, map_inside, &r), 0);
	assert_int_equal(raw_map(w, raw.container, 0x200000, 0x1000, PAGE), 0);
	assert_int_equal(r, 1);
	assert_int_equal(raw_map(w, raw.container, 0x201000, 0x1000, PAGE), 0);
	assert_int_equal(r, 0);
	world_assert_n_mappings(w, 3);
	raw_detach(w, raw);
}

static void faults_are_checked_and_can_be_dropped(void **state)
{
	const struct world *w = *state;
	struct iova_sim_report report = { .size = sizeof report };

	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_N_CALLS, 1, EIO), -EINVAL);
	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_MAP, 0, EIO), -EINVAL);
	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_MAP, 1, -EIO), -EINVAL);
	assert_int_equal(iova_sim_after(w->sim, IOVA_SIM_CALL_MAP, 1, NULL, NULL), -EINVAL);
	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_MEMORY, 1, EIO), 0);
	iova_sim_report(w->sim, &report);
	assert_int_equal(report.n_pending_faults, 1);
	iova_sim_clear_faults(w->sim);
	iova_sim_report(w->sim, &report);
	assert_int_equal(report.n_pending_faults, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, the_nth_call_of_a_kind_fails_and_does_nothing),
		ON(desktop, the_nth_call_of_any_kind_fails),
		ON(desktop, each_kind_of_call_can_fail),
		ON(desktop, a_close_that_fails_has_closed),
		ON(desktop, a_hook_runs_behind_its_call_and_may_use_the_host),
		ON(desktop, faults_are_checked_and_can_be_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
