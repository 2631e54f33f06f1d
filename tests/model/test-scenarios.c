/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scenarios of the real kernels, on a simulated host: test-scenarios
 * [STAGE [TRANSCRIPT]]; the first stage without. A stage named as a guest of
 * tests/vm is the simulated twin of that very machine; --guests names them.
 */
#include "stages.h"

#include <stdio.h>
#include <string.h>

static struct world *world;

static int limit_memory(const struct stage *stage, uint64_t bytes)
{
	(void)stage;
	return iova_sim_set_memory(world->sim,
				   &(struct iova_sys_memory){ .page_size = 4096, .limit = bytes });
}

static int lose_memory(const struct stage *stage, void *start, size_t length)
{
	uint64_t at = (uintptr_t)start;

	(void)stage;
	return iova_sim_add_bad_memory(world->sim, at, at + (length - 1));
}

static int new_file(const struct stage *stage, size_t length)
{
	(void)stage;
	return iova_sim_memfd(world->sim, length);
}

static int limit_entries(const struct stage *stage, uint32_t n)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	int r = iova_sim_get_kernel(world->sim, &kernel);

	(void)stage;
	kernel.entry_limit = n;
	return r < 0 ? r : iova_sim_set_kernel(world->sim, &kernel);
}

/* Nothing, but for the page that type1 locks for ever for a mapping in the very last one. */
static void assert_left(const struct stage *stage)
{
	struct iova_sim_report report = { .size = sizeof report };

	if (!(stage->has & HAS_LAST_PAGE) || stage_kind(stage) != BY_TYPE1) {
		world_assert_clean(world);
		return;
	}
	assert_int_equal(iova_sim_report(world->sim, &report), 0);
	assert_int_equal(report.n_fds, 0);
	assert_int_equal(report.n_containers, 0);
	assert_int_equal(report.n_mappings, 0);
	assert_int_equal(report.n_pinned_pages, 1);
}

static int play(struct stage *stage, const char *transcript)
{
	int failed;

	world = stages_world(stage);
	stage->sys = world->sys;
	stage->limit_memory = limit_memory;
	stage->limit_entries = limit_entries;
	stage->lose_memory = lose_memory;
	stage->new_file = new_file;
	failed = transcript ? stage_judge(stage, transcript) : stage_play(stage);
	assert_left(stage);
	world_free(world);
	return failed;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	struct stage *stage = stages_find(name);

	if (name && !strcmp(name, "--guests")) {
		for (size_t i = 0; stage_name(i); i++)
			printf("%s\n", stage_name(i));
		return 0;
	}
	if (argc <= 3 && stage)
		return play(stage, argc > 2 ? argv[2] : NULL);
	fprintf(stderr, "usage: test-scenarios [STAGE [TRANSCRIPT]]\n");
	return 2;
}
