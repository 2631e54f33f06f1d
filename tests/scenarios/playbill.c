/* SPDX-License-Identifier: BSD-3-Clause */
/* Which scenarios a stage plays, and why not the others: by what the machine has, and by its backend. */
#include "stage.h"

#include <string.h>

#define ASKS_CONTAINER "it asks a container, and there is none"
#define NO_ENTRY_LIMIT "iommufd limits locked memory, not the number of mappings"
#define NO_LOSS "iommufd keeps account of the last page"
#define LOSES "type1 up to 6.17 loses what is mapped in the last page"
#define LETS_GO "what is handed out is the same open file, and does not keep it attached"
#define ASKS_TYPE1 "it asks type1; iommufd answers otherwise, see ask-compat.c"

/* The files of scenarios in the order in which they are played, and what they need of a backend. */
static const struct {
	playbill_add_fn *add;
	uint32_t by; /* BY_*; 0: any */
	const char *why;
} files[] = {
	{ add_refusal_scenarios, 0, NULL },
	{ add_space_scenarios, 0, NULL },
	{ add_map_scenarios, 0, NULL },
	{ add_unmap_scenarios, 0, NULL },
	{ add_many_scenarios, 0, NULL },
	{ add_group_scenarios, 0, NULL },
	{ add_refresh_scenarios, 0, NULL },
	{ add_adopt_scenarios, BY_TYPE1 | BY_COMPAT, "it lends a container, and there is none" },
	{ add_limit_scenarios, 0, NULL },
	{ add_ask_map_scenarios, BY_TYPE1 | BY_COMPAT, ASKS_CONTAINER },
	{ add_ask_unmap_scenarios, BY_TYPE1 | BY_COMPAT, ASKS_CONTAINER },
	{ add_ask_info_scenarios, BY_TYPE1 | BY_COMPAT, ASKS_CONTAINER },
	{ add_ask_group_scenarios, BY_TYPE1 | BY_COMPAT, ASKS_CONTAINER },
	{ add_ask_compat_scenarios, BY_COMPAT, "it asks a container of iommufd's" },
	{ add_choice_scenarios, 0, NULL },
	{ add_device_scenarios, BY_IOMMUFD, "devices are not attached one by one" },
	{ add_ioas_scenarios, BY_IOMMUFD, "only iommufd can" },
	{ add_pair_scenarios, BY_IOMMUFD, "only iommufd can" },
	/* The last ones of all: what they leave behind stays with the process. */
	{ add_top_scenarios, 0, NULL },
};

/* Scenarios of those files that a backend does not have, because its kernel code does otherwise. */
static const struct {
	const char *scenario;
	uint32_t not_by; /* BY_* */
	const char *why;
} exceptions[] = {
	{ "a_group_with_an_open_device_stays", BY_IOMMUFD, LETS_GO },
	{ "the_entry_limit_is_known_before_it_bites", BY_COMPAT | BY_IOMMUFD, NO_ENTRY_LIMIT },
	{ "the_kernel_agrees_on_the_entry_limit", BY_COMPAT | BY_IOMMUFD, NO_ENTRY_LIMIT },
	{ "the_entry_limit_comes_between_what_exists_and_what_is_not_valid", BY_COMPAT,
	  NO_ENTRY_LIMIT },
	{ "what_exists_is_told_before_what_is_not_valid", BY_COMPAT, ASKS_TYPE1 },
	{ "an_unmap_request_that_is_wrong_in_itself_is_invalid", BY_COMPAT, ASKS_TYPE1 },
	{ "version_2_cuts_no_mapping", BY_COMPAT, ASKS_TYPE1 },
	{ "version_1_takes_more_or_nothing", BY_COMPAT, ASKS_TYPE1 },
	{ "any_room_for_info_is_respected", BY_COMPAT, ASKS_TYPE1 },
	{ "a_container_answers_little_before_it_has_an_iommu", BY_COMPAT, ASKS_TYPE1 },
	{ "a_container_with_an_iommu_tells_what_it_can", BY_COMPAT, ASKS_TYPE1 },
	{ "a_group_is_in_one_container_at_most", BY_COMPAT, ASKS_TYPE1 },
	{ "a_container_takes_one_iommu_of_a_known_type", BY_COMPAT, ASKS_TYPE1 },
	{ "mappings_go_with_the_last_group", BY_COMPAT, ASKS_TYPE1 },
	{ "a_group_that_is_not_viable_says_so", BY_COMPAT, ASKS_TYPE1 },
	{ "a_device_is_had_by_its_name_from_its_group", BY_COMPAT, ASKS_TYPE1 },
	{ "the_last_page_is_mapped_and_unmapped", BY_TYPE1, LOSES },
	{ "an_unmap_up_to_the_top_finds_nothing", BY_COMPAT | BY_IOMMUFD, NO_LOSS },
	{ "the_kernel_loses_what_is_mapped_in_the_last_page", BY_COMPAT | BY_IOMMUFD, NO_LOSS },
};

static const char *reason(uint32_t lacks)
{
	static const struct {
		uint32_t flag;
		const char *why;
	} reasons[] = {
		{ HAS_RELAXABLE, "no relaxable region" },
		{ HAS_LPC, "no relaxable region of one member among several" },
		{ HAS_DIRECT, "no direct region" },
		{ HAS_LAST_PAGE, "the list ends below the last page" },
		{ HAS_LIMITS, "the number of mappings left is not told" },
		{ HAS_WIDTH, "the list ends above all memory" },
		{ HAS_BLOCKED, "no group with a foreign driver" },
		{ HAS_LOST_MEMORY, "no memory to lose" },
		{ NO_INTERRUPTS, "interrupts are remapped or trusted" },
	};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (lacks & reasons[i].flag)
			return reasons[i].why;
	return "something else";
}

/* Why a scenario is not for the stage's backend; or NULL. */
static const char *excuse(const struct stage *stage, const char *scenario)
{
	for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
		if (!strcmp(exceptions[i].scenario, scenario) &&
		    exceptions[i].not_by & stage_kind(stage))
			return exceptions[i].why;
	return NULL;
}

void playbill_add(struct playbill *bill, const char *name, CMUnitTestFunction function,
		  uint32_t needs)
{
	const struct stage *stage = bill->stage;
	const char *why = bill->closed;

	assert_true(bill->n + bill->n_absent < MAX_SCENARIOS);
	if (stage->only && !(needs & stage->only))
		why = "played where all of the machine can be had";
	else if (!why && needs & ON_IOMMUFD && !(stage->offers & BY_IOMMUFD))
		why = "this kernel has no iommufd";
	else if (!why && (needs & ~(stage->has | ON_IOMMUFD)))
		why = reason(needs & ~(stage->has | ON_IOMMUFD));
	else if (!why)
		why = excuse(stage, name);
	if (why) {
		bill->absent[bill->n_absent].name = name;
		bill->absent[bill->n_absent++].why = why;
		return;
	}
	bill->tests[bill->n++] = (struct CMUnitTest){ name, function, NULL, NULL, bill->stage };
}

static bool is_scenario(const struct playbill *bill, const char *name)
{
	for (size_t i = 0; i < bill->n; i++)
		if (!strcmp(bill->tests[i].name, name))
			return true;
	for (size_t i = 0; i < bill->n_absent; i++)
		if (!strcmp(bill->absent[i].name, name))
			return true;
	return false;
}

void playbill_fill(struct playbill *bill, struct stage *stage)
{
	*bill = (struct playbill){ .stage = stage };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		bill->closed = NULL;
		if (files[i].by && !(files[i].by & stage_kind(stage)))
			bill->closed = files[i].why;
		/* What can be refused is refused there as well. */
		else if (i && stage->has & NO_INTERRUPTS)
			bill->closed = "no interrupt remapping";
		files[i].add(bill);
	}
	for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
		if (!is_scenario(bill, exceptions[i].scenario))
			fail_msg("there is no scenario %s", exceptions[i].scenario);
}
