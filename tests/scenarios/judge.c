/* SPDX-License-Identifier: BSD-3-Clause */
#include "stage.h"
#include "witness.h"

#include <stdio.h>
#include <stdlib.h>

struct trial {
	struct transcript *transcript;
	FILE *file;
	struct witness *witness;
};

/* One scenario, with somebody who writes down what it asks. */
struct part {
	struct trial *trial;
	struct stage *stage;
	const char *name;
	CMUnitTestFunction function;
	bool passed;
};

/* A scenario that fails does not come back. */
static void play(void **state)
{
	struct part *part = *state;
	void *stage = part->stage;

	part->function(&stage);
	part->passed = true;
}

static int write_down(void **state)
{
	const struct part *part = *state;

	transcript_write(part->trial->transcript, part->trial->file, part->name, part->passed);
	if (!part->passed)
		witness_close_all(part->trial->witness);
	return 0;
}

static int play_all(struct trial *trial, struct stage *stage)
{
	struct part parts[MAX_SCENARIOS];
	struct playbill bill;
	int failed;

	playbill_fill(&bill, stage);
	for (size_t i = 0; i < bill.n; i++) {
		struct CMUnitTest *test = &bill.tests[i];

		parts[i] = (struct part){ trial, stage, test->name, test->test_func, false };
		*test = (struct CMUnitTest){ test->name, play, NULL, write_down, &parts[i] };
	}
	failed = _cmocka_run_group_tests(stage->name, bill.tests, bill.n, NULL, NULL);
	for (size_t i = 0; i < bill.n_absent; i++)
		fprintf(trial->file, "- %s: %s\n", bill.absent[i].name, bill.absent[i].why);
	return failed;
}

int stage_judge(struct stage *stage, const char *path)
{
	struct trial trial = { .transcript = transcript_new(), .file = fopen(path, "w") };
	const struct iova_sys *sys = stage->sys;
	int failed;

	assert_non_null(trial.transcript);
	assert_non_null(trial.file);
	trial.witness = witness_new(stage_sys(stage), trial.transcript);
	assert_non_null(trial.witness);
	stage->sys = witness_sys(trial.witness);
	failed = play_all(&trial, stage);
	stage->sys = sys;
	witness_free(trial.witness);
	/* What was lost cannot be compared: as bad as a failure. */
	if (!transcript_end(trial.transcript, trial.file))
		failed++;
	if (fclose(trial.file))
		failed++;
	return failed;
}
