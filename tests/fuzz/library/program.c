/* SPDX-License-Identifier: BSD-3-Clause */
/* The bytes are a program: small numbers, and addresses at which something begins or ends. */
#include "world.h"

uint8_t take_byte(struct world *world)
{
	return world->at < world->size ? world->data[world->at++] : 0;
}

uint32_t take_below(struct world *world, uint32_t n)
{
	return take_byte(world) % n;
}

uint64_t take_number(struct world *world)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | take_byte(world);
	return number;
}

/* Where something of this user's begins, or goes on. */
static uint64_t take_place(struct world *world, const struct user *user, uint32_t kind, uint32_t i)
{
	static const uint64_t places[] = {
		0,          0x100000,     0xfee00000,   0xfef00000, 1ull << 32,
		1ull << 36, 1ull << 39,   1ull << 48,   1ull << 57, 1ull << 63,
		0,          0xfd00000000, 0x1000000000, 0x8000000,  0x1000000,
		0x40000000,
	};
	const struct iova_mapping *mapping;

	switch (kind) {
	case 0:
		return places[i % (sizeof places / sizeof *places)];
	case 1:
		return user->oracle.n_pieces ?
			       user->oracle.pieces[i % user->oracle.n_pieces].range.start :
			       0;
	case 2:
	case 3:
		if (!user->maps.n)
			return places[i % 4];
		mapping = &user->maps.items[i % user->maps.n];
		return kind == 2 ? mapping->range.start : mapping->range.last + 1;
	case 4:
		return user->told.n_kernel ? user->told.kernel[i % user->told.n_kernel].start : 0;
	case 5:
		return user->told.n_kernel ? user->told.kernel[i % user->told.n_kernel].last + 1 :
					     0;
	case 6:
		return world->n_regions ? world->regions[i % world->n_regions].range.start : 0;
	default:
		return (uint64_t)i << 20;
	}
}

/* Mostly on a granule, within a few of a place. */
uint64_t take_address(struct world *world, const struct user *user)
{
	uint8_t kind = take_byte(world), step = take_byte(world);
	uint64_t granule = user->told.granule ? user->told.granule : 4096;
	uint64_t address;

	if (kind == 0xff)
		return take_number(world);
	address = take_place(world, user, kind & 7, kind >> 3);
	address += ((uint64_t)(step & 15) - 7) * granule;
	if (step < 0xf0)
		return address & ~(granule - 1);
	return address + (step & 1 ? 1 : -1ull);
}

uint64_t take_length(struct world *world, const struct user *user, uint64_t address)
{
	uint8_t kind = take_byte(world);
	uint64_t granule = user->told.granule ? user->told.granule : 4096;

	if (kind < 0xa0)
		return granule * (1 + (kind & 7));
	if (kind < 0xc0)
		return granule << (kind & 31);
	if (kind < 0xe0 && user->oracle.n_pieces) {
		/* As far as some piece goes, or as some mapping. */
		size_t i = take_byte(world);
		uint64_t last = user->oracle.pieces[i % user->oracle.n_pieces].range.last;

		if (user->maps.n && kind & 1)
			last = user->maps.items[i % user->maps.n].range.last;
		return last - address + 1 + granule * ((uint64_t)(kind >> 1 & 3) - 1);
	}
	if (kind < 0xf0)
		return (uint64_t)1 << (take_byte(world) & 63);
	return kind == 0xf0 ? 0 : kind == 0xff ? take_number(world) : granule + kind - 0xf8;
}

struct iova_range take_range(struct world *world, const struct user *user)
{
	uint64_t a = take_address(world, user);
	uint64_t b = a + (take_length(world, user, a) - 1);

	return a < b ? (struct iova_range){ a, b } : (struct iova_range){ b, a };
}
