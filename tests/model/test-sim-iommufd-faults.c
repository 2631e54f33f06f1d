/* SPDX-License-Identifier: BSD-3-Clause */
/* Every allocation and every call of a day with an iommufd fails once; nothing is half done. */
#include "ioas-help.h"

#define NIC "0000:01:00.0"
#define N_STEPS 12

/* What a day has open, in the order of opening. */
struct day {
	struct world *w;
	int fds[5];
	size_t n_fds;
};

/* All that can be seen, to compare. */
struct seen {
	struct iova_sim_report report;
	struct iova_range list[8];
	int n_list;
	char text[1024];
};

/* But for the faults that are pending. */
static struct seen look(const struct world *w)
{
	struct seen seen = { .report.size = sizeof seen.report };
	char *faults;

	iova_sim_report(w->sim, &seen.report);
	seen.report.n_pending_faults = 0;
	memset(seen.list, 0, sizeof seen.list);
	seen.n_list = iova_sim_list(w->sim, IOVA_SIM_ONLY_CONTAINER, seen.list, 8);
	assert_true(iova_sim_leftovers(w->sim, seen.text, sizeof seen.text) <
		    (int)sizeof seen.text);
	faults = strstr(seen.text, "faults");
	if (faults)
		faults[faults == seen.text ? 0 : -1] = '\0';
	return seen;
}

static void assert_same(const struct seen *a, const struct seen *b)
{
	assert_memory_equal(&a->report, &b->report, sizeof a->report);
	assert_int_equal(a->n_list, b->n_list);
	assert_memory_equal(a->list, b->list, sizeof a->list);
	assert_string_equal(a->text, b->text);
}

static int keep(struct day *day, int fd)
{
	if (fd >= 0)
		day->fds[day->n_fds++] = fd;
	return fd < 0 ? fd : 0;
}

static int copy(const struct world *w, int fd)
{
	struct iova_iommu_ioas_copy request = { .size = sizeof request,
						.flags = RW | FIXED,
						.dst_ioas_id = 2,
						.src_ioas_id = 2,
						.length = 3 * PAGE,
						.dst_iova = 0x800000,
						.src_iova = 0x200000 };

	return raw_ioctl(w, fd, IOVA_IOMMU_IOAS_COPY, &request);
}

/* Of one iommufd, whose first object is a device and its second an IOAS. */
static int step(struct day *day, size_t nth)
{
	static const struct iova_iommu_range list[] = { { 0x1000, 0xffffff } };
	const struct world *w = day->w;
	struct iova_iommu_ioas_alloc alloc = { .size = sizeof alloc };
	struct ioas ioas = { .fd = day->fds[0], .cdev = day->fds[1], .id = 2 };

	switch (nth) {
	case 0:
		return keep(day, raw_iommufd(w));
	case 1:
		return keep(day, raw_cdev(w, NODE_NIC));
	case 2:
		return raw_bind(w, ioas.cdev, ioas.fd, NULL);
	case 3:
		return raw_ioctl(w, ioas.fd, IOVA_IOMMU_IOAS_ALLOC, &alloc);
	case 4:
		return raw_attach_pt(w, ioas.cdev, ioas.id);
	case 5:
		return ioas_allow(w, ioas, list, 1);
	case 6:
		return ioas_map(w, ioas, 0x200000, VADDR, 2 * PAGE);
	case 7:
		return ioas_map(w, ioas, 0x202000, VADDR, 2 * PAGE);
	case 8:
		return copy(w, ioas.fd);
	case 9:
		return keep(day, raw_open_group(w, GROUP_USB));
	case 10:
		return raw_set_container(w, day->fds[2], ioas.fd);
	default:
		return raw_detach_pt(w, ioas.cdev);
	}
}

static void close_day(struct day *day)
{
	while (day->n_fds)
		raw_close(day->w, day->fds[--day->n_fds]);
}

/* One day with the nth of something failing; false once there is no nth. */
static bool live(bool allocations, uint64_t nth, int *n_failed)
{
	struct day day = { .w = world_new("iommufd") };
	struct iova_sim_report report = { .size = sizeof report };
	int error = allocations ? ENOMEM : EINTR;

	if (allocations)
		assert_int_equal(iova_sim_fail_allocation(day.w->sim, nth), 0);
	else
		assert_int_equal(iova_sim_fail(day.w->sim, IOVA_SIM_CALL_ANY, nth, error), 0);
	for (size_t i = 0; i < N_STEPS; i++) {
		struct seen before = look(day.w), after;
		int r = step(&day, i);

		if (!r)
			continue;
		assert_int_equal(r, -error);
		after = look(day.w);
		assert_same(&before, &after);
		(*n_failed)++;
		assert_int_equal(step(&day, i), 0);
	}
	iova_sim_report(day.w->sim, &report);
	iova_sim_clear_faults(day.w->sim);
	close_day(&day);
	world_assert_clean(day.w);
	world_free(day.w);
	return !report.n_pending_faults;
}

static void each_allocation_fails_once(void **state)
{
	uint64_t nth = 1;
	int n_failed = 0;

	(void)state;
	while (live(true, nth, &n_failed))
		nth++;
	assert_true(n_failed > 20);
	assert_int_equal(n_failed, nth - 1);
}

static void each_call_is_interrupted_once(void **state)
{
	uint64_t nth = 1;
	int n_failed = 0;

	(void)state;
	while (live(false, nth, &n_failed))
		nth++;
	assert_int_equal(n_failed, N_STEPS);
	assert_int_equal(n_failed, nth - 1);
}

/* The way of a container, up to the device. */
static bool live_compat(uint64_t nth, int *n_failed)
{
	struct world *w = world_new("compat");
	struct iova_sim_report report = { .size = sizeof report };
	int fd = raw_open(w, "/dev/vfio/vfio"), group = raw_open_group(w, GROUP_NIC), device;
	struct seen before, after;

	assert_int_equal(raw_set_container(w, group, fd), 0);
	assert_int_equal(raw_map(w, fd, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(iova_sim_fail_allocation(w->sim, nth), 0);
	before = look(w);
	device = raw_device(w, group, NIC);
	if (device < 0) {
		assert_int_equal(device, -ENOMEM);
		after = look(w);
		assert_same(&before, &after);
		(*n_failed)++;
		device = raw_device(w, group, NIC);
	}
	assert_true(device >= 0);
	iova_sim_report(w->sim, &report);
	iova_sim_clear_faults(w->sim);
	raw_close(w, device);
	raw_close(w, group);
	raw_close(w, fd);
	world_assert_clean(w);
	world_free(w);
	return !report.n_pending_faults;
}

static void each_allocation_of_opening_a_device_fails_once(void **state)
{
	uint64_t nth = 1;
	int n_failed = 0;

	(void)state;
	while (live_compat(nth, &n_failed))
		nth++;
	assert_true(n_failed >= 5);
	assert_int_equal(n_failed, nth - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_fails_once),
		cmocka_unit_test(each_call_is_interrupted_once),
		cmocka_unit_test(each_allocation_of_opening_a_device_fails_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
