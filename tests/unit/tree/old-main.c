/* SPDX-License-Identifier: BSD-3-Clause */
/* tree-old scalar: run on a processor, emulated, that is older than what the vectors need. */
#include "expect.h"
#include "modes.h"
#include "tap.h"

static struct life life;

void tap_explain(void)
{
}

int main(int argc, char **argv)
{
	struct chooser chooser;

	(void)tap_start(argc, argv, 1);
	tap_begin("a processor without vectors is given what it can do");
	EXPECT(!iova_table_has_vectors_());
	life_begin(&life, NULL);
	EXPECT(life.table.ops == &iova_tree_scalar_);
	chooser_begin(&chooser, &modes[0], &life.model, 1, 500);
	for (int i = 0; i < 500; i++) {
		struct iova_range range = modes[0].range(&chooser);

		life_insert(&life, &range);
		life_find(&life, some_address(&chooser));
		if (i % 5 == 0)
			life_remove(&life, some_address(&chooser));
	}
	life_check(&life);
	life_done(&life);
	tap_passed();
	return 0;
}
