/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Linked with an example (--wrap), this puts the simulated host PRESET in the place of the
 * machine, so that the example runs as it stands: for itself, and for the library.
 */
#include <libiova-sim/sim.h>

#include <errno.h>
#include <libiova/context.h>
#include <stdarg.h>
#include <stdlib.h>

int __real_iova_ctx_open(const struct iova_ctx_opts *opts, struct iova_ctx **ret_ctx,
			 struct iova_failure *reterr_failure);
int __wrap_iova_ctx_open(const struct iova_ctx_opts *opts, struct iova_ctx **ret_ctx,
			 struct iova_failure *reterr_failure);
int __real_iova_host_read(const struct iova_host_opts *opts, struct iova_host **ret_host,
			  struct iova_failure *reterr_failure);
int __wrap_iova_host_read(const struct iova_host_opts *opts, struct iova_host **ret_host,
			  struct iova_failure *reterr_failure);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_ioctl(int fd, unsigned long request, ...);

static struct iova_sim *sim;

/* Checks at the end that the example left nothing behind on its machine. */
static void check_and_free(void)
{
	struct iova_sim_report report = { .size = sizeof report };

	iova_sim_report(sim, &report);
	iova_sim_free(sim);
	if (report.n_fds || report.n_mappings || report.n_bound || report.n_ioases)
		_Exit(70);
}

static const struct iova_sys *machine(void)
{
	if (!sim && (iova_sim_new_preset(PRESET, &sim) < 0 || atexit(check_and_free)))
		_Exit(71);
	return iova_sim_sys(sim);
}

static int as_libc(int r)
{
	if (r >= 0)
		return r;
	errno = -r;
	return -1;
}

int __wrap_iova_ctx_open(const struct iova_ctx_opts *opts, struct iova_ctx **ret_ctx,
			 struct iova_failure *reterr_failure)
{
	struct iova_ctx_opts with = { .size = sizeof with };

	if (opts)
		with = *opts;
	with.sys = machine();
	return __real_iova_ctx_open(&with, ret_ctx, reterr_failure);
}

int __wrap_iova_host_read(const struct iova_host_opts *opts, struct iova_host **ret_host,
			  struct iova_failure *reterr_failure)
{
	struct iova_host_opts with = { .size = sizeof with };

	if (opts)
		with = *opts;
	with.sys = machine();
	return __real_iova_host_read(&with, ret_host, reterr_failure);
}

int __wrap_open(const char *path, int flags, ...)
{
	return as_libc(machine()->open(machine()->data, -1, path, flags));
}

/* The name that open() has with 64-bit offsets. */
int __wrap_open64(const char *path, int flags, ...)
{
	return __wrap_open(path, flags);
}

int __wrap_close(int fd)
{
	return as_libc(machine()->close(machine()->data, fd));
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	void *argument;

	va_start(list, request);
	argument = va_arg(list, void *);
	va_end(list);
	return as_libc(machine()->ioctl(machine()->data, fd, request, argument));
}
