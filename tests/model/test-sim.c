/* SPDX-License-Identifier: BSD-3-Clause */
/* Hosts as a whole: presets, the builder's own errors, bookkeeping, threads. */
#include "raw.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

static void each_preset_is_there_and_attaches_its_first_card(void **state)
{
	const char *const *names = iova_sim_presets();
	struct iova_sim *sim = NULL;
	size_t n = 0;

	(void)state;
	for (; names[n]; n++) {
		struct world *w = world_new(names[n]);

		raw_detach(w, raw_attach(w, 1));
		world_assert_clean(w);
		world_free(w);
	}
	assert_true(n >= 3);
	assert_int_equal(iova_sim_new_preset("toaster", &sim), -ENOENT);
	assert_null(sim);
}

static void a_kernel_that_is_not_known_is_enoent(void **state)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	(void)state;
	assert_int_equal(iova_sim_kernel_of("2.6", &kernel), -ENOENT);
	assert_int_equal(iova_sim_kernel_of("6.12", &kernel), 0);
	assert_int_equal(kernel.padded, 1);
}

static void each_release_has_what_came_up_to_it(void **state)
{
	static const struct {
		const char *release;
		uint32_t limit, relaxable, list, migration, avail, all, owner, revokes, kind,
			padded, wrap;
	} cases[] = { { "4.19", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		      { "5.2", 65535, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		      { "5.4", 65535, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0 },
		      { "5.10", 65535, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0 },
		      { "5.15", 65535, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0 },
		      { "6.1", 65535, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0 },
		      { "6.2", 65535, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0 },
		      { "6.3", 65535, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0 },
		      { "6.6", 65535, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 },
		      { "6.12", 65535, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 },
		      { "6.13", 65535, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 },
		      { "6.18", 65535, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct iova_sim_kernel kernel = { .size = sizeof kernel };

		assert_int_equal(iova_sim_kernel_of(cases[i].release, &kernel), 0);
		assert_int_equal(kernel.entry_limit, cases[i].limit);
		assert_int_equal(kernel.has_relaxable, cases[i].relaxable);
		assert_int_equal(kernel.has_list, cases[i].list);
		assert_int_equal(kernel.has_migration, cases[i].migration);
		assert_int_equal(kernel.has_avail, cases[i].avail);
		assert_int_equal(kernel.has_unmap_all, cases[i].all);
		assert_int_equal(kernel.claims_owner, cases[i].owner);
		assert_int_equal(kernel.revokes_group, cases[i].revokes);
		assert_int_equal(kernel.tells_kind, cases[i].kind);
		assert_int_equal(kernel.padded, cases[i].padded);
		assert_int_equal(kernel.early_wrap, cases[i].wrap);
		assert_int_equal(kernel.top_defect, !cases[i].wrap);
	}
}

/* None is built with iommufd until it is asked for. */
static void each_release_can_do_what_its_iommufd_can(void **state)
{
	static const struct {
		const char *release;
		uint32_t vfio_dev, iommufd, device, cdevs, hw_info, files, nothing, nesting;
	} cases[] = { { "4.19", 0, 0, 0, 0, 0, 0, 0, 1 }, { "5.15", 0, 0, 0, 0, 0, 0, 0, 1 },
		      { "6.1", 1, 0, 0, 0, 0, 0, 0, 1 },  { "6.2", 1, 1, 0, 0, 0, 0, 0, 1 },
		      { "6.3", 1, 1, 0, 0, 0, 0, 0, 1 },  { "6.6", 1, 1, 1, 1, 1, 0, 0, 1 },
		      { "6.12", 1, 1, 1, 1, 1, 0, 1, 1 }, { "6.13", 1, 1, 1, 1, 1, 1, 0, 0 },
		      { "6.18", 1, 1, 1, 1, 1, 1, 1, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct iova_sim_kernel kernel = { .size = sizeof kernel };

		assert_int_equal(iova_sim_kernel_of(cases[i].release, &kernel), 0);
		assert_int_equal(kernel.has_vfio_dev, cases[i].vfio_dev);
		assert_int_equal(kernel.has_iommufd, cases[i].iommufd);
		assert_int_equal(kernel.reserves_device, cases[i].device);
		assert_int_equal(kernel.has_cdevs, cases[i].cdevs);
		assert_int_equal(kernel.has_hw_info, cases[i].hw_info);
		assert_int_equal(kernel.has_file_maps, cases[i].files);
		assert_int_equal(kernel.unmaps_nothing, cases[i].nothing);
		assert_int_equal(kernel.has_nesting, cases[i].nesting);
		assert_int_equal(kernel.iommufd, 0);
		assert_int_equal(kernel.iommufd_container, 0);
		assert_int_equal(kernel.unsafe_iommufd, 0);
		assert_int_equal(kernel.without_groups, 0);
		assert_int_equal(kernel.noiommu, 0);
	}
}

static void the_builder_refuses_what_cannot_be(void **state)
{
	const struct world *w = *state;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct iova_sys_memory memory = { .page_size = 3000 };

	assert_int_equal(iova_sim_add_group(w->sim, 0, "DMA"), 0);
	assert_int_equal(iova_sim_add_group(w->sim, 0, "DMA"), -EEXIST);
	assert_int_equal(iova_sim_add_group(w->sim, UINT32_MAX, "DMA"), -EINVAL);
	assert_int_equal(iova_sim_add_device(w->sim, 0, "0000:00:01.0", 1, 2, 3, NULL), 0);
	assert_int_equal(iova_sim_add_device(w->sim, 0, "0000:00:01.0", 1, 2, 3, NULL), -EEXIST);
	assert_int_equal(iova_sim_add_device(w->sim, 1, "0000:00:02.0", 1, 2, 3, NULL), -ENOENT);
	assert_int_equal(iova_sim_add_device(w->sim, 0, "a/b", 1, 2, 3, NULL), -EINVAL);
	assert_int_equal(iova_sim_add_region(w->sim, 0, 2, 1, "msi"), -EINVAL);
	assert_int_equal(iova_sim_add_region(w->sim, 1, 1, 2, "msi"), -ENOENT);
	assert_int_equal(iova_sim_add_device_region(w->sim, "x", 1, 2, "msi"), -ENOENT);
	assert_int_equal(iova_sim_bind(w->sim, "x", NULL), -ENOENT);
	assert_int_equal(iova_sim_set_memory(w->sim, &memory), -EINVAL);
	iova_sim_iommu_of_width(39, &iommu);
	assert_int_equal(iova_sim_set_iommu(w->sim, 7, &iommu), -ENOENT);
	iommu.page_sizes = 0;
	assert_int_equal(iova_sim_set_iommu(w->sim, 0, &iommu), -EINVAL);
	assert_int_equal(iova_sim_add_bad_memory(w->sim, 2, 1), -EINVAL);
}

static void a_report_counts_what_is_open_and_mapped(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sim_report report = { .size = sizeof report };

	assert_int_equal(raw_map(w, raw.container, 0x200000, 0x1000, 3 * PAGE), 0);
	iova_sim_report(w->sim, &report);
	assert_int_equal(report.n_fds, 2);
	assert_int_equal(report.n_containers, 1);
	assert_int_equal(report.n_groups, 1);
	assert_int_equal(report.n_mappings, 1);
	assert_int_equal(report.n_pinned_pages, 3);
	assert_int_equal(world_calls(w, IOVA_SIM_CALL_OPEN), 2);
	assert_int_equal(world_calls(w, IOVA_SIM_CALL_ANY), 5);
	raw_detach(w, raw);
}

static void assert_leftovers(const struct world *world, const char *wanted)
{
	char text[512];

	assert_int_equal(iova_sim_leftovers(world->sim, text, sizeof text), strlen(wanted));
	assert_string_equal(text, wanted);
}

static void what_is_left_is_said_in_words(void **state)
{
	const struct world *w = *state;
	char text[8] = "unknown";
	struct raw raw;
	int device, file;

	assert_leftovers(w, "");
	raw = raw_attach(w, GROUP_LPC);
	assert_int_equal(raw_map(w, raw.container, 0x40000000, 0x1000, 512 * PAGE), 0);
	device = raw_device(w, raw.group, "0000:00:1f.2");
	file = w->sys->open(w->sys->data, -1, "/sys", 0);
	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_UNMAP, 1, EIO), 0);
	assert_leftovers(w, "a file is open as fd 0x11000003\n"
			    "device 0000:00:1f.2 is open as fd 0x14000002\n"
			    "group 5 is open as fd 0x13000001\n"
			    "container 0 is open as fd 0x12000000\n"
			    "group 5 is in container 0\n"
			    "container 0 maps 0x40000000-0x401fffff\n"
			    "pinned pages: 512\n"
			    "faults that were not met: 1");
	assert_int_equal(iova_sim_leftovers(w->sim, NULL, 0), 257);
	assert_int_equal(iova_sim_leftovers(w->sim, text, sizeof text), 257);
	assert_string_equal(text, "a file ");
	assert_int_equal(iova_sim_leftovers(w->sim, NULL, 1), -EINVAL);
	iova_sim_clear_faults(w->sim);
	assert_int_equal(raw_close(w, file), 0);
	assert_int_equal(raw_close(w, device), 0);
	raw_detach(w, raw);
	assert_leftovers(w, "");
}

static void no_host_is_einval(void **state)
{
	struct iova_sys_memory memory = { .page_size = 4096 };
	struct iova_sim_report report = { .size = sizeof report };
	struct iova_sim_mapping mapping = { .size = sizeof mapping };
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct iova_sim_iommu iommu = { .size = sizeof iommu };

	(void)state;
	assert_int_equal(iova_sim_new(NULL), -EINVAL);
	assert_int_equal(iova_sim_new_preset(NULL, NULL), -EINVAL);
	assert_null(iova_sim_sys(NULL));
	assert_int_equal(iova_sim_kernel_of(NULL, &kernel), -EINVAL);
	assert_int_equal(iova_sim_set_kernel(NULL, &kernel), -EINVAL);
	assert_int_equal(iova_sim_get_kernel(NULL, &kernel), -EINVAL);
	assert_int_equal(iova_sim_set_memory(NULL, &memory), -EINVAL);
	assert_int_equal(iova_sim_set_iommu(NULL, 0, &iommu), -EINVAL);
	assert_int_equal(iova_sim_add_bad_memory(NULL, 0, 1), -EINVAL);
	assert_int_equal(iova_sim_add_group(NULL, 0, "DMA"), -EINVAL);
	assert_int_equal(iova_sim_add_device(NULL, 0, "x", 1, 2, 3, NULL), -EINVAL);
	assert_int_equal(iova_sim_bind(NULL, "x", NULL), -EINVAL);
	assert_int_equal(iova_sim_remove_device(NULL, "x"), -EINVAL);
	assert_int_equal(iova_sim_add_region(NULL, 0, 0, 1, "msi"), -EINVAL);
	assert_int_equal(iova_sim_add_device_region(NULL, "x", 0, 1, "msi"), -EINVAL);
	assert_int_equal(iova_sim_file_error(NULL, "sys", EIO), -EINVAL);
	assert_int_equal(iova_sim_file_cut(NULL, "sys", 1), -EINVAL);
	assert_int_equal(iova_sim_file_text(NULL, "sys", "x"), -EINVAL);
	assert_int_equal(iova_sim_fail(NULL, 1, 1, EIO), -EINVAL);
	assert_int_equal(iova_sim_corrupt_info(NULL, 0, 1, 0), -EINVAL);
	assert_int_equal(iova_sim_unmap_behind(NULL, -1, 0, 1), -EINVAL);
	assert_int_equal(iova_sim_map_behind(NULL, -1, 0, 0, 4096), -EINVAL);
	assert_int_equal(iova_sim_attach_behind(NULL, -1, 0), -EINVAL);
	assert_int_equal(iova_sim_detach_behind(NULL, 0), -EINVAL);
	assert_int_equal(iova_sim_report(NULL, &report), -EINVAL);
	assert_int_equal(iova_sim_leftovers(NULL, NULL, 0), -EINVAL);
	assert_int_equal(iova_sim_mapping(NULL, 0, &mapping), -EINVAL);
	assert_int_equal(iova_sim_list(NULL, -1, NULL, 0), -EINVAL);
	assert_int_equal(iova_sim_calls(NULL, IOVA_SIM_CALL_ANY), 0);
	iova_sim_clear_faults(NULL);
	iova_sim_clear_corruption(NULL);
	iova_sim_clear_files(NULL);
}

static void descriptors_are_never_used_twice(void **state)
{
	const struct world *w = *state;
	int a = raw_open(w, "/dev/vfio/vfio"), b;

	assert_true(a >= 0x10000000);
	assert_int_equal(raw_close(w, a), 0);
	b = raw_open(w, "/dev/vfio/vfio");
	assert_int_not_equal(a, b);
	assert_int_equal(raw_close(w, b), 0);
}

static void a_host_is_freed_with_all_that_is_left_in_it(void **state)
{
	struct world *w = world_new("desktop");
	struct raw raw = raw_attach(w, GROUP_LPC);

	(void)state;
	assert_true(raw_device(w, raw.group, "0000:00:1f.2") >= 0);
	assert_int_equal(raw_map(w, raw.container, 0x2000000, 0x1000, PAGE), 0);
	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_MAP, 1, EIO), 0);
	assert_int_equal(iova_sim_corrupt_info(w->sim, 0, 1, 0), 0);
	assert_int_equal(iova_sim_file_text(w->sim, "sys/kernel", "x"), 0);
	assert_int_equal(iova_sim_add_bad_memory(w->sim, 0, 1), 0);
	world_free(w);
	iova_sim_free(NULL);
}

static void hosts_side_by_side_share_nothing(void **state)
{
	struct world *a = world_new("desktop"), *b = world_new("desktop");
	struct raw raw = raw_attach(a, GROUP_NIC);

	(void)state;
	raw_detach(b, raw_attach(b, GROUP_NIC));
	assert_int_equal(raw_map(a, raw.container, 0x200000, 0x1000, PAGE), 0);
	world_assert_n_mappings(b, 0);
	world_assert_clean(b);
	raw_detach(a, raw);
	world_free(a);
	world_free(b);
}

#define N_THREADS 4
#define N_ROUNDS 200

struct worker {
	const struct world *world;
	int container;
	uint64_t iova;
	int failed;
};

/* Results are only collected here: assertions belong to the thread of the test. */
static void *work(void *arg)
{
	struct worker *worker = arg;

	for (int i = 0; i < N_ROUNDS; i++) {
		uint64_t size = PAGE;

		if (raw_map(worker->world, worker->container, worker->iova, 0x1000, PAGE) ||
		    raw_unmap(worker->world, worker->container, 0, worker->iova, &size) ||
		    size != PAGE)
			worker->failed++;
	}
	return NULL;
}

static void many_threads_map_in_one_container(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct worker workers[N_THREADS];
	pthread_t threads[N_THREADS];

	for (unsigned int i = 0; i < N_THREADS; i++) {
		workers[i] = (struct worker){ w, raw.container, i * MIB, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	for (unsigned int i = 0; i < N_THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(workers[i].failed, 0);
	}
	assert_int_equal(world_calls(w, IOVA_SIM_CALL_MAP), N_THREADS * N_ROUNDS);
	raw_detach(w, raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_preset_is_there_and_attaches_its_first_card),
		cmocka_unit_test(a_kernel_that_is_not_known_is_enoent),
		cmocka_unit_test(each_release_has_what_came_up_to_it),
		cmocka_unit_test(each_release_can_do_what_its_iommufd_can),
		ON(empty, the_builder_refuses_what_cannot_be),
		ON(desktop, a_report_counts_what_is_open_and_mapped),
		ON(desktop, what_is_left_is_said_in_words),
		cmocka_unit_test(no_host_is_einval),
		ON(desktop, descriptors_are_never_used_twice),
		cmocka_unit_test(a_host_is_freed_with_all_that_is_left_in_it),
		cmocka_unit_test(hosts_side_by_side_share_nothing),
		ON(desktop, many_threads_map_in_one_container),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
