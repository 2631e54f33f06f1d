/* SPDX-License-Identifier: BSD-3-Clause */
/* What happens outside: other processes, plugged devices, files that misbehave. */
#include "world.h"

static struct box *take_box(struct world *world)
{
	struct box *box = &world->boxes[take_below(world, 3)];

	return box->alive ? box : NULL;
}

static void map_behind(struct world *world)
{
	struct box *box = take_box(world);
	const struct user *user = &world->users[box == &world->boxes[1]];
	uint64_t iova, length;
	int r;

	if (!box || box->maps.n >= MAX_MAPS / 2)
		return;
	iova = take_address(world, user);
	length = take_length(world, user, iova);
	r = iova_sim_map_behind(world->sim, box->fd, iova, 0x6f0000000000, length);
	SAY("somebody maps 0x%" PRIx64 "+0x%" PRIx64 ": %d\n", iova, length, r);
	box_resync(world, box);
}

static void unmap_behind(struct world *world)
{
	struct box *box = take_box(world);
	struct iova_range range;
	int r;

	if (!box)
		return;
	range = take_range(world, &world->users[box == &world->boxes[1]]);
	r = iova_sim_unmap_behind(world->sim, box->fd, range.start, range.last);
	SAY("somebody unmaps 0x%" PRIx64 "-0x%" PRIx64 ": %d\n", range.start, range.last, r);
	box_resync(world, box);
}

static void attach_behind(struct world *world)
{
	struct box *box = take_box(world);
	uint32_t group = take_below(world, world->n_groups);
	int r;

	if (!box)
		return;
	r = iova_sim_attach_behind(world->sim, box->fd, group);
	SAY("somebody attaches group %u: %d\n", (unsigned)group, r);
	if (r < 0)
		return;
	box->groups |= 1u << group;
	world->holder[group] = HELD_BEHIND;
}

static void detach_behind(struct world *world)
{
	uint32_t group = take_below(world, world->n_groups);
	int r = iova_sim_detach_behind(world->sim, group);

	SAY("somebody detaches group %u: %d\n", (unsigned)group, r);
	for (size_t i = 0; i < 3 && r >= 0; i++)
		if (world->boxes[i].alive && world->boxes[i].groups & 1u << group)
			leave_box(world, &world->boxes[i], group);
}

/* From 6.1 on VFIO gives a group up with its last device, whoever has it open. */
static void may_revoke(struct world *world, uint32_t group, bool had_node)
{
	if (!had_node || world_has_node(world, group))
		return;
	for (size_t i = 0; i < 3; i++)
		if (world->boxes[i].alive && world->boxes[i].groups & 1u << group)
			leave_box(world, &world->boxes[i], group);
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < world->users[i].n_groups; k++)
			if (world->users[i].groups[k].id == group)
				world->users[i].groups[k].revoked = true;
	world->holder[group] = HELD_BY_NOBODY;
}

static void remove_device(struct world *world)
{
	struct sim_device_state *device;
	bool had_node;
	int r;

	if (!world->n_devices)
		return;
	device = &world->devices[take_byte(world) % world->n_devices];
	had_node = world_has_node(world, device->group);
	r = device->gone ? -ENOENT : iova_sim_remove_device(world->sim, device->name);
	SAY("%s is unplugged: %d\n", device->name, r);
	device->gone = device->gone || !r;
	may_revoke(world, device->group, had_node);
}

static void bind(struct world *world)
{
	static const char *const drivers[] = { "vfio-pci", "", "nvme", "pcieport" };
	struct sim_device_state *device;
	const char *driver;
	bool had_node;
	int r;

	if (!world->n_devices)
		return;
	device = &world->devices[take_byte(world) % world->n_devices];
	driver = drivers[take_below(world, 4)];
	if (device->gone)
		return;
	had_node = world_has_node(world, device->group);
	r = iova_sim_bind(world->sim, device->name, *driver ? driver : NULL);
	SAY("%s is bound to %s: %d\n", device->name, driver, r);
	if (!r)
		snprintf(device->driver, sizeof device->driver, "%s", driver);
	may_revoke(world, device->group, had_node);
}

static void spoil_file(struct world *world)
{
	static const char *const files[] = { "reserved_regions", "reserved_regions", "type",
					     "devices" };
	static const char *const texts[] = {
		"",
		"0x0000000000100000 0x00000000001fffff direct-relaxable\n",
		"0x0000000000100000 0x00000000001fffff direct\n0x0000000000200000 nothing\n",
		"0x00000000fee00000 0x00000000fee00fff msi\n0x0 0xffffffffffffffff direct-relaxable\n",
		"0x0000000000001800 0x00000000000027ff direct-relaxable\n",
		"0x0000000000300000 0x00000000002fffff reserved\n",
	};
	static const int errors[] = { EIO, EACCES, EIO, ENOENT };
	uint32_t group = take_below(world, world->n_groups);
	uint8_t what = take_byte(world), how = take_byte(world);
	const char *file = files[what & 3];
	char path[96];

	snprintf(path, sizeof path, "sys/kernel/iommu_groups/%u/%s", (unsigned)group, file);
	SAY("%s: %u %u\n", path, what >> 2 & 3, how);
	if ((what & 3) == 3 || (what >> 2 & 3) == 0)
		(void)iova_sim_file_error(world->sim, path,
					  (what & 3) == 3 ? EIO : errors[how & 3]);
	else if ((what >> 2 & 3) == 1)
		(void)iova_sim_file_cut(world->sim, path, how);
	else
		(void)iova_sim_file_text(world->sim, path,
					 texts[how % (sizeof texts / sizeof *texts)]);
}

static void change_memory(struct world *world)
{
	uint8_t how = take_byte(world);

	world->memory.limit = how & 1 ? UINT64_MAX : (uint64_t)how << 14;
	world->memory.exempt = (how & 0xe) == 0xe;
	CHECK(!iova_sim_set_memory(world->sim, &world->memory));
	SAY("memory limit %" PRIu64 "%s\n", world->memory.limit,
	    world->memory.exempt ? ", exempt" : "");
}

static void corrupt(struct world *world)
{
	uint8_t offset = take_byte(world), size = take_byte(world);
	uint64_t value = size & 8 ? take_number(world) : take_byte(world);

	if (offset >= 0xf0) {
		iova_sim_clear_corruption(world->sim);
		world->corrupt = false;
		return;
	}
	SAY("replies are corrupted at %u, %u bytes, 0x%" PRIx64 "\n", offset, 1 + (size & 7u),
	    value);
	CHECK(!iova_sim_corrupt_info(world->sim, offset, 1 + (size & 7u), value));
	world->corrupt = true;
}

void event(struct world *world, uint32_t which)
{
	switch (which) {
	case 0:
		map_behind(world);
		break;
	case 1:
		unmap_behind(world);
		break;
	case 2:
		attach_behind(world);
		break;
	case 3:
		detach_behind(world);
		break;
	case 4:
		world_add_device(world, take_below(world, world->n_groups), take_below(world, 6));
		break;
	case 5:
		remove_device(world);
		break;
	case 6:
		bind(world);
		break;
	case 7:
		spoil_file(world);
		break;
	case 8:
		change_memory(world);
		break;
	case 9:
		SAY("files behave again\n");
		iova_sim_clear_files(world->sim);
		break;
	default:
		corrupt(world);
		break;
	}
}
