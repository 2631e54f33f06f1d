/* SPDX-License-Identifier: BSD-3-Clause */
/* Which backend a context stands on: the best for its device, or the one that is named. */
#include "iommufd-help.h"

#define HEARD_MAX 4096
#define CDEV_OF_NIC "/dev/vfio/devices/vfio0"

/* All that the log said. */
static void hear_all(void *heard, int level, const char *message)
{
	(void)level;
	strncat(heard, message, HEARD_MAX - strlen(heard) - 1);
	strncat(heard, "\n", HEARD_MAX - strlen(heard) - 1);
}

/* Opened by device; what it stands on, and a word of the log that says so and why. */
static void assert_choice(const struct world *world, uint32_t asked, uint32_t found,
			  const char *reason)
{
	char heard[HEARD_MAX] = "";
	const struct iova_ctx_opts opts = { .size = sizeof opts,
					    .device = NIC,
					    .backend = asked,
					    .log_level = IOVA_LOG_INFO,
					    .log = hear_all,
					    .log_data = heard };
	struct iova_ctx *ctx = ctx_open(world, &opts);
	assert_int_equal(info_of(ctx).backend, found);
	assert_int_equal(info_of(ctx).n_groups, 1);
	if (!strstr(heard, reason))
		fail_msg("\"%s\" is not said in: %s", reason, heard);
	assert_mapped(ctx, AT, MIB);
	assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
	iova_ctx_close(ctx);
	assert_int_equal(report_of(world).n_fds, 0);
}

/* Cannot be had; nothing is left of the try. */
static void assert_none(const struct world *world, const struct iova_ctx_opts *asked, int error,
			uint32_t step, uint32_t why)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx_opts opts = *asked;
	struct iova_explanation text;
	struct iova_ctx *ctx = NULL;
	int r;

	opts.size = sizeof opts;
	opts.sys = world->sys;
	r = iova_ctx_open(&opts, &ctx, &failure);
	assert_failed(&failure, error, step, why);
	assert_int_equal(r, error);
	assert_null(ctx);
	assert_int_equal(iova_explain(&failure, NULL, &text), 0);
	assert_true(text.cause[0] && text.remedy[0]);
}

static void none_of(const struct world *world, uint32_t backend, int error, uint32_t step,
		    uint32_t why)
{
	assert_none(world, &(struct iova_ctx_opts){ .device = NIC, .backend = backend }, error,
		    step, why);
	assert_int_equal(report_of(world).n_fds, 0);
}

static void a_device_with_a_node_of_its_own_goes_to_iommufd(void **state)
{
	assert_choice(*state, IOVA_BACKEND_ANY, IOVA_BACKEND_IOMMUFD,
		      "has a character device, and /dev/iommu opens");
}

static void each_backend_may_be_forced(void **state)
{
	assert_choice(*state, IOVA_BACKEND_IOMMUFD, IOVA_BACKEND_IOMMUFD, "opened an iommufd");
	assert_choice(*state, IOVA_BACKEND_TYPE1, IOVA_BACKEND_TYPE1, "opened a VFIO container");
	assert_choice(*state, IOVA_BACKEND_COMPAT, IOVA_BACKEND_COMPAT,
		      "opened a container that iommufd provides");
	none_of(*state, IOVA_BACKEND_NOIOMMU, -ENOENT, IOVA_STEP_OPEN_GROUP, IOVA_WHY_UNKNOWN);
}

static void where_only_iommufd_has_a_container_type1_is_not_to_be_had(void **state)
{
	const struct world *world = *state;

	assert_choice(world, IOVA_BACKEND_ANY, IOVA_BACKEND_IOMMUFD, "character device");
	assert_choice(world, IOVA_BACKEND_COMPAT, IOVA_BACKEND_COMPAT, "iommufd provides");
	none_of(world, IOVA_BACKEND_TYPE1, -ENODEV, IOVA_STEP_OPEN_CONTAINER, IOVA_WHY_NO_TYPE1);
}

/* 6.2 has iommufd, but no nodes of devices: the group it is. */
static void without_nodes_of_devices_it_is_the_group(void **state)
{
	const struct world *world = *state;

	assert_choice(world, IOVA_BACKEND_ANY, IOVA_BACKEND_TYPE1, "has no character device");
	assert_choice(world, IOVA_BACKEND_COMPAT, IOVA_BACKEND_COMPAT, "iommufd provides");
	none_of(world, IOVA_BACKEND_IOMMUFD, -ENOENT, IOVA_STEP_OPEN_CDEV, IOVA_WHY_NO_CDEV);
}

static void without_iommufd_it_is_the_group(void **state)
{
	const struct world *world = *state;

	assert_choice(world, IOVA_BACKEND_ANY, IOVA_BACKEND_TYPE1, "has no character device");
	assert_choice(world, IOVA_BACKEND_TYPE1, IOVA_BACKEND_TYPE1, "VFIO container");
	none_of(world, IOVA_BACKEND_IOMMUFD, -ENOENT, IOVA_STEP_OPEN_IOMMUFD, IOVA_WHY_NO_IOMMUFD);
	none_of(world, IOVA_BACKEND_COMPAT, -ENOENT, IOVA_STEP_OPEN_IOMMUFD, IOVA_WHY_NO_IOMMUFD);
}

/* What may not be opened is gone round, and said; what is named is insisted on. */
static void permission_decides_where_nothing_is_named(void **state)
{
	const struct world *world = *state;

	assert_int_equal(iova_sim_file_error(world->sim, "/dev/iommu", EACCES), 0);
	assert_choice(world, IOVA_BACKEND_ANY, IOVA_BACKEND_TYPE1, "cannot be opened (errno 13)");
	none_of(world, IOVA_BACKEND_IOMMUFD, -EACCES, IOVA_STEP_OPEN_IOMMUFD, IOVA_WHY_UNKNOWN);
	iova_sim_clear_files(world->sim);
	assert_int_equal(iova_sim_file_error(world->sim, CDEV_OF_NIC, EACCES), 0);
	assert_choice(world, IOVA_BACKEND_ANY, IOVA_BACKEND_TYPE1, CDEV_OF_NIC ": errno 13");
	none_of(world, IOVA_BACKEND_IOMMUFD, -EACCES, IOVA_STEP_OPEN_CDEV, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_sim_file_error(world->sim, "/dev/vfio/1", EACCES), 0);
	none_of(world, IOVA_BACKEND_ANY, -EACCES, IOVA_STEP_OPEN_GROUP, IOVA_WHY_UNKNOWN);
}

/* Chosen, and then refused by the kernel: that is no reason to try the other way. */
static void a_refusal_is_not_gone_round(void **state)
{
	const struct world *world = *state;
	int group = raw_open_group(world, GROUP_NIC);
	struct iova_ctx_opts opts = { .device = NIC };

	assert_none(world, &opts, -EBUSY, IOVA_STEP_BIND, IOVA_WHY_GROUP_OPEN);
	assert_int_equal(report_of(world).n_fds, 1);
	assert_int_equal(raw_close(world, group), 0);
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_ALLOC, 1, ENOMEM), 0);
	none_of(world, IOVA_BACKEND_ANY, -ENOMEM, IOVA_STEP_IOAS, IOVA_WHY_UNKNOWN);
	opts.device = "nic";
	assert_none(world, &opts, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_BAD_DEVICE_NAME);
	opts.device = "0000:77:00.0";
	assert_none(world, &opts, -ENOENT, IOVA_STEP_FIND_GROUP, IOVA_WHY_NO_DEVICE);
	assert_int_equal(report_of(world).n_fds, 0);
}

static void without_a_device_it_is_a_container(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_open(world, NULL);

	assert_int_equal(info_of(ctx).backend, IOVA_BACKEND_TYPE1);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_ALLOC), 0);
	iova_ctx_close(ctx);
}

static void flags_go_together_or_are_refused(void **state)
{
	const struct world *world = *state;
	int container = raw_open(world, "/dev/vfio/vfio"), iommufd = raw_iommufd(world);
	const uint32_t both = IOVA_CTX_ADOPT | IOVA_CTX_ADOPT_IOMMUFD;
	const struct iova_ctx_opts bad[] = {
		{ .flags = both, .container = container, .iommufd = iommufd },
		{ .flags = IOVA_CTX_ADOPT_IOAS, .ioas = 1 },
		{ .flags = IOVA_CTX_ADOPT_IOAS, .backend = IOVA_BACKEND_IOMMUFD, .ioas = 1 },
		{ .flags = IOVA_CTX_ADOPT_IOMMUFD,
		  .backend = IOVA_BACKEND_TYPE1,
		  .iommufd = iommufd },
		{ .flags = IOVA_CTX_ADOPT_IOMMUFD,
		  .backend = IOVA_BACKEND_COMPAT,
		  .iommufd = iommufd },
		{ .flags = IOVA_CTX_ADOPT, .backend = IOVA_BACKEND_IOMMUFD, .container = container },
		{ .backend = IOVA_BACKEND_NOIOMMU + 1 },
		{ .flags = 128 },
		{ .pad = 1 },
	};
	const struct iova_ctx_opts not_there[] = {
		{ .flags = IOVA_CTX_PIN },
		{ .flags = IOVA_CTX_SMALL_PAGES },
		{ .flags = IOVA_CTX_PIN, .backend = IOVA_BACKEND_TYPE1 },
		{ .flags = IOVA_CTX_PIN, .backend = IOVA_BACKEND_COMPAT },
	};
	const struct iova_ctx_opts other_kind[] = {
		{ .flags = IOVA_CTX_ADOPT, .backend = IOVA_BACKEND_COMPAT, .container = container },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_none(world, &bad[i], -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS);
	for (size_t i = 0; i < sizeof not_there / sizeof *not_there; i++)
		assert_none(world, &not_there[i], -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND);
	assert_none(world, other_kind, -ENODEV, IOVA_STEP_OPEN_CONTAINER, IOVA_WHY_BACKEND);
	assert_int_equal(raw_close(world, container), 0);
	assert_int_equal(raw_close(world, iommufd), 0);
}

/* What an iommufd is wanted for is not given up silently where there is none. */
static void a_promise_is_not_dropped_with_the_iommufd(void **state)
{
	const struct world *world = *state;
	const struct iova_ctx_opts opts = { .flags = IOVA_CTX_PIN, .device = NIC };

	assert_none(world, &opts, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND);
	assert_int_equal(report_of(world).n_fds, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("iommufd", a_device_with_a_node_of_its_own_goes_to_iommufd),
		ON_PRESET("iommufd-6.6", a_device_with_a_node_of_its_own_goes_to_iommufd),
		ON_PRESET("iommufd", each_backend_may_be_forced),
		ON_PRESET("compat", where_only_iommufd_has_a_container_type1_is_not_to_be_had),
		ON_PRESET("iommufd-6.2", without_nodes_of_devices_it_is_the_group),
		ON_PRESET("desktop-6.1", without_iommufd_it_is_the_group),
		ON_PRESET("desktop", without_iommufd_it_is_the_group),
		ON_PRESET("iommufd", permission_decides_where_nothing_is_named),
		ON_PRESET("iommufd", a_refusal_is_not_gone_round),
		ON_PRESET("iommufd", without_a_device_it_is_a_container),
		ON_PRESET("iommufd", flags_go_together_or_are_refused),
		ON_PRESET("desktop", a_promise_is_not_dropped_with_the_iommufd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
