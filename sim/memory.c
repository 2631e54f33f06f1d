/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory of the process under test, as far as the kernel looks at it. */
#include "private.h"

#include <errno.h>

IOVA_API int iova_sim_set_memory(struct iova_sim *sim, const struct iova_sys_memory *memory)
{
	uint64_t page = memory ? memory->page_size : 0;

	if (!sim || !page || page & (page - 1))
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	sim->memory = *memory;
	pthread_mutex_unlock(&sim->mutex);
	return 0;
}

/* What is added twice counts once. */
static int add_memory(struct iova_sim *sim, struct sim_ranges *to, uint64_t start, uint64_t last)
{
	int r;

	pthread_mutex_lock(&sim->mutex);
	r = sim_ranges_cut_(NULL, to, start, last);
	if (r >= 0)
		r = sim_ranges_add_(NULL, to, start, last);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

IOVA_API int iova_sim_add_bad_memory(struct iova_sim *sim, uint64_t start, uint64_t last)
{
	return sim && start <= last ? add_memory(sim, &sim->bad_memory, start, last) : -EINVAL;
}

IOVA_API int iova_sim_add_device_memory(struct iova_sim *sim, uint64_t start, uint64_t last)
{
	return sim && start <= last ? add_memory(sim, &sim->device_memory, start, last) : -EINVAL;
}

IOVA_API int iova_sim_memfd(struct iova_sim *sim, uint64_t length)
{
	struct sim_fd *fd;
	int number;

	if (!sim)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	number = sim_fd_new_(sim, SIM_FD_MEMFD, &fd);
	if (number >= 0)
		fd->length = length;
	pthread_mutex_unlock(&sim->mutex);
	return number == -EMFILE ? -ENOMEM : number;
}
