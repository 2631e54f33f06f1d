/* SPDX-License-Identifier: BSD-3-Clause */
/* Making and releasing a host. */
#include "private.h"

#include "base/opts.h"

#include <errno.h>
#include <stdlib.h>

#define DEFAULT_LOCK_LIMIT ((uint64_t)64 << 20)

static void fill_table(struct iova_sim *sim)
{
	sim->sys = (struct iova_sys){
		.size = sizeof sim->sys,
		.data = sim,
		.open = sim_sys_open_,
		.close = sim_sys_close_,
		.ioctl = sim_sys_ioctl_,
		.read_file = sim_sys_read_file_,
		.read_link = sim_sys_read_link_,
		.list = sim_sys_list_,
		.memory = sim_sys_memory_,
		.duplicate = sim_sys_duplicate_,
	};
}

IOVA_API int iova_sim_new(struct iova_sim **ret_sim)
{
	struct iova_sim *sim;
	int r;

	if (!ret_sim)
		return -EINVAL;
	sim = calloc(1, sizeof *sim);
	if (!sim)
		return -ENOMEM;
	r = -pthread_mutex_init(&sim->mutex, NULL);
	if (r < 0) {
		free(sim);
		return r;
	}
	fill_table(sim);
	sim->groups_tail = &sim->groups;
	sim->devices_tail = &sim->devices;
	sim->memory.page_size = 4096;
	sim->memory.limit = DEFAULT_LOCK_LIMIT;
	sim->kernel.size = sizeof sim->kernel;
	sim->iommu.size = sizeof sim->iommu;
	r = iova_sim_iommu_of_width(48, &sim->iommu);
	if (!r)
		r = iova_sim_kernel_of("6.12", &sim->kernel);
	if (r < 0) {
		iova_sim_free(sim);
		return r;
	}
	*ret_sim = sim;
	return 0;
}

static void free_fds(struct iova_sim *sim)
{
	while (sim->numbers) {
		struct sim_number *number = sim->numbers;

		sim->numbers = number->next;
		free(number);
	}
	while (sim->fds) {
		struct sim_fd *fd = sim->fds;

		sim->fds = fd->next;
		free(fd);
	}
}

static void free_containers(struct iova_sim *sim)
{
	while (sim->containers) {
		struct sim_container *container = sim->containers;

		sim->containers = container->next;
		while (container->domains) {
			struct sim_domain *domain = container->domains;

			container->domains = domain->next;
			free(domain);
		}
		sim_ranges_free_(&container->list);
		sim_unmap_all_(sim, container);
		free(container);
	}
}

IOVA_API void iova_sim_free(struct iova_sim *sim)
{
	if (!sim)
		return;
	iova_sim_clear_faults(sim);
	iova_sim_clear_corruption(sim);
	iova_sim_clear_files(sim);
	free_fds(sim);
	free_containers(sim);
	sim_iommufds_free_(sim);
	sim_host_free_(sim);
	sim_ranges_free_(&sim->bad_memory);
	sim_ranges_free_(&sim->device_memory);
	pthread_mutex_destroy(&sim->mutex);
	free(sim);
}

IOVA_API const struct iova_sys *iova_sim_sys(struct iova_sim *sim)
{
	return sim ? &sim->sys : NULL;
}

IOVA_API int iova_sim_set_kernel(struct iova_sim *sim, const struct iova_sim_kernel *kernel)
{
	struct iova_sim_kernel known;
	int r = sim && kernel ? iova_opts_read_(&known, sizeof known, sizeof known, kernel) :
				-EINVAL;

	if (r < 0)
		return r;
	pthread_mutex_lock(&sim->mutex);
	sim->kernel = known;
	pthread_mutex_unlock(&sim->mutex);
	return 0;
}

IOVA_API int iova_sim_get_kernel(struct iova_sim *sim, struct iova_sim_kernel *ret_kernel)
{
	int r;

	if (!sim || !ret_kernel)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = iova_info_write_(ret_kernel, sizeof sim->kernel, &sim->kernel, sizeof sim->kernel);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}
