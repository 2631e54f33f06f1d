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

static void say_fd(struct page *page, const struct sim_fd *fd)
{
	char line[SIM_NAME_MAX + 64];

	switch (fd->kind) {
	case SIM_FD_CONTAINER:
		snprintf(line, sizeof line, "container %u is open as fd %#x", fd->container->serial,
			 (unsigned int)fd->fd);
		break;
	case SIM_FD_GROUP:
		snprintf(line, sizeof line, "group %u is open as fd %#x", fd->group->id,
			 (unsigned int)fd->fd);
		break;
	case SIM_FD_DEVICE:
		snprintf(line, sizeof line, "device %s is open as fd %#x", fd->device->name,
			 (unsigned int)fd->fd);
		break;
	default:
		snprintf(line, sizeof line, "a file is open as fd %#x", (unsigned int)fd->fd);
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

static void say_numbers(struct page *page, const struct iova_sim *sim)
{
	unsigned int n_faults = 0;
	char line[64];

	for (const struct sim_fault *fault = sim->faults; fault; fault = fault->next)
		n_faults++;
	if (sim->n_pinned) {
		snprintf(line, sizeof line, "pinned pages: %llu",
			 (unsigned long long)sim->n_pinned);
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
	for (const struct sim_fd *fd = sim->fds; fd; fd = fd->next)
		say_fd(&page, fd);
	for (const struct sim_container *c = sim->containers; c; c = c->next)
		say_container(&page, c);
	say_numbers(&page, sim);
	pthread_mutex_unlock(&sim->mutex);
	return page.length > INT_MAX ? INT_MAX : (int)page.length;
}
