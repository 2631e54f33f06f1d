/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Walks through the tree of files as far as VFIO's users look at it. Nothing is
 * stored: each step asks the description what is there. All PCI devices sit
 * directly below the root of their bus.
 */
#include "private.h"

#include <errno.h>
#include <string.h>

static void follow(struct sim_node *node)
{
	switch (node->kind) {
	case SIM_GROUP_DEVICE:
	case SIM_PCI_DEVICE:
		node->kind = SIM_DEVICE;
		break;
	case SIM_DEVICE_DRIVER:
		node->kind = SIM_DRIVER;
		break;
	case SIM_DEVICE_GROUP:
		node->kind = SIM_GROUP;
		node->group = node->device->group;
		break;
	default:
		break;
	}
}

const struct sim_file_fault *sim_file_fault_(const struct iova_sim *sim,
					     const struct sim_node *node)
{
	const struct sim_file_fault *fault = sim->file_faults;

	while (fault && (fault->node.kind != node->kind || fault->node.group != node->group ||
			 fault->node.device != node->device))
		fault = fault->next;
	return fault;
}

/*
 * Fields that do not belong to a kind are made NULL, so that a place is the
 * same node whichever way led there.
 */
static void normalise(struct sim_node *node)
{
	switch (node->kind) {
	case SIM_GROUP:
	case SIM_GROUP_DEVICES:
	case SIM_GROUP_REGIONS:
	case SIM_GROUP_TYPE:
	case SIM_GROUP_NAME:
	case SIM_DEV_GROUP:
		node->device = NULL;
		break;
	case SIM_GROUP_DEVICE:
		break;
	case SIM_PCI_DEVICE:
	case SIM_DRIVER:
	case SIM_DOMAIN:
	case SIM_DEVICE:
	case SIM_DEVICE_VENDOR:
	case SIM_DEVICE_ID:
	case SIM_DEVICE_CLASS:
	case SIM_DEVICE_DRIVER:
	case SIM_DEVICE_GROUP:
	case SIM_DEVICE_VFIO:
	case SIM_VFIO_DEV:
	case SIM_VFIO_DEV_NUMBER:
	case SIM_DEV_CDEV:
		node->group = NULL;
		break;
	default:
		node->group = NULL;
		node->device = NULL;
		break;
	}
}

static int step(struct iova_sim *sim, struct sim_node *node, const char *name, size_t length,
		unsigned int how)
{
	const struct sim_file_fault *fault;
	struct sim_node child;

	follow(node);
	normalise(node);
	if (!sim_node_is_dir_(node))
		return -ENOTDIR;
	if (length == 1 && name[0] == '.')
		return 0;
	if (length == 2 && !strncmp(name, "..", 2)) {
		sim_go_up_(node);
	} else {
		if (!sim_find_child_(sim, node, name, length, &child))
			return -ENOENT;
		*node = child;
	}
	normalise(node);
	fault = how & SIM_BLIND ? NULL : sim_file_fault_(sim, node);
	return fault && fault->error ? -fault->error : 0;
}

int sim_walk_(struct iova_sim *sim, const struct sim_node *from, const char *path, unsigned int how,
	      struct sim_node *ret_node)
{
	struct sim_node node = *from;

	if (!*path)
		return -ENOENT;
	while (*path) {
		size_t length = strcspn(path, "/");
		int r = length ? step(sim, &node, path, length, how) : 0;

		if (r < 0)
			return r;
		path += length;
		path += strspn(path, "/");
	}
	if (how & SIM_FOLLOW) {
		const struct sim_file_fault *fault;

		follow(&node);
		normalise(&node);
		fault = how & SIM_BLIND ? NULL : sim_file_fault_(sim, &node);
		if (fault && fault->error)
			return -fault->error;
	}
	*ret_node = node;
	return 0;
}

struct listing {
	iova_sys_name_fn *each;
	void *arg;
};

static int list_child(void *arg, const char *name, const struct sim_node *child)
{
	const struct listing *listing = arg;

	(void)child;
	return listing->each(listing->arg, name);
}

/* A driver or a bus comes once for each of its devices: the caller drops what it has. */
int sim_node_list_(struct iova_sim *sim, const struct sim_node *node, iova_sys_name_fn *each,
		   void *arg)
{
	struct listing listing = { each, arg };

	return sim_each_child_(sim, node, list_child, &listing);
}
