/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a test does that has only the installed libraries: libiova on a simulated host. C and C++.
 * It prints "clean".
 */
#include <libiova-sim/sim.h>
#include <libiova/libiova.h>
#include <stdio.h>
#include <string.h>

#define CHECK(condition)                                                        \
	do {                                                                    \
		if (!(condition)) {                                             \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			return 1;                                               \
		}                                                               \
	} while (0)

#define PAGE 0x1000

static char memory[2 * PAGE];

static int use_a_context(struct iova_sim *sim)
{
	char *page = memory + (PAGE - (uintptr_t)memory % PAGE) % PAGE;
	struct iova_sim_report report;
	struct iova_ctx_opts opts;
	struct iova_ctx *ctx;
	uint64_t iova;

	memset(&opts, 0, sizeof opts);
	opts.size = sizeof opts;
	opts.sys = iova_sim_sys(sim);
	report.size = sizeof report;
	CHECK(iova_ctx_open(&opts, &ctx, NULL) == 0);
	CHECK(iova_ctx_attach_group(ctx, 1, NULL, NULL) == 0);
	CHECK(iova_ctx_map(ctx, page, PAGE, NULL, &iova, NULL) == 0);
	CHECK(iova_sim_report(sim, &report) == 0 && report.n_mappings == 1);
	iova_ctx_close(ctx);
	CHECK(iova_sim_report(sim, &report) == 0 && report.n_mappings == 0 && report.n_fds == 0);
	return 0;
}

int main(void)
{
	struct iova_sim *sim;

	CHECK(iova_sim_new_preset(iova_sim_presets()[0], &sim) == 0);
	if (use_a_context(sim))
		return 1;
	iova_sim_free(sim);
	puts("clean");
	return 0;
}
