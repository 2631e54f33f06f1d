/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups that come and go, and what is read then. */
#include "world.h"

#include "uapi/vfio.h"

static const int attach_errors[] = { EINVAL, EALREADY, ENOENT, EACCES, EBUSY,  EADDRINUSE, EPERM,
				     ENODEV, EPROTO,   ENOMEM, EBADF,  EBADFD, EFAULT,     0 };
static const int detach_errors[] = { EINVAL, ENOENT, EBUSY, EACCES, EPROTO, ENOMEM, 0 };
static const int refresh_errors[] = { EINVAL, ENOENT, EACCES, EPROTO, ENOMEM, 0 };

static size_t find_group(const struct user *user, uint32_t group)
{
	size_t i = 0;

	while (i < user->n_groups && user->groups[i].id != group)
		i++;
	return i;
}

/* What the library learned; before is the picture it had. */
static void learn(struct world *world, struct user *user, const struct oracle *before,
		  const struct iova_change *change)
{
	resync_all(world);
	box_look(world, user->box);
	if (world->disturbed || world->corrupt)
		believe_the_library(user);
	else
		believe(world, user);
	verify_change(user, before, change);
}

static void learn_nothing(struct world *world, struct user *user)
{
	resync_all(world);
	box_look(world, user->box);
}

static struct iova_change *new_change(void)
{
	struct iova_change *change;

	CHECK(!iova_change_new(&change));
	return change;
}

static void attach_verdict(struct world *world, struct user *user, uint32_t group, bool lent,
			   bool in_box, struct verdict *verdict)
{
	int me = 1 + (int)(user - world->users);
	bool mine = find_group(user, group) < user->n_groups;
	bool first = !user->box->iommu_set;

	verdict_add(verdict, mine, -EALREADY);
	if (group >= world->n_groups) {
		verdict_add(verdict, true, -ENOENT);
		return;
	}
	verdict_add(verdict, !lent && !world_has_node(world, group), -ENOENT);
	verdict_add(verdict, !lent && world->holder[group] && world->holder[group] != me, -EBUSY);
	if (mine)
		return;
	verdict_add(verdict, !(user->flags & IOVA_CTX_UNCHECKED) && would_break(world, user, group),
		    -EADDRINUSE);
	verdict->murky = world->corrupt || has_revoked(user) || user->box->damaged;
	if (in_box && !first)
		return;
	kernel_attach_errors(world, user->box, group, in_box, &verdict->expected);
	/* All groups in the container are attached with it, in an order that changes the list. */
	for (uint32_t other = 0; other < world->n_groups; other++)
		if (first && other != group && user->box->groups & 1u << other)
			verdict->murky = true;
}

/* The lender opens the group, and may have put it into the container. Returns its fd or -1. */
static int lend_group(struct world *world, struct user *user, uint32_t group, bool enter,
		      bool *ret_entered)
{
	char path[32];
	int fd, r = -1;

	snprintf(path, sizeof path, "/dev/vfio/%u", (unsigned)group);
	fd = world->sys->open(world->sys->data, -1, path, 2);
	if (fd >= 0 && enter)
		r = world->sys->ioctl(world->sys->data, fd, IOVA_VFIO_GROUP_SET_CONTAINER,
				      &user->box->fd);
	*ret_entered = r >= 0;
	if (r >= 0)
		user->box->groups |= 1u << group;
	SAY("the caller opens group %u: %d, enters: %d\n", (unsigned)group, fd, r);
	return fd;
}

static int make_attach(struct user *user, uint32_t how, uint32_t group, int fd,
		       struct iova_change *change, struct iova_failure *failure)
{
	char name[32];

	if (how == 0)
		return iova_ctx_attach_group(user->ctx, group, change, failure);
	if (how == 2)
		return iova_ctx_adopt_group(user->ctx, group, fd, change, failure);
	snprintf(name, sizeof name, "0%u:00.0", (unsigned)group);
	return iova_ctx_attach_device(user->ctx, name, change, failure);
}

/* A device's name leads to its group, if there is one of that name. */
static bool has_function_0(const struct world *world, uint32_t group)
{
	bool found = false;

	for (size_t i = 0; i < world->n_devices; i++)
		found = found || (world->devices[i].group == group && !world->devices[i].gone &&
				  world->devices[i].name[11] == '0');
	return found;
}

/* Unless VFIO has given it up meanwhile. */
static void enter_box(struct world *world, struct user *user, uint32_t group)
{
	if (world->disturbed && world->kernel.revokes_group && !world_has_node(world, group)) {
		user->groups[user->n_groups - 1].revoked = true;
		return;
	}
	user->box->groups |= 1u << group;
	world->holder[group] = 1 + (int)(user - world->users);
}

/* how: 0 by number, 1 by the name of a device, 2 with a fd that the caller holds */
void call_attach(struct world *world, struct user *user, uint32_t how)
{
	static struct oracle before;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct verdict verdict = { .murky = false };
	uint8_t which = take_byte(world);
	uint32_t group = (which & 0x3f) == 0x3f ? MAX_GROUPS : (which & 3) % world->n_groups;
	struct iova_change *change;
	bool entered = false;
	int fd = -1, r;

	if (!user->ctx || user->n_groups == MAX_GROUPS)
		return;
	if (how == 2) {
		fd = lend_group(world, user, group, which & 0x40, &entered);
		if (fd < 0)
			return;
	}
	change = new_change();
	before = user->oracle;
	attach_verdict(world, user, group, fd >= 0, entered, &verdict);
	verdict_add(&verdict, how == 1 && group < world->n_groups && !has_function_0(world, group),
		    -ENOENT);
	SAY("\tgroup %u\n", (unsigned)group);
	call_begins(world);
	r = make_attach(user, how, group, fd, change, &failure);
	call_made(world, user, "attach", r, &verdict, attach_errors, &failure);
	if (r < 0) {
		CHECK(fd < 0 || world->disturbed || is_in_container(world, fd) == entered);
		if (fd >= 0)
			CHECK(!world->sys->close(world->sys->data, fd));
		if (entered)
			leave_box(world, user->box, group);
		learn_nothing(world, user);
	} else {
		user->groups[user->n_groups++] = (struct held_group){ group, fd, !entered, false };
		enter_box(world, user, group);
		learn(world, user, &before, change);
	}
	iova_change_free(change);
}

static void leave_group(struct world *world, struct user *user, const struct held_group *held)
{
	if (!held->revoked)
		leave_box(world, user->box, held->id);
}

static bool has_open_device(const struct user *user, uint32_t group)
{
	for (size_t i = 0; i < 4; i++)
		if (user->devices[i] >= 0 && user->device_groups[i] == group)
			return true;
	return false;
}

void call_detach(struct world *world, struct user *user)
{
	static struct oracle before;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint8_t which = take_byte(world);
	struct verdict verdict = { .murky = world->corrupt || has_revoked(user) };
	struct iova_change *change;
	struct held_group held = { .id = MAX_GROUPS };
	bool mine;
	size_t i;
	int r;

	if (!user->ctx)
		return;
	if (user->n_groups && which < 0xf0)
		held = user->groups[which % user->n_groups];
	i = find_group(user, held.id);
	mine = i < user->n_groups;
	verdict_add(&verdict, !mine, -ENOENT);
	verdict_add(&verdict, mine && user->n_groups == 1 && user->maps.n, -EBUSY);
	if (mine && has_open_device(user, held.id)) {
		/* One that the caller attached stays in the container, and is the caller's to take out. */
		if (!held.own_attach)
			return;
		verdict_add(&verdict, true, -EBUSY);
	}
	change = new_change();
	before = user->oracle;
	call_begins(world);
	r = iova_ctx_detach_group(user->ctx, held.id, change, &failure);
	call_made(world, user, "detach", r, &verdict, detach_errors, &failure);
	/* Where only the reading afterwards failed the group is gone all the same. */
	if (mine && iova_ctx_group_fd(user->ctx, held.id) < 0) {
		CHECK(r >= 0 || world->disturbed || verdict.murky);
		memmove(&user->groups[i], &user->groups[i + 1],
			(user->n_groups - i - 1) * sizeof held);
		user->n_groups--;
		if (held.own_attach || held.fd < 0)
			leave_group(world, user, &held);
	} else {
		CHECK(r < 0);
		mine = false;
	}
	if (r >= 0)
		learn(world, user, &before, change);
	else
		learn_nothing(world, user);
	if (mine && held.fd >= 0) {
		CHECK(!world->sys->close(world->sys->data, held.fd));
		leave_group(world, user, &held);
		box_look(world, user->box);
	}
	iova_change_free(change);
}

void call_refresh(struct world *world, struct user *user)
{
	static struct oracle before;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct verdict verdict = { .murky = world->corrupt || has_revoked(user) };
	struct iova_change *change;
	int r;

	if (!user->ctx)
		return;
	change = new_change();
	before = user->oracle;
	call_begins(world);
	r = iova_ctx_refresh(user->ctx, change, &failure);
	call_made(world, user, "refresh", r, &verdict, refresh_errors, &failure);
	if (r >= 0)
		learn(world, user, &before, change);
	else
		learn_nothing(world, user);
	iova_change_free(change);
}
