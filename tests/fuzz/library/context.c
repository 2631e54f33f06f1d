/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening and closing contexts, and what is lent to them. */
#include "world.h"

static const int open_errors[] = { EINVAL, E2BIG,  ENOENT, ENODEV, EACCES,
				   EBADF,  EBADFD, EPROTO, ENOMEM, 0 };

/* The caller's own container. */
void lend_box(struct world *world)
{
	struct box *box = &world->boxes[2];

	if (box->alive)
		return;
	*box = (struct box){ .alive = true };
	box->fd = world->sys->open(world->sys->data, -1, "/dev/vfio/vfio", 2);
	CHECK(box->fd >= 0);
	box->serial = world->n_containers++;
	SAY("the caller opens a container, fd %d\n", box->fd);
}

/* With the last group the IOMMU goes, and every mapping. */
void leave_box(struct world *world, struct box *box, uint32_t group)
{
	box->groups &= ~(1u << group);
	world->holder[group] = HELD_BY_NOBODY;
	if (!box->groups) {
		box->iommu_set = box->damaged = false;
		box->maps.n = 0;
	}
}

/* Groups that another process holds in the container. */
void drop_behind(struct world *world, struct box *box)
{
	for (uint32_t group = 0; group < world->n_groups; group++) {
		if (!(box->groups & 1u << group) || world->holder[group] != HELD_BEHIND)
			continue;
		CHECK(!iova_sim_detach_behind(world->sim, group));
		leave_box(world, box, group);
	}
}

static void start_told(struct world *world, struct user *user, const struct told *told)
{
	user->told = *told;
	user->told.granule = world->memory.page_size;
	user->page_doubtful = world->disturbed && world->memory.page_size != 4096;
	if (user->page_doubtful)
		user->told.granule = iova_space_granule(user->space);
	user->told.list = IOVA_LIST_NONE;
	forget_groups(&user->told);
	user->maps.n = 0;
	user->n_groups = 0;
	for (size_t i = 0; i < 4; i++)
		user->devices[i] = -1;
	ask_oracle(user);
}

void call_open(struct world *world, struct user *user)
{
	static const uint32_t widths[] = { 0, 0, 0, 39, 48, 32, 64, 65 };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint8_t how = take_byte(world);
	static struct told told;
	uint64_t recognised = iova_sim_calls(world->sim, IOVA_SIM_CALL_GET_API_VERSION);
	struct verdict verdict = { .murky = false };
	struct iova_ctx *ctx;
	struct iova_ctx_opts opts = {
		.size = sizeof opts,
		.flags = (how & 7) == 7 ? IOVA_CTX_UNCHECKED : 0,
		.width = widths[how >> 5],
		.sys = world->sys,
	};
	struct iova_policy *policy;
	int r;

	if (user->ctx)
		return;
	told = (struct told){ .width = opts.width };
	policy = take_policy(world, &told);
	opts.policy = policy;
	user->lent = how & 8;
	user->box = user->lent           ? &world->boxes[2] :
		    user == world->users ? &world->boxes[0] :
					   &world->boxes[1];
	if (user->lent) {
		lend_box(world);
		opts.flags |= IOVA_CTX_ADOPT;
		opts.container = user->box->fd;
	}
	verdict_add(&verdict, opts.width > 64, -EINVAL);
	call_begins(world);
	r = iova_ctx_open(&opts, &ctx, &failure);
	iova_policy_free(policy);
	call_made(world, NULL, "open", r, &verdict, open_errors, &failure);
	if (!user->lent && iova_sim_calls(world->sim, IOVA_SIM_CALL_GET_API_VERSION) != recognised)
		world->n_containers++;
	if (r < 0)
		return;
	SAY("\t%s: flags 0x%x, width %u\n", user->name, (unsigned)opts.flags, (unsigned)opts.width);
	user->ctx = ctx;
	user->space = iova_ctx_space(ctx);
	user->flags = opts.flags;
	if (!user->lent)
		*user->box = (struct box){ .alive = true,
					   .fd = iova_ctx_container_fd(ctx),
					   .serial = world->n_containers - 1 };
	start_told(world, user, &told);
}

void call_close(struct world *world, struct user *user)
{
	static const int none[] = { 0 };
	struct verdict verdict = { .murky = false };
	struct box *box = user->box;
	bool differ;

	if (!user->ctx)
		return;
	for (uint32_t i = 0; i < 4; i++)
		close_device(world, user, i);
	/* What others do while it closes cannot be told from what they do afterwards. */
	world->request %= 2;
	differ = runs_differ(world, user, (struct iova_range){ 0, TOP });
	call_begins(world);
	iova_ctx_close(user->ctx);
	call_made(world, user, "close", 0, &verdict, none, NULL);
	user->ctx = NULL;
	user->space = NULL;
	for (size_t i = 0; i < user->maps.n; i++)
		maps_remove(&box->maps, user->maps.items[i].range, NULL);
	for (size_t i = 0; i < user->n_groups; i++) {
		CHECK(user->groups[i].fd < 0 || world->disturbed || user->groups[i].revoked ||
		      is_in_container(world, user->groups[i].fd) != user->groups[i].own_attach);
		if (user->groups[i].fd >= 0)
			CHECK(!world->sys->close(world->sys->data, user->groups[i].fd));
		if (!user->groups[i].revoked)
			leave_box(world, box, user->groups[i].id);
	}
	user->n_groups = 0;
	if (world->disturbed || differ)
		box_resync(world, box);
	user->maps.n = 0;
	verify_box(world, box);
	if (!user->lent) {
		drop_behind(world, box);
		box->alive = false;
	}
}
