/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_IOMMUFD_HELP_H
#define IOVA_TESTS_IOMMUFD_HELP_H

/* Contexts on the iommufd of a simulated host, and what else may be in the way there. */

#include "ctx-help.h"
#include "raw-cdev.h"

#include <errno.h>
#include <string.h>

/* Devices of the machine "desktop", and the numbers of their nodes. */
#define NIC "0000:01:00.0"
#define USB "0000:00:14.0"
#define RAID "0000:03:00.0"
#define SATA "0000:00:1f.2"
#define GPU "0000:04:00.0"
#define SOUND "0000:04:00.1"
#define NODE_NIC 0
#define NODE_USB 1
#define NODE_GPU 4

/* What only has to be avoided there, in the groups of USB and of SATA. */
#define RELAXABLE_USB 0x7b800000ull
#define RELAXABLE_LAST 0x7b81ffffull

#define ON_PRESET(preset, test)                                                          \
	cmocka_unit_test_prestate_setup_teardown(test, world_setup_name, world_teardown, \
						 (void *)(preset))

/* cmocka gives the preset's name as the state that the world then takes the place of. */
static inline int world_setup_name(void **state)
{
	*state = world_new(*state);
	return 0;
}

static inline struct iova_ctx_opts ctx_native(void)
{
	return (struct iova_ctx_opts){ .size = sizeof(struct iova_ctx_opts),
				       .backend = IOVA_BACKEND_IOMMUFD };
}

static inline struct iova_ctx_opts ctx_compat(void)
{
	return (struct iova_ctx_opts){ .size = sizeof(struct iova_ctx_opts),
				       .backend = IOVA_BACKEND_COMPAT };
}

/* On the caller's iommufd; in the caller's IOAS unless that is 0. */
static inline struct iova_ctx_opts ctx_on(int iommufd, uint32_t ioas)
{
	return (struct iova_ctx_opts){ .size = sizeof(struct iova_ctx_opts),
				       .flags = IOVA_CTX_ADOPT_IOMMUFD |
						(ioas ? IOVA_CTX_ADOPT_IOAS : 0),
				       .iommufd = iommufd,
				       .ioas = ioas };
}

static inline void attach_device(struct iova_ctx *ctx, const char *name)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;

	if (iova_ctx_attach_device(ctx, name, NULL, &failure) < 0)
		assert_failed(&failure, 0, 0, 0);
}

static inline struct iova_ctx *ctx_native_with(const struct world *world, const char *device)
{
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts);

	attach_device(ctx, device);
	return ctx;
}

static inline struct iova_ctx_info info_of(struct iova_ctx *ctx)
{
	struct iova_ctx_info info = { .size = sizeof info };

	assert_int_equal(iova_ctx_info(ctx, &info), 0);
	return info;
}

static inline struct iova_sim_report report_of(const struct world *world)
{
	struct iova_sim_report report = { .size = sizeof report };

	assert_int_equal(iova_sim_report(world->sim, &report), 0);
	return report;
}

static inline void change_kernel(const struct world *world,
				 void (*change)(struct iova_sim_kernel *))
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	assert_int_equal(iova_sim_get_kernel(world->sim, &kernel), 0);
	change(&kernel);
	assert_int_equal(iova_sim_set_kernel(world->sim, &kernel), 0);
}

/* Both functions of the graphics card may be attached. */
static inline void free_sound(const struct world *world)
{
	assert_int_equal(iova_sim_bind(world->sim, SOUND, "vfio-pci"), 0);
}

static inline void set_memory(const struct world *world, uint64_t limit, bool exempt)
{
	struct iova_sys_memory memory = { .page_size = PAGE, .limit = limit, .exempt = exempt };

	assert_int_equal(iova_sim_set_memory(world->sim, &memory), 0);
}

static inline struct iova_change *change_made(void)
{
	struct iova_change *change;

	assert_int_equal(iova_change_new(&change), 0);
	return change;
}

/* A call that fails, as it should, and leaves both sides as they were. */
#define REFUSED(world, ctx, call, error, step, why)              \
	do {                                                     \
		struct iova_failure failure = IOVA_FAILURE_INIT; \
		struct view before = view_of(world, ctx), after; \
		int r = (call);                                  \
		assert_failed(&failure, error, step, why);       \
		assert_int_equal(r, error);                      \
		after = view_of(world, ctx);                     \
		assert_same_view(&before, &after);               \
	} while (0)

/* Asked of the kernel itself, of an iommufd that is open here. */
static inline int raw_allow(const struct world *world, int iommufd, uint32_t ioas,
			    const struct iova_range *range)
{
	struct iova_iommu_range allowed = { 0 };
	struct iova_iommu_ioas_ranges request = { .size = IOVA_IOMMU_ALLOW_SIZE, .ioas_id = ioas };

	if (range) {
		allowed = (struct iova_iommu_range){ range->start, range->last };
		request.n_ranges = 1;
		request.ranges = (uintptr_t)&allowed;
	}
	return raw_ioctl(world, iommufd, IOVA_IOMMU_IOAS_ALLOW_IOVAS, &request);
}

static inline int raw_ioas_unmap(const struct world *world, int iommufd, uint32_t ioas,
				 uint64_t iova, uint64_t length)
{
	struct iova_iommu_ioas_unmap unmap = {
		.size = sizeof unmap, .ioas_id = ioas, .iova = iova, .length = length
	};

	return raw_ioctl(world, iommufd, IOVA_IOMMU_IOAS_UNMAP, &unmap);
}

#endif
