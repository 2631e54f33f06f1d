/* SPDX-License-Identifier: BSD-3-Clause */
#include "witness.h"
#include "uapi/vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FDS_MAX 64
#define NAME_SIZE 256
#define TEXT_SIZE 1600
#define NAMES_MAX 64

struct known {
	int fd; /* -1: free */
	char name[NAME_SIZE];
};

struct witness {
	struct iova_sys sys;
	const struct iova_sys *under;
	struct transcript *transcript;
	struct known known[FDS_MAX];
};

static struct known *find(struct witness *witness, int fd)
{
	for (size_t i = 0; fd >= 0 && i < FDS_MAX; i++)
		if (witness->known[i].fd == fd)
			return &witness->known[i];
	return NULL;
}

static const char *name_of(struct witness *witness, int fd)
{
	const struct known *known = find(witness, fd);

	if (known)
		return known->name;
	return fd < 0 ? "no descriptor" : "a strange descriptor";
}

static void learn(struct witness *witness, int fd, const char *name)
{
	struct known *known = find(witness, fd);

	for (size_t i = 0; !known && i < FDS_MAX; i++)
		if (witness->known[i].fd < 0)
			known = &witness->known[i];
	if (!known || fd < 0)
		return;
	known->fd = fd;
	snprintf(known->name, sizeof known->name, "%s", name);
}

/* "container", "group 3", or a path; a second one of a name is told from the first. */
static void name_path(struct witness *witness, const char *path, char name[NAME_SIZE])
{
	char plain[NAME_SIZE];
	int n = 1;

	if (!strcmp(path, "/dev/vfio/vfio"))
		snprintf(plain, sizeof plain, "container");
	else if (!strcmp(path, "/dev/iommu"))
		snprintf(plain, sizeof plain, "iommufd");
	else if (!strncmp(path, "/dev/vfio/devices/", 18))
		snprintf(plain, sizeof plain, "device %.40s", path + 18);
	else if (!strncmp(path, "/dev/vfio/", 10))
		snprintf(plain, sizeof plain, "group %.40s", path + 10);
	else
		snprintf(plain, sizeof plain, "%.200s", path);
	snprintf(name, NAME_SIZE, "%s", plain);
	for (size_t i = 0; i < FDS_MAX; i++)
		if (witness->known[i].fd >= 0 && !strcmp(witness->known[i].name, name))
			snprintf(name, NAME_SIZE, "%.200s (%d)", plain, ++n);
}

static void full_path(struct witness *witness, int dir, const char *path, char full[NAME_SIZE])
{
	const char *base = dir < 0 || *path == '/' ? "" : name_of(witness, dir);

	/* Below the root directory there is one slash, not two. */
	snprintf(full, NAME_SIZE, "%.120s%s%.120s", base,
		 *base && base[strlen(base) - 1] != '/' ? "/" : "", path);
}

/* The root is opened for nothing but what lies below /sys. */
static bool is_sysfs(const char *path)
{
	return !strncmp(path, "/sys/", 5) || !strcmp(path, "/");
}

static void tell(struct witness *witness, const char *path, const char *line)
{
	if (is_sysfs(path))
		transcript_sysfs(witness->transcript, line);
	else
		transcript_line(witness->transcript, line);
}

static int witness_open(void *data, int dir, const char *path, int flags)
{
	struct witness *witness = data;
	char full[NAME_SIZE], name[NAME_SIZE], line[2 * NAME_SIZE + 64], room[32];
	int r = witness->under->open(witness->under->data, dir, path, flags);

	full_path(witness, dir, path, full);
	name_path(witness, full, name);
	snprintf(line, sizeof line, "open %s = %s", name, say_answer_(r < 0 ? r : 0, room));
	tell(witness, full, line);
	learn(witness, r, is_sysfs(full) ? full : name);
	return r;
}

static int witness_close(void *data, int fd)
{
	struct witness *witness = data;
	struct known *known = find(witness, fd);
	char line[2 * NAME_SIZE + 64], room[32];
	int r = witness->under->close(witness->under->data, fd);

	snprintf(line, sizeof line, "close %s = %s", name_of(witness, fd), say_answer_(r, room));
	tell(witness, name_of(witness, fd), line);
	if (known)
		known->fd = -1;
	return r;
}

static int witness_ioctl(void *data, int fd, unsigned long request, void *argument)
{
	struct witness *witness = data;
	char who[NAME_SIZE], named[NAME_SIZE];
	struct asked asked = { .who = who, .request = request, .argument = argument };
	size_t size = asked_size_(request);
	int r;

	snprintf(who, sizeof who, "%s", name_of(witness, fd));
	if (argument && size)
		memcpy(asked.before, argument, size);
	if (argument && request == IOVA_VFIO_GROUP_SET_CONTAINER) {
		snprintf(named, sizeof named, "%s", name_of(witness, *(int *)argument));
		asked.named = named;
	}
	if (argument && request == IOVA_VFIO_DEVICE_BIND_IOMMUFD) {
		const struct iova_vfio_bind *bind = argument;

		snprintf(named, sizeof named, "%s", name_of(witness, bind->iommufd));
		asked.named = named;
	}
	r = witness->under->ioctl(witness->under->data, fd, request, argument);
	asked.answer = r;
	if (request == IOVA_VFIO_GROUP_GET_DEVICE_FD && r >= 0) {
		asked.answer = 0;
		snprintf(named, sizeof named, "device %.64s", (const char *)argument);
		learn(witness, r, named);
	}
	say_(witness->transcript, &asked);
	return r;
}

/*
 * The model has no modalias, which says more than it knows of a device. Where it is missing the
 * library reads the three files that it stands for, so that kernel and model are asked the same.
 */
static bool is_kept_back(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && !strcmp(slash, "/modalias");
}

static int64_t witness_read_file(void *data, int dir, const char *path, char *buffer, size_t size)
{
	struct witness *witness = data;
	char full[NAME_SIZE], line[NAME_SIZE + TEXT_SIZE + 16], room[32];
	int64_t r;
	int at;

	if (is_kept_back(path))
		return -ENOENT;
	r = witness->under->read_file(witness->under->data, dir, path, buffer, size);
	full_path(witness, dir, path, full);
	if (r < 0) {
		snprintf(line, sizeof line, "read %s = %s", full, say_answer_(r, room));
	} else {
		at = snprintf(line, sizeof line, "read %s = \"%.*s\"", full,
			      (int)(r < TEXT_SIZE ? r : TEXT_SIZE), buffer);
		for (int i = 0; i < at; i++)
			line[i] = (char)(line[i] == '\n' ? '|' : line[i]);
	}
	tell(witness, full, line);
	return r;
}

/* How a link gets to its target depends on the machine's buses; what it leads to does not. */
static int64_t witness_read_link(void *data, int dir, const char *path, char *buffer, size_t size)
{
	struct witness *witness = data;
	char full[NAME_SIZE], target[NAME_SIZE], line[2 * NAME_SIZE + 16], room[32];
	int64_t r = witness->under->read_link(witness->under->data, dir, path, buffer, size);
	const char *base;

	full_path(witness, dir, path, full);
	snprintf(target, sizeof target, "%.*s", (int)(r > 0 && r < NAME_SIZE ? r : 0), buffer);
	base = strrchr(target, '/');
	snprintf(line, sizeof line, "link %s = %s", full,
		 r < 0 ? say_answer_(r, room) : (base ? base + 1 : target));
	tell(witness, full, line);
	return r;
}

struct listing {
	iova_sys_name_fn *each;
	void *arg;
	char names[NAMES_MAX][NAME_SIZE];
	size_t n;
};

static int collect(void *arg, const char *name)
{
	struct listing *listing = arg;

	if (listing->n < NAMES_MAX)
		snprintf(listing->names[listing->n++], NAME_SIZE, "%s", name);
	return listing->each(listing->arg, name);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int witness_list(void *data, int dir, const char *path, iova_sys_name_fn *each, void *arg)
{
	struct witness *witness = data;
	struct listing listing = { .each = each, .arg = arg };
	char full[NAME_SIZE], line[NAME_SIZE + TEXT_SIZE + 16], room[32];
	int r, at;

	/* What each() asks is noted before what it was asked for. */
	r = witness->under->list(witness->under->data, dir, path, collect, &listing);
	full_path(witness, dir, path, full);
	at = snprintf(line, sizeof line, "list %s = %s", full, say_answer_(r, room));
	qsort(listing.names, listing.n, NAME_SIZE, compare);
	/* Who stops it has seen some, in an order that is not defined. */
	for (size_t i = 0; !r && i < listing.n && (size_t)at < sizeof line; i++)
		at += snprintf(line + at, sizeof line - (size_t)at, " %s", listing.names[i]);
	tell(witness, full, line);
	return r;
}

/* The limit depends on who runs the process, and matters to one that is subject to it. */
static int witness_memory(void *data, struct iova_sys_memory *ret_memory)
{
	struct witness *witness = data;
	char line[160], room[32];
	int r = witness->under->memory(witness->under->data, ret_memory);
	int at = snprintf(line, sizeof line, "memory = %s", say_answer_(r, room));

	if (r >= 0)
		at += snprintf(line + at, sizeof line - (size_t)at, ", page %#llx, locked %#llx",
			       (unsigned long long)ret_memory->page_size,
			       (unsigned long long)ret_memory->locked);
	if (r >= 0 && ret_memory->exempt)
		snprintf(line + at, sizeof line - (size_t)at, ", exempt");
	else if (r >= 0)
		snprintf(line + at, sizeof line - (size_t)at, " of %#llx",
			 (unsigned long long)ret_memory->limit);
	transcript_line(witness->transcript, line);
	return r;
}

static int witness_duplicate(void *data, int fd)
{
	struct witness *witness = data;
	char line[NAME_SIZE + 64], name[NAME_SIZE], room[32];
	int r = witness->under->duplicate(witness->under->data, fd);

	snprintf(name, sizeof name, "%s", name_of(witness, fd));
	snprintf(line, sizeof line, "duplicate %s = %s", name, say_answer_(r < 0 ? r : 0, room));
	tell(witness, name, line);
	learn(witness, r, name);
	return r;
}

struct witness *witness_new(const struct iova_sys *sys, struct transcript *transcript)
{
	struct witness *witness = calloc(1, sizeof *witness);

	if (!witness)
		return NULL;
	for (size_t i = 0; i < FDS_MAX; i++)
		witness->known[i].fd = -1;
	witness->under = sys;
	witness->transcript = transcript;
	witness->sys = (struct iova_sys){
		.size = sizeof witness->sys,
		.data = witness,
		.open = witness_open,
		.close = witness_close,
		.ioctl = witness_ioctl,
		.read_file = witness_read_file,
		.read_link = witness_read_link,
		.list = witness_list,
		.memory = witness_memory,
		.duplicate = witness_duplicate,
	};
	return witness;
}

const struct iova_sys *witness_sys(struct witness *witness)
{
	return &witness->sys;
}

void witness_close_all(struct witness *witness)
{
	for (size_t i = 0; i < FDS_MAX; i++) {
		if (witness->known[i].fd >= 0)
			witness->under->close(witness->under->data, witness->known[i].fd);
		witness->known[i].fd = -1;
	}
}

void witness_free(struct witness *witness)
{
	free(witness);
}
