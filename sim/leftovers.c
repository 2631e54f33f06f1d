/* SPDX-License-Identifier: BSD-3-Clause */
/* What is left at the end of a test, in words. */
#include "private.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

struct page {
	char *text;
	size_t size;
	size_t length; /* of all of it, also of what did not fit */
};

/* One line more. Each fits into one of these, as names are limited. */
static void say(struct page *page, const char *line)
{
	size_t at = page->length < page->size ? page->length : page->size;
	int n = snprintf(page->size ? page->text + at : NULL, page->size - at, "%s%s",
			 page->length ? "\n" : "", line);

	if (n > 0)
		page->length += (size_t)n;
}

static void say_number(struct page *page, const struct sim_number *number)
{
	const struct sim_fd *fd = number->fd;
	unsigned int shown = (unsigned int)number->number;
	char line[SIM_NAME_MAX + 64];

	switch (fd->kind) {
	case SIM_FD_CONTAINER:
		snprintf(line, sizeof line, "container %u is open as fd %#x", fd->container->serial,
			 shown);
		break;
	case SIM_FD_GROUP:
		snprintf(line, sizeof line, "group %u is open as fd %#x", fd->group->id, shown);
		break;
	case SIM_FD_DEVICE:
		snprintf(line, sizeof line, "device %s is open as fd %#x", fd->device->name, shown);
		break;
	case SIM_FD_CDEV:
		snprintf(line, sizeof line, "node of device %s is open as fd %#x", fd->device->name,
			 shown);
		break;
	case SIM_FD_IOMMUFD:
		snprintf(line, sizeof line, "iommufd %u is open as fd %#x", fd->iommufd->serial,
			 shown);
		break;
	default:
		snprintf(line, sizeof line, "a file is open as fd %#x", shown);
		break;
	}
	say(page, line);
}

static void say_container(struct page *page, const struct sim_container *container)
{
	const struct sim_map *map = NULL;
	char line[128];

	for (const struct sim_group *group = container->groups; group;
	     group = group->next_in_container) {
		snprintf(line, sizeof line, "group %u is in container %u", group->id,
			 container->serial);
		say(page, line);
	}
	while ((map = sim_maps_after_(container, map))) {
		snprintf(line, sizeof line, "container %u maps 0x%llx-0x%llx", container->serial,
			 (unsigned long long)map->iova,
			 (unsigned long long)(map->iova + (map->length - 1)));
		say(page, line);
	}
}

static void say_ioas(struct page *page, const struct sim_iommufd *iommufd,
		     const struct sim_ioas *ioas)
{
	char line[128];

	snprintf(line, sizeof line, "iommufd %u has IOAS %u", iommufd->serial, ioas->object.id);
	say(page, line);
	for (size_t i = 0; i < ioas->areas.n; i++) {
		snprintf(line, sizeof line, "IOAS %u of iommufd %u maps 0x%llx-0x%llx",
			 ioas->object.id, iommufd->serial,
			 (unsigned long long)ioas->areas.items[i]->iova,
			 (unsigned long long)ioas->areas.items[i]->last);
		say(page, line);
	}
}

static void say_iommufd(struct page *page, const struct sim_iommufd *iommufd)
{
	char line[SIM_NAME_MAX + 64];

	for (const struct sim_object *o = iommufd->objects; o; o = o->next) {
		if (o->kind == SIM_OBJECT_IOAS)
			say_ioas(page, iommufd, (const struct sim_ioas *)o);
		if (o->kind != SIM_OBJECT_BOUND)
			continue;
		snprintf(line, sizeof line, "device %s is bound to iommufd %u",
			 ((const struct sim_bound *)o)->device->name, iommufd->serial);
		say(page, line);
	}
}

static void say_compat(struct page *page, const struct sim_group *group)
{
	char line[64];

	snprintf(line, sizeof line, "group %u is in iommufd %u", group->id, group->compat->serial);
	say(page, line);
}

static void say_numbers(struct page *page, const struct iova_sim *sim)
{
	uint64_t n_pinned = sim->n_pinned + sim->n_user_pinned + sim->n_free_pinned;
	unsigned int n_faults = 0;
	char line[64];

	for (const struct sim_fault *fault = sim->faults; fault; fault = fault->next)
		n_faults++;
	if (n_pinned) {
		snprintf(line, sizeof line, "pinned pages: %llu", (unsigned long long)n_pinned);
		say(page, line);
	}
	if (n_faults) {
		snprintf(line, sizeof line, "faults that were not met: %u", n_faults);
		say(page, line);
	}
}

IOVA_API int iova_sim_leftovers(struct iova_sim *sim, char *text, size_t size)
{
	struct page page = { .text = text, .size = size };

	if (!sim || (size && !text))
		return -EINVAL;
	if (size)
		*text = '\0';
	pthread_mutex_lock(&sim->mutex);
	for (const struct sim_number *number = sim->numbers; number; number = number->next)
		say_number(&page, number);
	for (const struct sim_container *c = sim->containers; c; c = c->next)
		say_container(&page, c);
	for (const struct sim_group *g = sim->groups; g; g = g->next) {
		if (g->compat)
			say_compat(&page, g);
	}
	for (const struct sim_iommufd *i = sim->iommufds; i; i = i->next)
		say_iommufd(&page, i);
	say_numbers(&page, sim);
	pthread_mutex_unlock(&sim->mutex);
	return page.length > INT_MAX ? INT_MAX : (int)page.length;
}
