/* SPDX-License-Identifier: BSD-3-Clause */
/* All that two contexts on one iommufd can do, by as many threads at once. */
#include "iommufd-help.h"

#include <pthread.h>
#include <sched.h>

#define ROUNDS 40
#define COPIED (AT + 16 * MIB)

struct stage {
	const struct world *world;
	struct iova_ctx *here;
	struct iova_ctx *there;
	int cdev;
	uint32_t id;
	int file;
};

static const struct iova_map_opts chosen = { .size = sizeof chosen,
					     .flags = IOVA_MAP_KERNEL_CHOOSES };

static int attach(const struct stage *s)
{
	return iova_ctx_attach_device(s->here, USB, NULL, NULL);
}

static int detach(const struct stage *s)
{
	return iova_ctx_detach_device(s->here, USB, NULL, NULL);
}

static int attach_group_too(const struct stage *s)
{
	return iova_ctx_attach_group(s->here, GROUP_USB, NULL, NULL);
}

static int detach_group(const struct stage *s)
{
	return iova_ctx_detach_group(s->here, GROUP_USB, NULL, NULL);
}

static int adopt(const struct stage *s)
{
	return iova_ctx_adopt_device(s->here, GPU, s->cdev, s->id, NULL, NULL);
}

static int detach_lent(const struct stage *s)
{
	return iova_ctx_detach_device(s->here, GPU, NULL, NULL);
}

static int info(const struct stage *s)
{
	struct iova_ctx_info info = { .size = sizeof info };
	int r = iova_ctx_info(s->here, &info);

	return r < 0 || info.n_devices >= info.n_groups ? r : -EIO;
}

static int pin(const struct stage *s)
{
	return iova_ctx_pin(s->here, NULL);
}

static int unpin(const struct stage *s)
{
	return iova_ctx_unpin(s->here, NULL);
}

static int move_there(const struct stage *s)
{
	return iova_ctx_move_device(s->here, SATA, s->there, NULL, NULL);
}

static int move_back(const struct stage *s)
{
	return iova_ctx_move_device(s->there, SATA, s->here, NULL, NULL);
}

static int map_fixed(const struct stage *s)
{
	return map_at(s->here, AT, PAGE, NULL);
}

static int map_chosen(const struct stage *s)
{
	uint64_t iova;

	return iova_ctx_map(s->here, (void *)VADDR, PAGE, &chosen, &iova, NULL);
}

static int map_file(const struct stage *s)
{
	uint64_t iova;

	return iova_ctx_map_file(s->here, s->file, 0, PAGE, NULL, &iova, NULL);
}

static int map_file_fixed(const struct stage *s)
{
	return iova_ctx_map_file_fixed(s->here, AT + MIB, s->file, 0, PAGE, NULL, NULL);
}

static int copy_there(const struct stage *s)
{
	return iova_ctx_copy(s->here, AT, PAGE, s->there, COPIED, NULL, NULL);
}

static int copy_back(const struct stage *s)
{
	return iova_ctx_copy(s->there, COPIED, PAGE, s->here, COPIED, NULL, NULL);
}

static int unmap(const struct stage *s)
{
	return iova_ctx_unmap(s->here, AT, PAGE, NULL, NULL);
}

static int unmap_all(const struct stage *s)
{
	return iova_ctx_unmap_all(s->here, NULL, NULL);
}

static int unmap_all_there(const struct stage *s)
{
	return iova_ctx_unmap_all(s->there, NULL, NULL);
}

static int open_device(const struct stage *s)
{
	int fd = iova_ctx_open_device(s->here, NIC, NULL);

	return fd < 0 ? fd : raw_close(s->world, fd);
}

static int refresh(const struct stage *s)
{
	return iova_ctx_refresh(s->here, NULL, NULL);
}

static int limits(const struct stage *s)
{
	struct iova_limits limits = { .size = sizeof limits };

	return iova_ctx_limits(s->here, &limits, NULL);
}

/* What each may answer besides success, as others get in between. */
static const struct {
	int (*act)(const struct stage *s);
	int errors[5];
} acts[] = {
	{ attach, { -EALREADY, -EADDRINUSE } },
	{ detach, { -ENOENT } },
	{ attach_group_too, { -EALREADY, -EADDRINUSE } },
	{ detach_group, { -ENOENT } },
	{ adopt, { -EALREADY } },
	{ detach_lent, { -ENOENT } },
	{ info, { 0 } },
	{ pin, { 0 } },
	{ unpin, { 0 } },
	{ move_there, { -ENOENT, -EADDRINUSE } },
	{ move_back, { -ENOENT, -EADDRINUSE, -EBUSY } },
	{ map_fixed, { -EEXIST } },
	{ map_chosen, { 0 } },
	{ map_file, { 0 } },
	{ map_file_fixed, { -EEXIST } },
	{ copy_there, { -ENOENT, -EEXIST, -ENODEV } },
	{ copy_back, { -ENOENT, -EEXIST } },
	{ unmap, { -ENOENT } },
	{ unmap_all, { 0 } },
	{ unmap_all_there, { 0 } },
	{ open_device, { 0 } },
	{ refresh, { 0 } },
	{ limits, { 0 } },
};

#define N_ACTS (sizeof acts / sizeof *acts)

struct worker {
	pthread_t thread;
	pthread_barrier_t *start;
	const struct stage *stage;
	size_t act;
	int wrong; /* an answer that it may not give: threads may not assert */
};

static bool is_expected(size_t act, int r)
{
	for (size_t i = 0; i < 5; i++)
		if (r == acts[act].errors[i])
			return true;
	return r >= 0;
}

static void *work(void *arg)
{
	struct worker *worker = arg;

	pthread_barrier_wait(worker->start);
	for (int i = 0; i < ROUNDS; i++) {
		int r = acts[worker->act].act(worker->stage);

		if (!is_expected(worker->act, r))
			worker->wrong = r;
		sched_yield();
	}
	return NULL;
}

static void run_all(const struct stage *stage)
{
	struct worker workers[N_ACTS];
	pthread_barrier_t start;

	assert_int_equal(pthread_barrier_init(&start, NULL, N_ACTS), 0);
	for (size_t i = 0; i < N_ACTS; i++) {
		workers[i] = (struct worker){ .start = &start, .stage = stage, .act = i };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (size_t i = 0; i < N_ACTS; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	pthread_barrier_destroy(&start);
	for (size_t i = 0; i < N_ACTS; i++)
		if (workers[i].wrong)
			fail_msg("act %zu: errno %d", i, -workers[i].wrong);
}

static void all_functions_of_two_contexts_may_run_at_once(void **state)
{
	struct stage stage = { .world = *state, .here = ctx_native_with(*state, NIC) };
	struct iova_ctx_opts opts = ctx_on(info_of(stage.here).fd, 0);

	free_sound(stage.world);
	stage.there = ctx_open(stage.world, &opts);
	attach_device(stage.here, SATA);
	stage.file = iova_sim_memfd(stage.world->sim, MIB);
	stage.cdev = raw_cdev(stage.world, NODE_GPU);
	assert_int_equal(raw_bind(stage.world, stage.cdev, opts.iommufd, &stage.id), 0);
	assert_int_equal(raw_attach_pt(stage.world, stage.cdev, info_of(stage.here).ioas), 0);
	run_all(&stage);
	assert_int_equal(iova_ctx_unmap_all(stage.here, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap_all(stage.there, NULL, NULL), 0);
	world_assert_n_mappings(stage.world, 0);
	iova_ctx_close(stage.there);
	assert_int_equal(raw_close(stage.world, stage.cdev), 0);
	iova_ctx_close(stage.here);
	assert_int_equal(raw_close(stage.world, stage.file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("iommufd-6.13", all_functions_of_two_contexts_may_run_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
