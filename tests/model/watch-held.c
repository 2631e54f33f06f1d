/* SPDX-License-Identifier: BSD-3-Clause */
/* What a play holds of the system and of the library, and how it gets it. */
#include "watch-play.h"

#include <string.h>

#define LOST_MAX 2048

struct held held[HELD_MAX];
size_t n_held;
static struct held lost[LOST_MAX];
static size_t n_lost;

void held_add(struct held what)
{
	watch_check(n_held < HELD_MAX, "more is held than there is room for");
	held[n_held++] = what;
}

static void drop(size_t i)
{
	watch_check(i < n_held, "what is not held is released");
	n_held--;
	memmove(&held[i], &held[i + 1], (n_held - i) * sizeof *held);
}

static void drop_thing(enum held_kind kind, const void *thing)
{
	size_t i = 0;

	if (!thing)
		return;
	while (i < n_held && (held[i].kind != kind || held[i].thing != thing))
		i++;
	drop(i);
}

void held_drop_fd(int fd)
{
	size_t i = 0;

	while (i < n_held && (held[i].kind != HELD_FD || held[i].fd != fd))
		i++;
	drop(i);
}

void held_lose(void *memory)
{
	size_t i = 0;

	while (i < n_held && (held[i].kind != HELD_MEMORY || held[i].thing > memory ||
			      (char *)held[i].thing + held[i].length <= (char *)memory))
		i++;
	watch_check(i < n_held && n_lost < LOST_MAX, "memory is lost that was not there");
	lost[n_lost++] = held[i];
	drop(i);
}

void held_free_lost(void)
{
	while (n_lost > 0) {
		n_lost--;
		munmap(lost[n_lost].thing, lost[n_lost].length);
	}
}

static void release(const struct world *world, const struct held *one)
{
	switch (one->kind) {
	case HELD_CTX:
		iova_ctx_close(one->thing);
		break;
	case HELD_HOST:
		iova_host_free(one->thing);
		break;
	case HELD_POLICY:
		iova_policy_free(one->thing);
		break;
	case HELD_SET:
		iova_set_free(one->thing);
		break;
	case HELD_SPACE:
		iova_space_free(one->thing);
		break;
	case HELD_CHANGE:
		iova_change_free(one->thing);
		break;
	case HELD_FD:
		watch_check(!world->sys->close(world->sys->data, one->fd), "an fd was closed");
		break;
	case HELD_MEMORY:
		munmap(one->thing, one->length);
		break;
	}
}

void held_release(const struct world *world, size_t but)
{
	watch->releasing = true;
	while (n_held > but) {
		n_held--;
		release(world, &held[n_held]);
	}
	watch->releasing = false;
}

void *watched_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	void *memory = mmap(address, length, protection, flags, fd, offset);

	if (memory != MAP_FAILED)
		held_add((struct held){
			.kind = HELD_MEMORY, .thing = memory, .length = length, .fd = -1 });
	return memory;
}

/* The whole of a piece, or its beginning, or its end. */
int watched_munmap(void *address, size_t length)
{
	for (size_t i = 0; i < n_held; i++) {
		char *from = address, *start = held[i].thing;

		if (held[i].kind != HELD_MEMORY || from < start || from >= start + held[i].length)
			continue;
		if (from == start && length >= held[i].length) {
			drop(i);
		} else if (from == start) {
			held[i].thing = start + length;
			held[i].length -= length;
		} else {
			held[i].length = (size_t)(from - start);
		}
		break;
	}
	return munmap(address, length);
}

/* Makers. A log is put before the player's, which hears what it asked for. */

struct ear {
	iova_log_fn *log;
	void *data;
	int level;
};

static void overhear(void *data, int level, const char *message)
{
	const struct ear *ear = data;

	watch->n_complaints += level == IOVA_LOG_ERR;
	if (ear->log && level <= ear->level)
		ear->log(ear->data, level, message);
}

int watched_iova_ctx_open(const struct iova_ctx_opts *opts, struct iova_ctx **ret_ctx,
			  struct iova_failure *failure)
{
	static struct ear ears[16];
	static unsigned int n_ears;
	struct ear *ear = &ears[n_ears++ % 16];
	struct iova_ctx_opts heard = *opts;
	struct watched watched = { .failure = failure ? failure : &watched.own };
	int r;

	*ear = (struct ear){ opts->log, opts->log_data, (int)opts->log_level };
	heard.log = overhear;
	heard.log_data = ear;
	if (!opts->log)
		heard.log_level = IOVA_LOG_ERR;
	watch_enter(&watched, "iova_ctx_open", ret_ctx, sizeof *ret_ctx);
	r = iova_ctx_open(&heard, ret_ctx, watched.failure);
	if (r >= 0)
		held_add((struct held){
			.kind = HELD_CTX,
			.thing = *ret_ctx,
			.fd = opts->flags & IOVA_CTX_ADOPT ? opts->container : -1,
		});
	return watch_leave(&watched, r);
}

int watched_iova_ctx_open_device(struct iova_ctx *ctx, const char *name,
				 struct iova_failure *failure)
{
	struct watched watched = { .failure = failure ? failure : &watched.own };
	int r;

	watch_enter(&watched, "iova_ctx_open_device", NULL, 0);
	r = iova_ctx_open_device(ctx, name, watched.failure);
	if (r >= 0)
		held_add((struct held){ .kind = HELD_FD, .fd = r });
	return watch_leave(&watched, r);
}

int watched_iova_host_read(const struct iova_host_opts *opts, struct iova_host **ret_host,
			   struct iova_failure *failure)
{
	struct watched watched = { .failure = failure ? failure : &watched.own };
	int r;

	watch_enter(&watched, "iova_host_read", ret_host, sizeof *ret_host);
	r = iova_host_read(opts, ret_host, watched.failure);
	if (r >= 0)
		held_add((struct held){ .kind = HELD_HOST, .thing = *ret_host, .fd = -1 });
	return watch_leave(&watched, r);
}

#define MAKER(name, parameters, arguments, what)                                            \
	int watched_##name parameters                                                       \
	{                                                                                   \
		struct watched watched = { .failure = NULL };                               \
		int r;                                                                      \
		watch_enter(&watched, #name, ret, sizeof *ret);                             \
		r = name arguments;                                                         \
		if (r >= 0)                                                                 \
			held_add((struct held){ .kind = (what), .thing = *ret, .fd = -1 }); \
		return watch_leave(&watched, r);                                            \
	}

#define OPTS const struct iova_space_opts *opts
MAKER(iova_policy_new, (uint32_t mode, struct iova_policy **ret), (mode, ret), HELD_POLICY)
MAKER(iova_set_new, (struct iova_set * *ret), (ret), HELD_SET)
MAKER(iova_change_new, (struct iova_change * *ret), (ret), HELD_CHANGE)
MAKER(iova_space_new, (OPTS, struct iova_space **ret), (opts, ret), HELD_SPACE)

/* Releasing fails not, but may meet the fault. */
#define RELEASER(name, type, what)                            \
	void watched_##name(struct type *thing)               \
	{                                                     \
		struct watched watched = { .failure = NULL }; \
		watch_enter(&watched, #name, NULL, 0);        \
		drop_thing(what, thing);                      \
		name(thing);                                  \
		(void)watch_leave(&watched, 0);               \
	}

RELEASER(iova_ctx_close, iova_ctx, HELD_CTX)
RELEASER(iova_host_free, iova_host, HELD_HOST)
RELEASER(iova_policy_free, iova_policy, HELD_POLICY)
RELEASER(iova_set_free, iova_set, HELD_SET)
RELEASER(iova_space_free, iova_space, HELD_SPACE)
RELEASER(iova_change_free, iova_change, HELD_CHANGE)
