/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SYS_SYS_H
#define IOVA_SYS_SYS_H

/*
 * Asking the system through a table (libiova/sys.h). The only thing added here
 * is that a call which a signal interrupted is made again, a bounded number of
 * times, and that answers which no system may give become -EPROTO.
 */

#include <errno.h>
#include <libiova/sys.h>

/* The table to use: the caller's, checked, or the real one. Returns 0 or -EINVAL. */
int iova_sys_choose_(const struct iova_sys *sys, const struct iova_sys **ret_sys);

int iova_sys_open_(const struct iova_sys *sys, int dir, const char *path, int flags);
int iova_sys_close_(const struct iova_sys *sys, int fd);
/* Another descriptor of the same open file; -EOPNOTSUPP from a table that cannot. */
int iova_sys_duplicate_(const struct iova_sys *sys, int fd);
int iova_sys_ioctl_again_(const struct iova_sys *sys, int fd, unsigned long request,
			  void *argument);

/* Inline, as every map makes one. */
static inline int iova_sys_ioctl_(const struct iova_sys *sys, int fd, unsigned long request,
				  void *argument)
{
	int r = sys->ioctl(sys->data, fd, request, argument);

	return r == -EINTR ? iova_sys_ioctl_again_(sys, fd, request, argument) : r;
}

/* Read a text file or link of at most size - 1 bytes, ended by NUL. Returns its length. */
int64_t iova_sys_read_text_(const struct iova_sys *sys, int dir, const char *path, char *text,
			    size_t size);
int64_t iova_sys_read_link_(const struct iova_sys *sys, int dir, const char *path, char *text,
			    size_t size);
int iova_sys_list_(const struct iova_sys *sys, int dir, const char *path, iova_sys_name_fn *each,
		   void *arg);
/* The number of this process, to notice a fork. */
int64_t iova_sys_process_(void);

int iova_sys_memory_(const struct iova_sys *sys, struct iova_sys_memory *ret_memory);

#endif
