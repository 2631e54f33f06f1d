/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The whole library: the first bytes describe a host, the others are a program
 * of public calls, and of what others do meanwhile. After each call the answer,
 * the library's state and the model's are compared with plain arrays and a
 * naive oracle; library/world.h says what there is. With -v, before any other
 * argument, the program is printed as it runs.
 */
#include "library/world.h"

#include <libiova/libiova.h>

/* The next call, or what is to go wrong in it. */
static void request(struct world *world, uint32_t kind)
{
	static const int errors[] = { EINTR, EINVAL, ENOMEM, EFAULT, EIO,    EBUSY,
				      EPERM, ENODEV, EACCES, ENOENT, ENOTTY, ENOSPC };

	world->request = kind;
	world->request_call = take_below(world, IOVA_SIM_CALL_OTHER_IOCTL + 1);
	world->request_nth = 1 + (take_byte(world) & 15);
	world->request_event = take_below(world, 11);
	world->request_error = errors[world->request_event];
	SAY("in the next call, call %u of kind %u: %s %u\n", (unsigned)world->request_nth,
	    (unsigned)world->request_call, kind == 1 ? "errno" : "event",
	    kind == 1 ? (unsigned)world->request_error : (unsigned)world->request_event);
}

static void context_call(struct world *world, struct user *user, uint32_t which, bool many)
{
	if (many && which == 1) {
		call_map_many(world, user);
		return;
	}
	if (many && which == 9) {
		call_unmap_many(world, user);
		return;
	}
	switch (which) {
	case 0:
	case 1:
		call_map(world, user, 0);
		break;
	case 2:
	case 3:
	case 4:
		call_map(world, user, which / 2);
		break;
	case 5:
	case 6:
	case 7:
		call_unmap(world, user, which - 5);
		break;
	case 8:
	case 9:
		call_attach(world, user, 0);
		break;
	case 10:
	case 11:
		call_attach(world, user, which - 9);
		break;
	case 12:
		call_detach(world, user);
		break;
	case 13:
		call_refresh(world, user);
		break;
	case 14:
		call_probe(world, user);
		break;
	case 15:
		call_limits(world, user);
		break;
	case 16:
		call_open_device(world, user);
		break;
	case 17:
		close_device(world, user, take_below(world, 4));
		break;
	default:
		call_close(world, user);
		if (which == 18)
			call_open(world, user);
		break;
	}
}

static void space_call(struct world *world, struct user *user, uint32_t which)
{
	switch (which) {
	case 0:
		call_check(world, user);
		break;
	case 1:
		call_alloc(world, user);
		break;
	case 2:
		call_reserve(world, user);
		break;
	case 3:
		call_tell(world, user);
		break;
	case 4:
		call_try(world, user);
		break;
	default:
		call_record(world, user);
		break;
	}
}

static void open_space(struct user *user)
{
	struct iova_policy *policy;
	struct iova_space_opts opts = { .size = sizeof opts };

	CHECK(!iova_policy_new(IOVA_POLICY_WARN, &policy));
	opts.policy = policy;
	CHECK(!iova_space_new(&opts, &user->space));
	iova_policy_free(policy);
	user->told.granule = 4096;
	user->told.mode = IOVA_POLICY_WARN;
	ask_oracle(user);
}

/* Everything is given back, and then nothing is left. */
static void finish(struct world *world)
{
	struct iova_sim_report report = { .size = sizeof report };

	world->request = 0;
	for (size_t i = 0; i < 3; i++) {
		world->users[i].unseen = true;
		if (world->users[i].space)
			verify_user(&world->users[i]);
	}
	for (size_t i = 0; i < 2; i++)
		call_close(world, &world->users[i]);
	iova_space_free(world->users[2].space);
	if (world->boxes[2].alive)
		drop_behind(world, &world->boxes[2]);
	if (world->boxes[2].alive)
		CHECK(!world->sys->close(world->sys->data, world->boxes[2].fd));
	CHECK(!iova_sim_report(world->sim, &report));
	SAY("left: %u fds, %u containers, %u groups, %u mappings, %" PRIu64 " pages\n",
	    (unsigned)report.n_fds, (unsigned)report.n_containers, (unsigned)report.n_groups,
	    (unsigned)report.n_mappings, report.n_pinned_pages);
	CHECK(!report.n_fds && !report.n_containers && !report.n_groups && !report.n_mappings &&
	      (!report.n_pinned_pages || world->lost));
	iova_sim_free(world->sim);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world world;
	static const char *const names[] = { "first", "second", "bare" };

	memset(&world, 0, sizeof world);
	world.data = data;
	world.size = size;
	for (size_t i = 0; i < 3; i++)
		world.users[i].name = names[i];
	for (size_t i = 0; i < 12; i++)
		world.users[i / 4].devices[i % 4] = -1;
	world_make(&world);
	open_space(&world.users[2]);
	call_open(&world, &world.users[0]);
	call_attach(&world, &world.users[0], 0);
	while (world.at < world.size && world.n_calls < MAX_CALLS) {
		uint8_t op = take_byte(&world), which = op & 31;
		struct user *user = &world.users[op & 0x20 ? 1 : 0];

		if (op >= 0xc0)
			user = &world.users[2];
		if (op >= 0x80 && (op & 0x1f) < 11 && op < 0xc0) {
			event(&world, op & 0x1f);
		} else if (op >= 0x80 && op < 0xc0) {
			request(&world, 1 + (op & 1));
			continue;
		} else if (which < 20 && user->told.granule && op < 0x80) {
			context_call(&world, user, which, op & 0x40);
		} else {
			space_call(&world, user, which % 6);
		}
		if (user->space)
			verify_user(user);
		verify_world(&world);
	}
	finish(&world);
	return 0;
}
