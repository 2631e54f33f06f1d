/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices of attached groups. */
#include "world.h"

static const int device_errors[] = { EINVAL, ENOENT, ENODEV, ENOMEM, 0 };

static bool is_attached(const struct user *user, uint32_t group)
{
	bool found = false;

	for (size_t i = 0; i < user->n_groups; i++)
		found = found || user->groups[i].id == group;
	return found;
}

void close_device(struct world *world, struct user *user, uint32_t i)
{
	if (user->devices[i] < 0)
		return;
	SAY("%s: closes device fd %d\n", user->name, user->devices[i]);
	CHECK(!world->sys->close(world->sys->data, user->devices[i]));
	user->devices[i] = -1;
}

static void device_verdict(const struct world *world, const struct user *user, const char *name,
			   uint32_t group, struct verdict *verdict)
{
	const struct sim_device_state *found = NULL;

	for (size_t i = 0; i < world->n_devices; i++)
		if (!world->devices[i].gone && !strcmp(world->devices[i].name, name))
			found = &world->devices[i];
	verdict_add(verdict, !found || !is_attached(user, group), -ENOENT);
	if (!found)
		return;
	verdict_add(verdict, strncmp(found->driver, "vfio", 4), -ENODEV);
	verdict_add(verdict, !world->kernel.claims_owner && !world_is_viable(world, group),
		    -EINVAL);
}

void call_open_device(struct world *world, struct user *user)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct verdict verdict = { .murky = has_revoked(user) };
	uint8_t which = take_byte(world);
	uint32_t group = (which & 3) % world->n_groups, slot = which >> 6;
	char name[32];
	int r;

	if (!user->ctx)
		return;
	close_device(world, user, slot);
	snprintf(name, sizeof name, "0000:0%u:00.%u", (unsigned)group, which >> 2 & 7);
	device_verdict(world, user, name, group, &verdict);
	if ((which & 0x3c) == 0x3c) {
		snprintf(name, sizeof name, "no such name");
		verdict.expected.n = 0;
		verdict_add(&verdict, true, -EINVAL);
	}
	call_begins(world);
	r = iova_ctx_open_device(user->ctx, name, &failure);
	call_made(world, user, "open device", r, &verdict, device_errors, &failure);
	if (r >= 0) {
		user->devices[slot] = r;
		user->device_groups[slot] = group;
	}
	resync_all(world);
}
