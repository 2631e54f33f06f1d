/* SPDX-License-Identifier: BSD-3-Clause */
/* What a context on iommufd is lent, and what a child after fork may do: nothing but leave it alone. */
#include "iommufd-help.h"

#include <sys/wait.h>
#include <unistd.h>

static void what_is_lent_stays_open(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world);
	struct iova_ctx_opts opts = ctx_on(iommufd, 0);
	struct iova_ctx *ctx = ctx_open(world, &opts);

	assert_int_equal(info_of(ctx).flags, IOVA_CTX_INFO_OWN_IOAS);
	assert_int_equal(info_of(ctx).fd, iommufd);
	attach_device(ctx, NIC);
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
	/* Nothing of the context is left in it. */
	assert_int_equal(report_of(world).n_fds, 1);
	assert_int_equal(report_of(world).n_ioases, 0);
	assert_int_equal(report_of(world).n_bound, 0);
	assert_int_equal(report_of(world).n_mappings, 0);
	assert_int_equal(raw_close(world, iommufd), 0);
}

static void a_lent_ioas_keeps_what_its_lender_has_there(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world), cdev = raw_cdev(world, NODE_NIC);
	uint32_t ioas = raw_ioas(world, iommufd);
	struct iova_ctx_opts opts = ctx_on(iommufd, ioas);
	struct iova_ctx *ctx;

	assert_int_equal(raw_bind(world, cdev, iommufd, NULL), 0);
	assert_int_equal(raw_attach_pt(world, cdev, ioas), 0);
	assert_int_equal(raw_ioas_map(world, iommufd, ioas, AT - MIB, VADDR, PAGE), 0);
	ctx = ctx_open(world, &opts);
	assert_int_equal(info_of(ctx).flags, 0);
	assert_int_equal(info_of(ctx).ioas, ioas);
	/* Its ranges are known at once, and one may map: the lender answers for it. */
	assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
	assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, 0xfee00000, 0xfeefffff));
	assert_mapped(ctx, AT, MIB);
	REFUSED(world, ctx, map_at(ctx, AT - MIB, PAGE, &failure), -EEXIST, IOVA_STEP_MAP,
		IOVA_WHY_OVERLAP);
	attach_device(ctx, USB);
	/* The last of ours may go while something is mapped. */
	assert_int_equal(iova_ctx_detach_device(ctx, USB, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	world_assert_n_mappings(world, 1);
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
	world_assert_mapping(world, 0, AT - MIB, VADDR, PAGE, 3);
	assert_int_equal(report_of(world).n_bound, 1);
	assert_int_equal(report_of(world).n_ioases, 1);
	assert_int_equal(raw_ioas_map(world, iommufd, ioas, AT, VADDR, PAGE), 0);
	assert_int_equal(raw_close(world, cdev), 0);
	assert_int_equal(raw_close(world, iommufd), 0);
}

static void a_lent_device_is_attached_and_detached_but_not_closed(void **state)
{
	const struct world *world = *state;
	int cdev = raw_cdev(world, NODE_NIC);
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts);

	assert_int_equal(iova_ctx_adopt_device(ctx, NIC, cdev, 0, NULL, NULL), 0);
	assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
	/* It stays bound, as the kernel has no way back, and keeps the iommufd. */
	assert_int_equal(report_of(world).n_bound, 1);
	assert_int_equal(report_of(world).n_fds, 1);
	assert_int_equal(report_of(world).n_mappings, 0);
	assert_int_equal(raw_device_info(world, cdev), 0);
	assert_int_equal(raw_close(world, cdev), 0);
}

/* It stays bound; but what it reserves does not stay in the IOAS. */
static void a_lent_device_that_is_refused_late_is_detached(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world), cdev = raw_cdev(world, NODE_NIC);
	uint32_t ioas = raw_ioas(world, iommufd);
	struct iova_ctx_opts opts = ctx_on(iommufd, ioas);
	struct iova_ctx *ctx = ctx_open(world, &opts);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_IOVA_RANGES, 1, EIO), 0);
	assert_int_equal(iova_ctx_adopt_device(ctx, NIC, cdev, 0, NULL, &failure), -EIO);
	assert_failed(&failure, -EIO, IOVA_STEP_GET_INFO, IOVA_WHY_UNKNOWN);
	assert_int_equal(info_of(ctx).n_devices, 0);
	assert_int_equal(report_of(world).n_bound, 1);
	assert_int_equal(raw_ioas_map(world, iommufd, ioas, 0xfee00000, VADDR, PAGE), 0);
	iova_ctx_close(ctx);
	assert_int_equal(raw_close(world, cdev), 0);
	assert_int_equal(raw_close(world, iommufd), 0);
}

static void a_device_that_is_attached_already_is_only_looked_at(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world), cdev = raw_cdev(world, NODE_NIC);
	uint32_t ioas = raw_ioas(world, iommufd), id;
	struct iova_ctx_opts opts = ctx_on(iommufd, ioas);
	struct iova_ctx *ctx;

	assert_int_equal(raw_bind(world, cdev, iommufd, &id), 0);
	assert_int_equal(raw_attach_pt(world, cdev, ioas), 0);
	ctx = ctx_open(world, &opts);
	assert_int_equal(iova_ctx_adopt_device(ctx, NIC, cdev, id, NULL, NULL), 0);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_BIND_IOMMUFD), 1);
	assert_int_equal(info_of(ctx).n_devices, 1);
	assert_int_equal(iova_ctx_detach_device(ctx, NIC, NULL, NULL), 0);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_DETACH_PT), 0);
	iova_ctx_close(ctx);
	/* Still attached: its holes are those of the IOAS. */
	assert_int_equal(raw_ioas_map(world, iommufd, ioas, 0xfee00000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_close(world, cdev), 0);
	assert_int_equal(raw_close(world, iommufd), 0);
}

/* A child may only close, and that undoes nothing. */
static void a_child_leaves_the_mappings_alone(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world), status;
	struct iova_ctx_opts opts = ctx_on(iommufd, 0);
	struct iova_ctx *ctx = ctx_open(world, &opts);
	uint64_t before;
	pid_t child;

	attach_device(ctx, NIC);
	assert_mapped(ctx, AT, MIB);
	assert_int_equal(iova_ctx_pin(ctx, NULL), 0);
	before = world_calls(world, IOVA_SIM_CALL_ANY) - world_calls(world, IOVA_SIM_CALL_CLOSE);
	child = fork();
	if (!child) {
		iova_ctx_close(ctx);
		_exit(world_calls(world, IOVA_SIM_CALL_ANY) -
					      world_calls(world, IOVA_SIM_CALL_CLOSE) ==
				      before ?
			      0 :
			      1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
	iova_ctx_close(ctx);
	assert_int_equal(raw_close(world, iommufd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("iommufd", what_is_lent_stays_open),
		ON_PRESET("iommufd", a_lent_ioas_keeps_what_its_lender_has_there),
		ON_PRESET("iommufd", a_lent_device_is_attached_and_detached_but_not_closed),
		ON_PRESET("iommufd", a_lent_device_that_is_refused_late_is_detached),
		ON_PRESET("iommufd", a_device_that_is_attached_already_is_only_looked_at),
		ON_PRESET("iommufd", a_child_leaves_the_mappings_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
