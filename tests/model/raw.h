/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_RAW_H
#define IOVA_TESTS_RAW_H

/* The calls of VFIO's users, made by hand through a world's table. Results are the table's. */

#include "harness.h"

#include "uapi/vfio.h"

#define PAGE 4096ull
#define MIB (1ull << 20)

/* What group a device is in, on the presets "desktop" and "old". */
#define GROUP_NIC 1
#define GROUP_USB 2
#define GROUP_NVME 3
#define GROUP_DIRECT 4
#define GROUP_LPC 5
#define GROUP_GPU 6

int raw_open(const struct world *world, const char *path);
int raw_close(const struct world *world, int fd);
int raw_ioctl(const struct world *world, int fd, unsigned long request, void *argument);
int raw_extension(const struct world *world, int fd, uintptr_t extension);
int raw_set_iommu(const struct world *world, int fd, uintptr_t type);
int raw_set_container(const struct world *world, int group, int container);
int raw_unset_container(const struct world *world, int group);
int raw_status(const struct world *world, int group, uint32_t *ret_flags);
int raw_device(const struct world *world, int group, const char *name);
int raw_map(const struct world *world, int fd, uint64_t iova, uint64_t vaddr, uint64_t size);
/* The size comes back as the kernel leaves it. */
int raw_unmap(const struct world *world, int fd, uint32_t flags, uint64_t iova, uint64_t *size);

/* A container and one group in it with the type1 v2 IOMMU; asserts that all goes well. */
struct raw {
	int container;
	int group;
};

struct raw raw_attach(const struct world *world, uint32_t group);
/* Only the group's fd, in the container; asserts. */
int raw_join(const struct world *world, int container, uint32_t group);
int raw_open_group(const struct world *world, uint32_t group);
void raw_detach(const struct world *world, struct raw raw);

/* GET_INFO into room of so many bytes, zeroed but for argsz. */
int raw_info(const struct world *world, int fd, void *reply, uint32_t argsz);
/* Offset of a capability in a whole reply, 0 if it is not there. */
uint32_t raw_find_cap(const void *reply, uint16_t id);
uint32_t raw_u32(const void *reply, size_t offset);
uint64_t raw_u64(const void *reply, size_t offset);

#endif
