/* SPDX-License-Identifier: BSD-3-Clause */
/* What a device has while a driver of VFIO is bound to it: drivers/vfio/vfio_main.c (VFIO). */
#include "private.h"

#include <errno.h>
#include <stdlib.h>

#define WORD_BITS 64u

/* VFIO:vfio_init_device: the lowest number that is free. */
static int take_number(struct sim_bits *bits, uint32_t *ret_number)
{
	uint32_t bit = 0;
	size_t i = 0;

	while (i < bits->n && bits->words[i] == UINT64_MAX)
		i++;
	if (i == bits->n) {
		uint64_t *words = sim_grow_(NULL, bits->words, bits->n, &bits->room, sizeof *words);

		if (!words)
			return -ENOMEM;
		bits->words = words;
		bits->words[bits->n++] = 0;
	}
	while (bits->words[i] >> bit & 1)
		bit++;
	bits->words[i] |= (uint64_t)1 << bit;
	*ret_number = (uint32_t)i * WORD_BITS + bit;
	return 0;
}

static void give_number(struct sim_bits *bits, uint32_t number)
{
	bits->words[number / WORD_BITS] &= ~((uint64_t)1 << number % WORD_BITS);
}

/*
 * VFIO:__vfio_register_dev. Where a device has no group, and VFIO does not make one, the driver
 * would not come to be bound; here it is bound in vain.
 */
int sim_vfio_enter_(struct iova_sim *sim, struct sim_device *device)
{
	int r = 0;

	if (!device->group && sim->kernel.noiommu)
		r = sim_noiommu_add_(sim, device);
	if (r < 0 || !device->group)
		return r;
	r = take_number(&sim->vfio_numbers, &device->vfio_number);
	if (r < 0)
		sim_noiommu_drop_(sim, device);
	return r;
}

/* The old driver goes before the new one comes. */
void sim_vfio_change_(struct iova_sim *sim, struct sim_device *device)
{
	if (!device->group)
		return;
	give_number(&sim->vfio_numbers, device->vfio_number);
	(void)take_number(&sim->vfio_numbers, &device->vfio_number);
}

void sim_vfio_leave_(struct iova_sim *sim, struct sim_device *device)
{
	if (!device->group)
		return;
	give_number(&sim->vfio_numbers, device->vfio_number);
	sim_noiommu_drop_(sim, device);
}

bool sim_device_has_vfio_dev_(const struct sim_device *device)
{
	return !device->gone && device->group && sim_device_is_vfio_(device);
}

/* drivers/vfio/vfio.h:vfio_device_add. */
bool sim_device_has_cdev_(const struct iova_sim *sim, const struct sim_device *device)
{
	return sim_has_cdevs_(sim) && sim_device_has_vfio_dev_(device) && !device->group->noiommu;
}
