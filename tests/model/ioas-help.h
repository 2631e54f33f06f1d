/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_IOAS_HELP_H
#define IOVA_TESTS_IOAS_HELP_H

/* Requests to an iommufd, each written out, for the tests of the model. */

#include "raw-cdev.h"

#include <errno.h>
#include <string.h>

/* Some memory of the process; the model never looks at it. */
#define VADDR 0x7f0000000000ull
#define RW (IOVA_IOMMU_MAP_READ | IOVA_IOMMU_MAP_WRITE)
#define FIXED IOVA_IOMMU_MAP_FIXED

/* Numbers of the nodes on the machine of "desktop"; the second of GPU once it has vfio-pci. */
#define NODE_NIC 0
#define NODE_USB 1
#define NODE_GPU 4
#define NODE_SOUND 5

/* An iommufd, an IOAS of it, and a device that is bound. */
struct ioas {
	int fd;
	int cdev;
	uint32_t id;
	uint32_t device;
};

static inline struct ioas ioas_open(const struct world *w, uint32_t node)
{
	struct ioas ioas = { .fd = raw_iommufd(w), .cdev = raw_cdev(w, node) };

	assert_true(ioas.fd >= 0 && ioas.cdev >= 0);
	ioas.id = raw_ioas(w, ioas.fd);
	assert_int_equal(raw_bind(w, ioas.cdev, ioas.fd, &ioas.device), 0);
	return ioas;
}

static inline struct ioas ioas_attach(const struct world *w, uint32_t node)
{
	struct ioas ioas = ioas_open(w, node);

	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), 0);
	return ioas;
}

static inline void ioas_close(const struct world *w, struct ioas ioas)
{
	assert_int_equal(raw_close(w, ioas.cdev), 0);
	assert_int_equal(raw_close(w, ioas.fd), 0);
}

/* The whole request, into and out of *map. */
static inline int ioas_request(const struct world *w, int fd, struct iova_iommu_ioas_map *map)
{
	map->size = sizeof *map;
	return raw_ioctl(w, fd, IOVA_IOMMU_IOAS_MAP, map);
}

static inline int ioas_map(const struct world *w, struct ioas ioas, uint64_t iova, uint64_t vaddr,
			   uint64_t length)
{
	return raw_ioas_map(w, ioas.fd, ioas.id, iova, vaddr, length);
}

/* Wherever the kernel likes. */
static inline int ioas_map_any(const struct world *w, struct ioas ioas, uint64_t vaddr,
			       uint64_t length, uint64_t *ret_iova)
{
	struct iova_iommu_ioas_map map = {
		.flags = RW, .ioas_id = ioas.id, .vaddr = vaddr, .length = length
	};
	int r = ioas_request(w, ioas.fd, &map);

	*ret_iova = map.iova;
	return r;
}

/* The length comes back as the kernel leaves it. */
static inline int ioas_unmap(const struct world *w, struct ioas ioas, uint64_t iova,
			     uint64_t *length)
{
	struct iova_iommu_ioas_unmap unmap = {
		.size = sizeof unmap, .ioas_id = ioas.id, .iova = iova, .length = *length
	};
	int r = raw_ioctl(w, ioas.fd, IOVA_IOMMU_IOAS_UNMAP, &unmap);

	*length = unmap.length;
	return r;
}

/* The ranges in *n of room; *n becomes what the kernel says. */
static inline int ioas_ranges(const struct world *w, struct ioas ioas,
			      struct iova_iommu_range *ranges, uint32_t *n, uint64_t *ret_alignment)
{
	struct iova_iommu_ioas_ranges request = { .size = sizeof request,
						  .ioas_id = ioas.id,
						  .n_ranges = *n,
						  .ranges = (uintptr_t)ranges };
	int r = raw_ioctl(w, ioas.fd, IOVA_IOMMU_IOAS_IOVA_RANGES, &request);

	*n = request.n_ranges;
	*ret_alignment = request.out_alignment;
	return r;
}

static inline int ioas_allow(const struct world *w, struct ioas ioas,
			     const struct iova_iommu_range *ranges, uint32_t n)
{
	struct iova_iommu_ioas_ranges request = { .size = IOVA_IOMMU_ALLOW_SIZE,
						  .ioas_id = ioas.id,
						  .n_ranges = n,
						  .ranges = (uintptr_t)ranges };

	return raw_ioctl(w, ioas.fd, IOVA_IOMMU_IOAS_ALLOW_IOVAS, &request);
}

static inline int ioas_option(const struct world *w, int fd, uint32_t option, uint16_t op,
			      uint32_t object, uint64_t *value)
{
	struct iova_iommu_option request = { .size = sizeof request,
					     .option = option,
					     .op = op,
					     .object = object,
					     .value = *value };
	int r = raw_ioctl(w, fd, IOVA_IOMMU_OPTION, &request);

	*value = request.value;
	return r;
}

static inline uint64_t pinned(const struct world *w)
{
	struct iova_sim_report report = { .size = sizeof report };

	iova_sim_report(w->sim, &report);
	return report.n_pinned_pages;
}

static inline void set_limit(const struct world *w, uint64_t limit, bool exempt)
{
	struct iova_sys_memory memory = { .page_size = PAGE, .limit = limit, .exempt = exempt };

	assert_int_equal(iova_sim_set_memory(w->sim, &memory), 0);
}

/* A test on a preset by name. */
static inline int setup_preset(void **state, const char *preset)
{
	*state = world_new(preset);
	return 0;
}

#define SETUP(name, preset)                         \
	static int world_setup_##name(void **state) \
	{                                           \
		return setup_preset(state, preset); \
	}

#endif
