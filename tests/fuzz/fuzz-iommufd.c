/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Contexts on iommufd, and those on containers beside them: the first bytes describe a host, the others
 * are a program of public calls by three contexts that share an iommufd, an IOAS or nothing. After
 * each call the kernel of the host must hold exactly what the contexts have recorded, and a call that
 * failed must have changed nothing. With -v, before any other argument, the program is printed
 * as it runs.
 */
#include "iommufd/plant.h"

/* A call fails within the next call of ours. */
static void arm(struct plant *plant)
{
	static const int errors[] = { EINTR, EINVAL, ENOMEM, EFAULT, EIO, EBUSY, EPERM, ENOENT };
	uint32_t call = take_below(plant, IOVA_SIM_N_CALLS), nth = 1 + take_below(plant, 8);

	if (plant->armed)
		return;
	plant->armed = true;
	plant->error = errors[take_below(plant, 8)];
	CHECK(!iova_sim_fail(plant->sim, call, nth, plant->error));
	SAY("in the next call, call %u of kind %u: errno %d\n", (unsigned)nth, (unsigned)call,
	    plant->error);
}

static void call_on_one(struct plant *plant, struct user *user, uint32_t kind)
{
	switch (kind) {
	case 0:
	case 1:
	case 2:
		call_attach(plant, user, kind);
		break;
	case 3:
	case 4:
		call_detach(plant, user, kind - 3);
		break;
	case 5:
	case 6:
		call_pin(plant, user, kind == 6);
		break;
	case 7:
		call_refresh(plant, user);
		break;
	case 8:
	case 9:
		call_map_fixed(plant, user, kind == 9);
		break;
	case 10:
	case 11:
		call_map(plant, user, kind == 11);
		break;
	case 12:
		call_map_many(plant, user);
		break;
	default:
		call_unmap(plant, user, kind == 14);
		break;
	}
}

static void happen(struct plant *plant)
{
	plant_add_region(plant, take_below(plant, N_DEVICES));
	for (size_t i = 0; i < N_USERS; i++)
		plant->users[i].knows_little = true;
}

static void step(struct plant *plant)
{
	uint8_t op = take(plant);
	struct user *user = &plant->users[(op >> 5) % N_USERS];
	struct user *to = &plant->users[((op >> 5) + 1 + (op & 1)) % N_USERS];
	uint32_t kind = op & 31;

	SAY("%u:\n", (unsigned)(user - plant->users));
	if (kind == 31)
		arm(plant);
	else if (kind == 30)
		happen(plant);
	else if (!user->ctx || kind == 29)
		call_open(plant, user);
	else if (kind == 28)
		call_close(plant, user);
	else if (kind >= 24 && to->ctx)
		call_copy(plant, user, to);
	else if (kind >= 20 && to->ctx)
		call_move(plant, user, to);
	else
		call_on_one(plant, user, kind % 15);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct plant plant;

	plant = (struct plant){ .data = data, .size = size };
	for (size_t i = 0; i < N_USERS; i++)
		plant.users[i].lender = -1;
	plant_make(&plant);
	while (plant.at < plant.size && plant.n_calls < MAX_CALLS)
		step(&plant);
	iova_sim_clear_faults(plant.sim);
	plant.armed = false;
	for (size_t i = 0; i < N_USERS; i++)
		call_close(&plant, &plant.users[i]);
	plant_clear(&plant);
	return 0;
}
