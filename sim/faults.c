/* SPDX-License-Identifier: BSD-3-Clause */
/* What goes wrong on demand: failing calls and files, corrupted replies, and other processes. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add_fault(struct iova_sim *sim, const struct sim_fault *like)
{
	struct sim_fault *fault, **at = &sim->faults;

	if (like->call >= IOVA_SIM_N_CALLS || !like->left)
		return -EINVAL;
	fault = malloc(sizeof *fault);
	if (!fault)
		return -ENOMEM;
	*fault = *like;
	pthread_mutex_lock(&sim->mutex);
	while (*at)
		at = &(*at)->next;
	*at = fault;
	pthread_mutex_unlock(&sim->mutex);
	return 0;
}

int iova_sim_fail(struct iova_sim *sim, uint32_t call, uint64_t nth, int error)
{
	struct sim_fault fault = { .call = call, .left = nth, .error = error };

	return error > 0 ? add_fault(sim, &fault) : -EINVAL;
}

int iova_sim_after(struct iova_sim *sim, uint32_t call, uint64_t nth,
		   void (*hook)(struct iova_sim *sim, void *arg), void *arg)
{
	struct sim_fault fault = { .call = call, .left = nth, .hook = hook, .arg = arg };

	return hook ? add_fault(sim, &fault) : -EINVAL;
}

void iova_sim_clear_faults(struct iova_sim *sim)
{
	pthread_mutex_lock(&sim->mutex);
	while (sim->faults) {
		struct sim_fault *fault = sim->faults;

		sim->faults = fault->next;
		free(fault);
	}
	pthread_mutex_unlock(&sim->mutex);
}

int iova_sim_corrupt_info(struct iova_sim *sim, size_t offset, size_t size, uint64_t value)
{
	struct sim_corruption *corruption, **at = &sim->corruptions;

	if (!size || size > sizeof value)
		return -EINVAL;
	corruption = calloc(1, sizeof *corruption);
	if (!corruption)
		return -ENOMEM;
	corruption->offset = offset;
	corruption->size = size;
	corruption->value = value;
	pthread_mutex_lock(&sim->mutex);
	while (*at)
		at = &(*at)->next;
	*at = corruption;
	pthread_mutex_unlock(&sim->mutex);
	return 0;
}

void iova_sim_clear_corruption(struct iova_sim *sim)
{
	pthread_mutex_lock(&sim->mutex);
	while (sim->corruptions) {
		struct sim_corruption *corruption = sim->corruptions;

		sim->corruptions = corruption->next;
		free(corruption);
	}
	pthread_mutex_unlock(&sim->mutex);
}

/* A later fault of the same file takes the place of the earlier one. */
static int add_file_fault(struct iova_sim *sim, const char *path, struct sim_file_fault *fault)
{
	static const struct sim_node root = { .kind = SIM_ROOT };
	int r;

	pthread_mutex_lock(&sim->mutex);
	r = sim_walk_(sim, &root, path + strspn(path, "/"), SIM_BLIND, &fault->node);
	if (r >= 0) {
		fault->next = sim->file_faults;
		sim->file_faults = fault;
	}
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

static int new_file_fault(struct iova_sim *sim, const char *path, int error, size_t length,
			  const char *text)
{
	struct sim_file_fault *fault = calloc(1, sizeof *fault);
	int r;

	if (!fault)
		return -ENOMEM;
	fault->error = error;
	fault->length = length;
	fault->text = text ? strdup(text) : NULL;
	r = text && !fault->text ? -ENOMEM : add_file_fault(sim, path, fault);
	if (r < 0) {
		free(fault->text);
		free(fault);
	}
	return r;
}

int iova_sim_file_error(struct iova_sim *sim, const char *path, int error)
{
	return error > 0 ? new_file_fault(sim, path, error, SIZE_MAX, NULL) : -EINVAL;
}

int iova_sim_file_cut(struct iova_sim *sim, const char *path, size_t length)
{
	return new_file_fault(sim, path, 0, length, NULL);
}

int iova_sim_file_text(struct iova_sim *sim, const char *path, const char *text)
{
	return new_file_fault(sim, path, 0, SIZE_MAX, text);
}

void iova_sim_clear_files(struct iova_sim *sim)
{
	pthread_mutex_lock(&sim->mutex);
	while (sim->file_faults) {
		struct sim_file_fault *fault = sim->file_faults;

		sim->file_faults = fault->next;
		free(fault->text);
		free(fault);
	}
	pthread_mutex_unlock(&sim->mutex);
}

static int unmap_behind(struct iova_sim *sim, struct sim_container *container, uint64_t start,
			uint64_t last)
{
	struct sim_map *map = sim_maps_after_(container, NULL), *next;
	int n = 0;

	for (; map; map = next) {
		next = sim_maps_after_(container, map);
		if (map->iova >= start && map->iova + (map->length - 1) <= last) {
			sim_unmap_(sim, container, map);
			n++;
		}
	}
	return n;
}

int iova_sim_unmap_behind(struct iova_sim *sim, int fd, uint64_t start, uint64_t last)
{
	struct sim_container *container;
	int r;

	pthread_mutex_lock(&sim->mutex);
	r = sim_container_find_(sim, fd, &container);
	if (r >= 0)
		r = unmap_behind(sim, container, start, last);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

int iova_sim_map_behind(struct iova_sim *sim, int fd, uint64_t iova, uint64_t vaddr,
			uint64_t length)
{
	struct sim_map map = { .iova = iova, .length = length, .vaddr = vaddr, .flags = 3 };
	struct sim_container *container;
	int r;

	pthread_mutex_lock(&sim->mutex);
	r = sim_container_find_(sim, fd, &container);
	if (r >= 0)
		r = container->iommu_set ? sim_map_(sim, container, &map) : -EINVAL;
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

/* Another process opens the group and puts it into the container it shares. */
static int attach_behind(struct iova_sim *sim, struct sim_container *container, uint32_t id)
{
	struct sim_group *group = sim_group_find_(sim, id);
	int r;

	if (!group || !sim_group_has_node_(sim, group))
		return -ENOENT;
	if (group->fd_open || group->n_open_devices || group->held_elsewhere)
		return -EBUSY;
	r = sim_group_join_(sim, group, container);
	if (r >= 0)
		group->held_elsewhere = true;
	return r;
}

int iova_sim_attach_behind(struct iova_sim *sim, int fd, uint32_t group)
{
	struct sim_container *container;
	int r;

	pthread_mutex_lock(&sim->mutex);
	r = sim_container_find_(sim, fd, &container);
	if (r >= 0)
		r = attach_behind(sim, container, group);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

int iova_sim_detach_behind(struct iova_sim *sim, uint32_t id)
{
	struct sim_group *group;
	int r = -ENOENT;

	pthread_mutex_lock(&sim->mutex);
	group = sim_group_find_(sim, id);
	if (group && group->held_elsewhere) {
		group->held_elsewhere = false;
		sim_group_release_(sim, group);
		r = 0;
	}
	pthread_mutex_unlock(&sim->mutex);
	return r;
}
