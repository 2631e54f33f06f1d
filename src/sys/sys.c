/* SPDX-License-Identifier: BSD-3-Clause */
#include "sys/sys.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

/* A call that is interrupted this often will not come through. */
#define TRIES 64

int iova_sys_choose_(const struct iova_sys *sys, const struct iova_sys **ret_sys)
{
	if (!sys)
		sys = iova_sys_real();
	if (sys->size < sizeof *sys || !sys->open || !sys->close || !sys->ioctl ||
	    !sys->read_file || !sys->read_link || !sys->list || !sys->memory)
		return -EINVAL;
	*ret_sys = sys;
	return 0;
}

int iova_sys_open_(const struct iova_sys *sys, int dir, const char *path, int flags)
{
	int r = -EINTR;

	for (int i = 0; i < TRIES && r == -EINTR; i++)
		r = sys->open(sys->data, dir, path, flags);
	return r;
}

/* Never made again: after EINTR Linux has closed the descriptor all the same. */
int iova_sys_close_(const struct iova_sys *sys, int fd)
{
	return sys->close(sys->data, fd);
}

int iova_sys_duplicate_(const struct iova_sys *sys, int fd)
{
	int r = -EINTR;

	if (!sys->duplicate)
		return -EOPNOTSUPP;
	for (int i = 0; i < TRIES && r == -EINTR; i++)
		r = sys->duplicate(sys->data, fd);
	return r;
}

int iova_sys_ioctl_again_(const struct iova_sys *sys, int fd, unsigned long request, void *argument)
{
	int r = -EINTR;

	for (int i = 1; i < TRIES && r == -EINTR; i++)
		r = sys->ioctl(sys->data, fd, request, argument);
	return r;
}

typedef int64_t read_fn(void *data, int dir, const char *path, char *buffer, size_t size);

static int64_t read_whole(const struct iova_sys *sys, read_fn *call, int dir, const char *path,
			  char *text, size_t size)
{
	int64_t r = -EINTR;

	for (int i = 0; i < TRIES && r == -EINTR; i++)
		r = call(sys->data, dir, path, text, size - 1);
	if (r > 0 && (uint64_t)r > size - 1)
		r = -EPROTO;
	text[r > 0 ? r : 0] = '\0';
	return r;
}

int64_t iova_sys_read_text_(const struct iova_sys *sys, int dir, const char *path, char *text,
			    size_t size)
{
	return read_whole(sys, sys->read_file, dir, path, text, size);
}

int64_t iova_sys_read_link_(const struct iova_sys *sys, int dir, const char *path, char *text,
			    size_t size)
{
	return read_whole(sys, sys->read_link, dir, path, text, size);
}

struct listing {
	iova_sys_name_fn *each;
	void *arg;
	bool began;
};

static int pass_name(void *arg, const char *name)
{
	struct listing *listing = arg;

	listing->began = true;
	return listing->each(listing->arg, name);
}

/* Made again only while no name was passed on: a second time would name it twice. */
int iova_sys_list_(const struct iova_sys *sys, int dir, const char *path, iova_sys_name_fn *each,
		   void *arg)
{
	struct listing listing = { .each = each, .arg = arg };
	int r = -EINTR;

	for (int i = 0; i < TRIES && r == -EINTR && !listing.began; i++)
		r = sys->list(sys->data, dir, path, pass_name, &listing);
	return r;
}

int iova_sys_memory_(const struct iova_sys *sys, struct iova_sys_memory *ret_memory)
{
	int r = -EINTR;

	for (int i = 0; i < TRIES && r == -EINTR; i++)
		r = sys->memory(sys->data, ret_memory);
	return r;
}

int64_t iova_sys_process_(void)
{
	return getpid();
}
