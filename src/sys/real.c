/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The running system. The only file of the library that makes system calls;
 * errno is read here, right behind the call, and nowhere else.
 */
#include <libiova/sys.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Bit of CAP_IPC_LOCK in the capability sets; include/uapi/linux/capability.h. */
#define CAP_IPC_LOCK_BIT 14

static int real_open(void *data, int dir, const char *path, int flags)
{
	int fd;

	(void)data;
	fd = openat(dir < 0 ? AT_FDCWD : dir, path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int real_close(void *data, int fd)
{
	(void)data;
	return close(fd) < 0 ? -errno : 0;
}

static int real_ioctl(void *data, int fd, unsigned long request, void *argument)
{
	int r;

	(void)data;
	/* musl's takes an int, and the numbers of VFIO fit one. */
	r = ioctl(fd, (int)request, argument);
	return r < 0 ? -errno : r;
}

/* sysfs gives a whole attribute in one read, but nothing promises it for other files. */
static int64_t real_read_file(void *data, int dir, const char *path, char *buffer, size_t size)
{
	size_t n = 0;
	int fd = real_open(data, dir, path, O_RDONLY | O_NOCTTY);

	if (fd < 0)
		return fd;
	while (n < size) {
		ssize_t r = read(fd, buffer + n, size - n);

		if (r < 0) {
			int error = -errno;

			close(fd);
			return error;
		}
		if (!r)
			break;
		n += (size_t)r;
	}
	close(fd);
	return (int64_t)n;
}

static int64_t real_read_link(void *data, int dir, const char *path, char *buffer, size_t size)
{
	ssize_t r;

	(void)data;
	r = readlinkat(dir < 0 ? AT_FDCWD : dir, path, buffer, size);
	return r < 0 ? -errno : r;
}

static int real_list(void *data, int dir, const char *path, iova_sys_name_fn *each, void *arg)
{
	int r = 0;
	DIR *stream;
	int fd = real_open(data, dir, path, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return fd;
	stream = fdopendir(fd);
	if (!stream) {
		r = -errno;
		close(fd);
		return r;
	}
	while (!r) {
		struct dirent *entry;

		errno = 0;
		entry = readdir(stream);
		if (!entry) {
			r = -errno;
			break;
		}
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			r = each(arg, entry->d_name);
	}
	closedir(stream);
	return r;
}

/*
 * VmLck is what type1 charges pages to (mm->locked_vm). The effective
 * capability is what counts when the kernel asks capable(CAP_IPC_LOCK).
 */
static int read_status(struct iova_sys_memory *memory)
{
	char line[256];
	int found = 0;
	FILE *file = fopen("/proc/self/status", "re");

	if (!file)
		return -errno;
	while (fgets(line, sizeof line, file)) {
		if (!strncmp(line, "VmLck:", 6)) {
			memory->locked = strtoull(line + 6, NULL, 10) * 1024;
			found |= 1;
		} else if (!strncmp(line, "CapEff:", 7)) {
			memory->exempt = strtoull(line + 7, NULL, 16) >> CAP_IPC_LOCK_BIT & 1;
			found |= 2;
		}
	}
	fclose(file);
	return found == 3 ? 0 : -EIO;
}

static int real_memory(void *data, struct iova_sys_memory *ret_memory)
{
	struct iova_sys_memory memory = { 0 };
	struct rlimit limit;
	int r;

	(void)data;
	if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return -errno;
	memory.limit = limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
	memory.page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	r = read_status(&memory);
	if (r < 0)
		return r;
	*ret_memory = memory;
	return 0;
}

static int real_duplicate(void *data, int fd)
{
	int r;

	(void)data;
	r = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return r < 0 ? -errno : r;
}

IOVA_API const struct iova_sys *iova_sys_real(void)
{
	static const struct iova_sys real = {
		.size = sizeof real,
		.open = real_open,
		.close = real_close,
		.ioctl = real_ioctl,
		.read_file = real_read_file,
		.read_link = real_read_link,
		.list = real_list,
		.memory = real_memory,
		.duplicate = real_duplicate,
	};

	return &real;
}
