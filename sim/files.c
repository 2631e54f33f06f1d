/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading files, links and directories through the table. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where a path starts: at the root, or at a directory's descriptor. */
int sim_start_of_path_(struct iova_sim *sim, int dir, const char *path, struct sim_node *ret_node)
{
	static const struct sim_node root = { .kind = SIM_ROOT };
	const struct sim_fd *fd;

	if (!path)
		return -EFAULT;
	if (dir < 0 || *path == '/') {
		*ret_node = root;
		return 0;
	}
	fd = sim_fd_find_(sim, dir);
	if (!fd)
		return -EBADF;
	if (fd->kind != SIM_FD_FILE || !sim_node_is_dir_(&fd->node))
		return -ENOTDIR;
	*ret_node = fd->node;
	return 0;
}

static int locate(struct iova_sim *sim, int dir, const char *path, unsigned int how,
		  struct sim_node *ret_node)
{
	struct sim_node from;
	int r = sim_start_of_path_(sim, dir, path, &from);

	return r < 0 ? r : sim_walk_(sim, &from, path, how, ret_node);
}

static int64_t read_file(struct iova_sim *sim, int dir, const char *path, char *buffer, size_t size)
{
	const struct sim_file_fault *fault;
	struct sim_node node;
	size_t length;
	char *text;
	int r = locate(sim, dir, path, SIM_FOLLOW, &node);

	if (r < 0)
		return r;
	fault = sim_file_fault_(sim, &node);
	if (fault && fault->text) {
		text = sim_strdup_(sim, fault->text);
		if (!text)
			return -ENOMEM;
	} else {
		r = sim_node_text_(sim, &node, &text);
		if (r < 0)
			return r;
	}
	length = strlen(text);
	if (fault && length > fault->length)
		length = fault->length;
	if (length > size)
		length = size;
	memcpy(buffer, text, length);
	free(text);
	return (int64_t)length;
}

int64_t sim_sys_read_file_(void *data, int dir, const char *path, char *buffer, size_t size)
{
	struct sim_call call;
	int64_t r = sim_enter_(data, IOVA_SIM_CALL_READ_FILE, &call);

	if (!r)
		r = read_file(call.sim, dir, path, buffer, size);
	sim_leave_(&call);
	return r;
}

static int64_t read_link(struct iova_sim *sim, int dir, const char *path, char *buffer, size_t size)
{
	char target[SIM_PATH_MAX];
	struct sim_node node;
	size_t length;
	int r = locate(sim, dir, path, 0, &node);

	if (r < 0)
		return r;
	if (!sim_node_is_link_(&node))
		return -EINVAL;
	sim_node_link_(&node, target, sizeof target);
	length = strlen(target);
	if (length > size)
		length = size;
	memcpy(buffer, target, length);
	return (int64_t)length;
}

int64_t sim_sys_read_link_(void *data, int dir, const char *path, char *buffer, size_t size)
{
	struct sim_call call;
	int64_t r = sim_enter_(data, IOVA_SIM_CALL_READ_LINK, &call);

	if (!r)
		r = read_link(call.sim, dir, path, buffer, size);
	sim_leave_(&call);
	return r;
}

struct names {
	struct iova_sim *sim;
	bool may_repeat;
	char **items;
	size_t n;
	size_t room;
};

static int collect(void *arg, const char *name)
{
	struct names *names = arg;
	char **items;

	for (size_t i = 0; i < names->n && names->may_repeat; i++) {
		if (!strcmp(names->items[i], name))
			return 0;
	}
	items = sim_grow_(names->sim, names->items, names->n, &names->room, sizeof *items);
	if (!items)
		return -ENOMEM;
	names->items = items;
	names->items[names->n] = sim_strdup_(names->sim, name);
	if (!names->items[names->n])
		return -ENOMEM;
	names->n++;
	return 0;
}

static int collect_dir(struct iova_sim *sim, int dir, const char *path, struct names *names)
{
	struct sim_node node;
	int r = locate(sim, dir, path, SIM_FOLLOW, &node);

	if (r < 0)
		return r;
	if (!sim_node_is_dir_(&node))
		return -ENOTDIR;
	names->may_repeat = node.kind == SIM_DRIVERS || node.kind == SIM_DEVICES;
	return sim_node_list_(sim, &node, collect, names);
}

/* Names are collected first, so that the callback may call the table again. */
int sim_sys_list_(void *data, int dir, const char *path, iova_sys_name_fn *each, void *arg)
{
	struct names names = { .sim = data };
	struct sim_call call;
	int r = sim_enter_(data, IOVA_SIM_CALL_LIST, &call);

	if (!r)
		r = collect_dir(call.sim, dir, path, &names);
	sim_leave_(&call);
	for (size_t i = 0; i < names.n; i++) {
		if (!r)
			r = each(arg, names.items[i]);
		free(names.items[i]);
	}
	free(names.items);
	return r;
}
