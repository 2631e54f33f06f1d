/* SPDX-License-Identifier: BSD-3-Clause */
/* The door to the system: tables that are not whole, calls that are interrupted, the real one. */
#include "ctx-help.h"

#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A system that is interrupted a number of times before anything comes through. */
struct nervous {
	int interrupts;
	int n_calls;
	int n_names;       /* passed on before the listing is interrupted */
	int64_t pretended; /* length of every file */
};

static int is_interrupted(void *data)
{
	struct nervous *nervous = data;

	return nervous->n_calls++ < nervous->interrupts;
}

static int nervous_open(void *data, int dir, const char *path, int flags)
{
	(void)dir, (void)path, (void)flags;
	return is_interrupted(data) ? -EINTR : 7;
}

static int nervous_close(void *data, int fd)
{
	(void)fd;
	return is_interrupted(data) ? -EINTR : 0;
}

static int nervous_ioctl(void *data, int fd, unsigned long request, void *argument)
{
	(void)fd, (void)request, (void)argument;
	return is_interrupted(data) ? -EINTR : 3;
}

static int64_t nervous_read(void *data, int dir, const char *path, char *buffer, size_t size)
{
	const struct nervous *nervous = data;

	(void)dir, (void)path;
	memset(buffer, 'x', size);
	return is_interrupted(data) ? -EINTR : nervous->pretended;
}

static int nervous_list(void *data, int dir, const char *path, iova_sys_name_fn *each, void *arg)
{
	const struct nervous *nervous = data;

	(void)dir, (void)path;
	for (int i = 0; i < nervous->n_names; i++)
		if (each(arg, "name"))
			return -EBUSY;
	return is_interrupted(data) ? -EINTR : 0;
}

static int nervous_memory(void *data, struct iova_sys_memory *ret_memory)
{
	if (is_interrupted(data))
		return -EINTR;
	*ret_memory = (struct iova_sys_memory){ .page_size = 4096 };
	return 0;
}

static int nervous_duplicate(void *data, int fd)
{
	(void)fd;
	return is_interrupted(data) ? -EINTR : 9;
}

static struct iova_sys table_of(struct nervous *nervous)
{
	return (struct iova_sys){ .size = sizeof(struct iova_sys),
				  .data = nervous,
				  .open = nervous_open,
				  .close = nervous_close,
				  .ioctl = nervous_ioctl,
				  .read_file = nervous_read,
				  .read_link = nervous_read,
				  .list = nervous_list,
				  .memory = nervous_memory,
				  .duplicate = nervous_duplicate };
}

static int count(void *arg, const char *name)
{
	(void)name;
	++*(int *)arg;
	return 0;
}

/* Makes the call of a kind. */
static int64_t call(const struct iova_sys *sys, int kind)
{
	struct iova_sys_memory memory;
	char text[16];
	int n = 0;

	switch (kind) {
	case 0:
		return iova_sys_open_(sys, -1, "/", O_RDONLY);
	case 1:
		return iova_sys_ioctl_(sys, 1, 2, NULL);
	case 2:
		return iova_sys_read_text_(sys, -1, "/", text, sizeof text);
	case 3:
		return iova_sys_read_link_(sys, -1, "/", text, sizeof text);
	case 4:
		return iova_sys_list_(sys, -1, "/", count, &n);
	case 5:
		return iova_sys_duplicate_(sys, 1);
	default:
		return iova_sys_memory_(sys, &memory);
	}
}

static void an_interrupted_call_is_made_again(void **state)
{
	static const int64_t results[] = { 7, 3, 5, 5, 0, 9, 0 };

	(void)state;
	for (int kind = 0; kind < 7; kind++) {
		struct nervous nervous = { .interrupts = 3, .pretended = 5 };
		struct iova_sys sys = table_of(&nervous);

		assert_int_equal(call(&sys, kind), results[kind]);
		assert_int_equal(nervous.n_calls, 4);
		nervous = (struct nervous){ .interrupts = 1000000 };
		assert_int_equal(call(&sys, kind), -EINTR);
		assert_in_range(nervous.n_calls, 10, 1000);
	}
}

static void a_close_is_never_made_again(void **state)
{
	struct nervous nervous = { .interrupts = 3 };
	struct iova_sys sys = table_of(&nervous);

	(void)state;
	assert_int_equal(iova_sys_close_(&sys, 7), -EINTR);
	assert_int_equal(nervous.n_calls, 1);
}

static void a_listing_that_began_is_not_made_again(void **state)
{
	struct nervous nervous = { .interrupts = 3, .n_names = 2 };
	struct iova_sys sys = table_of(&nervous);
	int n = 0;

	(void)state;
	assert_int_equal(iova_sys_list_(&sys, -1, "/", count, &n), -EINTR);
	assert_int_equal(n, 2);
}

static void a_text_is_ended_and_never_longer_than_its_room(void **state)
{
	struct nervous nervous = { .pretended = 15 };
	struct iova_sys sys = table_of(&nervous);
	char text[16];

	(void)state;
	assert_int_equal(iova_sys_read_text_(&sys, -1, "/", text, sizeof text), 15);
	assert_int_equal(strlen(text), 15);
	nervous.pretended = 16;
	assert_int_equal(iova_sys_read_text_(&sys, -1, "/", text, sizeof text), -EPROTO);
	assert_string_equal(text, "");
	nervous.pretended = -EACCES;
	assert_int_equal(iova_sys_read_link_(&sys, -1, "/", text, sizeof text), -EACCES);
	assert_string_equal(text, "");
}

static void a_table_with_something_missing_is_refused(void **state)
{
	struct nervous nervous = { 0 };
	const struct iova_sys whole = table_of(&nervous);
	const struct iova_sys *chosen = NULL;

	(void)state;
	assert_int_equal(iova_sys_choose_(&whole, &chosen), 0);
	assert_ptr_equal(chosen, &whole);
	assert_int_equal(iova_sys_choose_(NULL, &chosen), 0);
	assert_ptr_equal(chosen, iova_sys_real());
	for (int i = 0; i < 8; i++) {
		struct iova_sys sys = whole;
		struct iova_ctx_opts opts = { .size = sizeof opts, .sys = &sys };
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct iova_ctx *ctx = NULL;

		sys.size -= i == 0;
		sys.open = i == 1 ? NULL : sys.open;
		sys.close = i == 2 ? NULL : sys.close;
		sys.ioctl = i == 3 ? NULL : sys.ioctl;
		sys.read_file = i == 4 ? NULL : sys.read_file;
		sys.read_link = i == 5 ? NULL : sys.read_link;
		sys.list = i == 6 ? NULL : sys.list;
		sys.memory = i == 7 ? NULL : sys.memory;
		assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -EINVAL);
		assert_failed(&failure, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS);
		assert_int_equal(nervous.n_calls, 0);
	}
}

/* All else can be done without. */
static void a_table_need_not_duplicate(void **state)
{
	struct nervous nervous = { 0 };
	struct iova_sys sys = table_of(&nervous);
	const struct iova_sys *chosen = NULL;

	(void)state;
	sys.duplicate = NULL;
	assert_int_equal(iova_sys_choose_(&sys, &chosen), 0);
	assert_ptr_equal(chosen, &sys);
	assert_int_equal(iova_sys_duplicate_(&sys, 1), -EOPNOTSUPP);
	assert_int_equal(nervous.n_calls, 0);
}

static void the_real_system_duplicates(void **state)
{
	const struct iova_sys *sys = iova_sys_real();
	int fd = sys->open(sys->data, -1, "/proc/self/comm", O_RDONLY), copy;
	char text[2];

	(void)state;
	assert_true(fd >= 0);
	copy = sys->duplicate(sys->data, fd);
	assert_true(copy >= 0);
	assert_int_not_equal(copy, fd);
	assert_true(fcntl(copy, F_GETFD) & FD_CLOEXEC);
	/* One open file: a byte that is read by one is not read by the other. */
	assert_int_equal(read(fd, text, 1), 1);
	assert_int_equal(lseek(copy, 0, SEEK_CUR), 1);
	assert_int_equal(sys->close(sys->data, fd), 0);
	assert_int_equal(read(copy, text, 1), 1);
	assert_int_equal(sys->duplicate(sys->data, fd), -EBADF);
	assert_int_equal(sys->close(sys->data, copy), 0);
}

static void the_real_system_answers(void **state)
{
	const struct iova_sys *sys = iova_sys_real();
	struct iova_sys_memory memory = { 0 };
	char text[256];
	int dir, fd, n = 0;

	(void)state;
	dir = sys->open(sys->data, -1, "/proc/self", O_RDONLY | O_DIRECTORY);
	assert_true(dir >= 0);
	assert_true(fcntl(dir, F_GETFD) & FD_CLOEXEC);
	fd = sys->open(sys->data, dir, "status", O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(sys->ioctl(sys->data, fd, IOVA_VFIO_GET_API_VERSION, NULL), -ENOTTY);
	assert_int_equal(sys->close(sys->data, fd), 0);
	assert_int_equal(sys->ioctl(sys->data, fd, IOVA_VFIO_GET_API_VERSION, NULL), -EBADF);
	assert_int_equal(sys->close(sys->data, fd), -EBADF);
	assert_int_equal(sys->open(sys->data, dir, "no-such-file", O_RDONLY), -ENOENT);
	/* Longer than its room, and shorter. */
	assert_int_equal(sys->read_file(sys->data, dir, "status", text, 5), 5);
	assert_memory_equal(text, "Name:", 5);
	assert_true(sys->read_file(sys->data, dir, "comm", text, sizeof text) > 0);
	assert_int_equal(sys->read_file(sys->data, dir, "task", text, sizeof text), -EISDIR);
	assert_int_equal(sys->read_file(sys->data, dir, "gone", text, sizeof text), -ENOENT);
	assert_true(sys->read_link(sys->data, dir, "exe", text, sizeof text) > 0);
	assert_int_equal(sys->read_link(sys->data, dir, "comm", text, sizeof text), -EINVAL);
	assert_int_equal(sys->list(sys->data, dir, "task", count, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(sys->list(sys->data, dir, "comm", count, &n), -ENOTDIR);
	assert_int_equal(sys->memory(sys->data, &memory), 0);
	assert_int_equal(memory.page_size, sysconf(_SC_PAGESIZE));
	assert_true(memory.exempt <= 1);
	assert_int_equal(sys->close(sys->data, dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interrupted_call_is_made_again),
		cmocka_unit_test(a_close_is_never_made_again),
		cmocka_unit_test(a_listing_that_began_is_not_made_again),
		cmocka_unit_test(a_text_is_ended_and_never_longer_than_its_room),
		cmocka_unit_test(a_table_with_something_missing_is_refused),
		cmocka_unit_test(a_table_need_not_duplicate),
		cmocka_unit_test(the_real_system_answers),
		cmocka_unit_test(the_real_system_duplicates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
