/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a user must know after the library has looked: sysfs read once more, in
 * the plainest way, and the model's own word for the list of valid ranges.
 */
#include "world.h"

#define GROUPS "/sys/kernel/iommu_groups"

/* The made host points into itself. */
static void fix(struct made_host *made)
{
	made->host.groups = made->groups;
	made->host.room = MAX_GROUPS;
	for (size_t i = 0; i < made->host.n; i++) {
		made->groups[i].devices = made->devices[i];
		made->groups[i].regions = made->regions[i];
	}
}

/* What must be said from now on, and is compared once. */
void ask_oracle(struct user *user)
{
	oracle_ask(&user->oracle, &user->told);
	user->unseen = true;
}

void told_copy(struct told *to, const struct told *from)
{
	*to = *from;
	fix(&to->made);
}

void forget_groups(struct told *told)
{
	told->made.host.n = 0;
}

static void read_regions(const struct world *world, struct iova_group *group)
{
	static char text[70000];
	char path[96], word[sizeof text];
	uint32_t quality = IOVA_REGIONS_READ;
	int64_t n;

	snprintf(path, sizeof path, GROUPS "/%u/reserved_regions", (unsigned)group->info.id);
	n = world->sys->read_file(world->sys->data, -1, path, text, sizeof text - 1);
	text[n > 0 ? n : 0] = '\0';
	if (n > 0 && (n >= 4000 || text[n - 1] != '\n'))
		quality = IOVA_REGIONS_TRUNCATED;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		struct iova_region *region = &group->regions[group->info.n_regions];
		uint64_t start, last;

		if (sscanf(line, "0x%16" SCNx64 " 0x%16" SCNx64 " %s", &start, &last, word) != 3 ||
		    start > last) {
			if (quality == IOVA_REGIONS_READ)
				quality = IOVA_REGIONS_MALFORMED;
			continue;
		}
		CHECK(group->info.n_regions < MAX_REGIONS);
		*region = (struct iova_region){ .range = { start, last } };
		region->type = !strcmp(word, "direct")           ? IOVA_REGION_DIRECT :
			       !strcmp(word, "direct-relaxable") ? IOVA_REGION_DIRECT_RELAXABLE :
			       !strcmp(word, "reserved")         ? IOVA_REGION_RESERVED :
			       !strcmp(word, "msi")              ? IOVA_REGION_MSI :
								   IOVA_REGION_UNKNOWN;
		group->info.n_regions++;
	}
	group->info.regions = n > 0        ? quality :
			      !n           ? IOVA_REGIONS_EMPTY :
			      n == -ENOENT ? IOVA_REGIONS_MISSING :
					     IOVA_REGIONS_UNREADABLE;
}

static int take_name(void *arg, const char *name)
{
	struct iova_group *group = arg;

	CHECK(group->info.n_devices < MAX_DEVICES);
	snprintf(group->devices[group->info.n_devices++].name, IOVA_DEVICE_NAME_MAX, "%s", name);
	return 0;
}

static void read_devices(const struct world *world, struct iova_group *group)
{
	const struct iova_sys *sys = world->sys;
	char path[192], text[32];

	snprintf(path, sizeof path, GROUPS "/%u/devices", (unsigned)group->info.id);
	(void)sys->list(sys->data, -1, path, take_name, group);
	for (size_t i = 0; i < group->info.n_devices; i++) {
		struct iova_device_info *device = &group->devices[i];
		int64_t n;

		snprintf(path, sizeof path, GROUPS "/%u/devices/%s/class", (unsigned)group->info.id,
			 device->name);
		n = sys->read_file(sys->data, -1, path, text, sizeof text - 1);
		text[n > 0 ? n : 0] = '\0';
		device->class_code = (uint32_t)strtoul(text, NULL, 16);
	}
}

/* A group is taken in, or taken anew. */
void read_group_plainly(const struct world *world, uint32_t id, struct told *told)
{
	struct made_host *made = &told->made;
	struct iova_group *group;
	size_t i = 0;

	while (i < made->host.n && made->groups[i].info.id != id)
		i++;
	CHECK(i < MAX_GROUPS);
	if (i == made->host.n)
		made->host.n++;
	group = &made->groups[i];
	memset(made->devices[i], 0, sizeof made->devices[i]);
	*group = (struct iova_group){ .info.id = id };
	fix(made);
	read_regions(world, group);
	read_devices(world, group);
}

static void believe_list(struct world *world, struct user *user)
{
	const struct iova_sim_kernel *kernel = &world->kernel;
	struct told *told = &user->told;
	int n;

	told->list = IOVA_LIST_NONE;
	told->n_kernel = 0;
	if (!user->page_doubtful)
		told->granule = world->memory.page_size;
	else
		told->granule = iova_space_granule(user->space);
	if (!user->box->iommu_set || (!user->n_groups && !user->lent))
		return;
	told->granule = box_granule(world, user->box);
	if (!kernel->has_cap_offset)
		return;
	if (kernel->has_migration || kernel->has_avail)
		told->list = IOVA_LIST_UNRESTRICTED;
	n = iova_sim_list(world->sim, user->box->fd, told->kernel, MAX_LIST);
	CHECK(n >= 0 && n <= MAX_LIST);
	if (n && kernel->has_list) {
		told->list = IOVA_LIST_RANGES;
		told->n_kernel = (size_t)n;
	}
}

/* After a call that reads it all anew. */
void believe(struct world *world, struct user *user)
{
	believe_list(world, user);
	forget_groups(&user->told);
	for (size_t i = 0; i < user->n_groups; i++)
		read_group_plainly(world, user->groups[i].id, &user->told);
	ask_oracle(user);
}

/* One more group, as it is described elsewhere. */
void told_add_group(struct told *told, const struct iova_group *group)
{
	struct made_host *made = &told->made;
	size_t i = made->host.n++;
	struct iova_device_info devices[MAX_DEVICES];
	struct iova_region regions[MAX_REGIONS];

	CHECK(i < MAX_GROUPS);
	memcpy(devices, group->devices, sizeof devices);
	memcpy(regions, group->regions, sizeof regions);
	made->groups[i] = *group;
	memcpy(made->devices[i], devices, sizeof devices);
	memcpy(made->regions[i], regions, sizeof regions);
	fix(made);
}

static void believe_group(const struct iova_host *host, const struct iova_group_info *info,
			  struct told *told)
{
	struct made_host *made = &told->made;
	size_t i = made->host.n++;

	CHECK(i < MAX_GROUPS && info->n_devices <= MAX_DEVICES && info->n_regions <= MAX_REGIONS);
	made->groups[i] = (struct iova_group){ .info = *info };
	fix(made);
	for (size_t k = 0; k < info->n_devices; k++) {
		made->devices[i][k].size = sizeof made->devices[i][k];
		CHECK(!iova_host_nth_device(host, info->id, k, &made->devices[i][k]));
	}
	for (size_t k = 0; k < info->n_regions; k++)
		CHECK(!iova_host_nth_region(host, info->id, k, &made->regions[i][k]));
}

/*
 * Where something happened in the middle of a successful call, or the reply was corrupted, only
 * the library knows which moment it saw: its inputs are taken over, and no more than those.
 */
void believe_the_library(struct user *user)
{
	struct told *told = &user->told;
	const struct iova_host *host = iova_ctx_host(user->ctx);
	struct iova_group_info info = { .size = sizeof info };
	struct iova_set *set;

	CHECK(!iova_set_new(&set));
	CHECK(!iova_space_read_kernel(user->space, &told->list, set));
	told->n_kernel = iova_set_read(set, told->kernel, MAX_LIST);
	CHECK(told->n_kernel <= MAX_LIST);
	iova_set_free(set);
	told->granule = iova_space_granule(user->space);
	forget_groups(told);
	for (size_t i = 0; i < user->n_groups; i++) {
		CHECK(!iova_host_find_group(host, user->groups[i].id, &info));
		believe_group(host, &info, told);
	}
	ask_oracle(user);
}

void believe_maps(struct user *user)
{
	user->told.n_mapped = user->maps.n;
	for (size_t i = 0; i < user->maps.n; i++)
		user->told.mapped[i] = user->maps.items[i].range;
}

/* A context that holds what is no more gets from the kernel whatever there is left to say. */
bool has_revoked(const struct user *user)
{
	bool found = false;

	for (size_t i = 0; i < user->n_groups; i++)
		found = found || user->groups[i].revoked;
	return found;
}

/* Whether with the group a mapping would lie, in part, where it may not and did before. */
bool would_break(struct world *world, const struct user *user, uint32_t group)
{
	static struct told told;
	static struct oracle oracle;
	bool broken = false;

	told_copy(&told, &user->told);
	read_group_plainly(world, group, &told);
	oracle_ask(&oracle, &told);
	for (size_t i = 0; i < oracle.n_pieces; i++) {
		const struct oracle_piece *after = &oracle.pieces[i];

		for (size_t k = 0; k < user->oracle.n_pieces; k++) {
			const struct oracle_piece *before = &user->oracle.pieces[k];
			struct iova_range both = after->range;

			if (after->tier != IOVA_TIER_REFUSED || before->tier == IOVA_TIER_REFUSED ||
			    !meet(after->range, before->range))
				continue;
			if (before->range.start > both.start)
				both.start = before->range.start;
			if (before->range.last < both.last)
				both.last = before->range.last;
			for (size_t m = 0; m < user->maps.n; m++)
				broken = broken || meet(user->maps.items[m].range, both);
		}
	}
	return broken;
}
