/* SPDX-License-Identifier: BSD-3-Clause */
#include "bad-input.h"

#include <errno.h>

#define TOP_PAGE (UINT64_MAX - 0xfff)
#define MEMORY ((void *)VADDR)
#define EMPTY_LIMITS ((struct iova_limits){ .size = sizeof(struct iova_limits) })

#define CALL(name, expression)                                    \
	static int name(struct set_up *s, struct iova_failure *f) \
	{                                                         \
		(void)s;                                          \
		return (expression);                              \
	}

static int map_with(struct iova_ctx *ctx, struct iova_map_opts opts, struct iova_failure *f)
{
	return iova_ctx_map_fixed(ctx, AT + 2 * MIB, MEMORY, MIB, &opts, f);
}

static int map_any(struct iova_ctx *ctx, void *memory, uint64_t length, struct iova_failure *f)
{
	uint64_t iova = 4711;
	int r = iova_ctx_map(ctx, memory, length, NULL, &iova, f);

	assert_int_equal(iova, 4711);
	return r;
}

static int map_any_with(struct iova_ctx *ctx, struct iova_alloc_opts alloc, struct iova_failure *f)
{
	struct iova_map_opts opts = { .size = sizeof opts, .alloc = alloc };
	uint64_t iova;

	return iova_ctx_map(ctx, MEMORY, MIB, &opts, &iova, f);
}

static int unmap(struct iova_ctx *ctx, uint64_t iova, uint64_t length, struct iova_failure *f)
{
	uint64_t unmapped = 4711;
	int r = iova_ctx_unmap(ctx, iova, length, &unmapped, f);

	assert_int_equal(unmapped, 4711);
	return r;
}

static int open_with(const struct set_up *s, struct iova_ctx_opts opts, struct iova_failure *f)
{
	struct iova_ctx *ctx = (struct iova_ctx *)s;
	int r;

	opts.sys = s->world->sys;
	r = iova_ctx_open(&opts, &ctx, f);
	assert_ptr_equal(ctx, s);
	return r;
}

#define ALLOC_OPTS(...) \
	((struct iova_alloc_opts){ .size = sizeof(struct iova_alloc_opts), __VA_ARGS__ })

CALL(attach_4711, iova_ctx_attach_group(s->ctx, 4711, NULL, f))
CALL(attach_none, iova_ctx_attach_group(s->ctx, IOVA_GROUP_NONE, NULL, f))
CALL(adopt_4711, iova_ctx_adopt_group(s->ctx, 4711, s->group, NULL, f))
CALL(adopt_none, iova_ctx_adopt_group(s->ctx, IOVA_GROUP_NONE, s->group, NULL, f))
CALL(attach_eth0, iova_ctx_attach_device(s->ctx, "eth0", NULL, f))
CALL(attach_nothing, iova_ctx_attach_device(s->ctx, "", NULL, f))
CALL(open_eth0, iova_ctx_open_device(s->ctx, "eth0", f))
CALL(attach_absent, iova_ctx_attach_device(s->ctx, "0000:7f:1f.7", NULL, f))
CALL(open_absent, iova_ctx_open_device(s->ctx, "7f:1f.7", f))
CALL(attach_lost, iova_ctx_attach_device(s->lost, "0000:01:00.0", NULL, f))
CALL(open_lost, iova_ctx_open_device(s->lost, "0000:01:00.0", f))
CALL(attach_nowhere, iova_ctx_attach_group(s->nowhere, GROUP_USB, NULL, f))
CALL(device_nowhere, iova_ctx_attach_device(s->nowhere, "0000:01:00.0", NULL, f))
CALL(attach_forbidden, iova_ctx_attach_group(s->forbidden, GROUP_USB, NULL, f))
CALL(device_forbidden, iova_ctx_attach_device(s->forbidden, "0000:01:00.0", NULL, f))

CALL(map_iova_off, map_at(s->ctx, AT + 0x10010, MIB, f))
CALL(map_length_off, map_at(s->ctx, AT + 2 * MIB, 0x1234, f))
CALL(map_vaddr_off, iova_ctx_map_fixed(s->ctx, AT + 2 * MIB, (void *)(VADDR + 0x123), MIB, NULL, f))
CALL(any_length_off, map_any(s->ctx, MEMORY, 0x1234, f))
CALL(any_vaddr_off, map_any(s->ctx, (void *)(VADDR + 0x123), MIB, f))
CALL(identity_off, iova_ctx_map_identity(s->ctx, (void *)0x50000123, MIB, NULL, f))
CALL(unmap_iova_off, unmap(s->ctx, AT + 0x10, MIB, f))
CALL(unmap_length_off, unmap(s->ctx, AT, 0x1234, f))

CALL(map_iova_wraps, map_at(s->ctx, TOP_PAGE, 0x2000, f))
CALL(map_vaddr_wraps, iova_ctx_map_fixed(s->ctx, AT + 2 * MIB, (void *)TOP_PAGE, 0x2000, NULL, f))
CALL(any_vaddr_wraps, map_any(s->ctx, (void *)TOP_PAGE, 0x2000, f))
CALL(identity_wraps, iova_ctx_map_identity(s->ctx, (void *)TOP_PAGE, 0x2000, NULL, f))
CALL(unmap_wraps, unmap(s->ctx, AT, UINT64_MAX - 0xfff, f))

CALL(map_empty, map_at(s->ctx, AT + 2 * MIB, 0, f))
CALL(any_empty, map_any(s->ctx, MEMORY, 0, f))
CALL(identity_empty, iova_ctx_map_identity(s->ctx, (void *)0x50000000, 0, NULL, f))
CALL(unmap_empty, unmap(s->ctx, AT, 0, f))

CALL(container_of_file, open_with(s, ctx_lent(s->file), f))
CALL(container_of_group, open_with(s, ctx_lent(s->group), f))
CALL(group_of_container, iova_ctx_adopt_group(s->ctx, GROUP_USB, s->container, NULL, f))
CALL(group_of_own, iova_ctx_adopt_group(s->ctx, GROUP_USB, iova_ctx_container_fd(s->ctx), NULL, f))
CALL(group_of_file, iova_ctx_adopt_group(s->ctx, GROUP_USB, s->file, NULL, f))
CALL(container_closed, open_with(s, ctx_lent(s->closed), f))
CALL(container_minus, open_with(s, ctx_lent(-1), f))
CALL(group_closed, iova_ctx_adopt_group(s->ctx, GROUP_USB, s->closed, NULL, f))
CALL(group_minus, iova_ctx_adopt_group(s->ctx, GROUP_USB, -1, NULL, f))

CALL(map_bare, map_at(s->bare, AT, MIB, f))
CALL(any_bare, map_any(s->bare, MEMORY, MIB, f))
CALL(identity_bare, iova_ctx_map_identity(s->bare, (void *)0x50000000, MIB, NULL, f))
CALL(probe_bare, iova_ctx_probe_width(s->bare, &(uint32_t){ 0 }, f))
CALL(attach_twice, iova_ctx_attach_group(s->ctx, GROUP_NIC, NULL, f))
CALL(device_twice, iova_ctx_attach_device(s->ctx, "01:00.0", NULL, f))
CALL(adopt_twice, iova_ctx_adopt_group(s->ctx, GROUP_NIC, s->group, NULL, f))
CALL(detach_usb, iova_ctx_detach_group(s->ctx, GROUP_USB, NULL, f))
CALL(detach_4711, iova_ctx_detach_group(s->ctx, 4711, NULL, f))
CALL(open_usb, iova_ctx_open_device(s->ctx, "0000:00:14.0", f))
CALL(detach_busy, iova_ctx_detach_group(s->ctx, GROUP_NIC, NULL, f))
CALL(unmap_nothing, unmap(s->ctx, AT + 2 * MIB, MIB, f))
CALL(unmap_bare, unmap(s->bare, AT, MIB, f))
CALL(unmap_cut, unmap(s->ctx, AT, MIB / 2, f))
CALL(unmap_cut_last, unmap(s->ctx, AT + MIB / 2, MIB, f))
CALL(map_over, map_at(s->ctx, AT + MIB / 2, MIB, f))
CALL(map_same, map_at(s->ctx, AT, MIB, f))

CALL(open_short, open_with(s, (struct iova_ctx_opts){ .size = 8 }, f))
CALL(open_flags, open_with(s, OPTS(.flags = 0x80), f))
CALL(open_width, open_with(s, OPTS(.width = 65), f))
CALL(open_level, open_with(s, OPTS(.log_level = 99), f))
CALL(map_short, map_with(s->ctx, (struct iova_map_opts){ .size = 16 }, f))
CALL(map_flags, map_with(s->ctx, MAP_OPTS(.flags = 0x100), f))
CALL(alloc_short, map_any_with(s->ctx, (struct iova_alloc_opts){ .size = 12 }, f))
CALL(alloc_flags, map_any_with(s->ctx, ALLOC_OPTS(.flags = 0x100), f))
CALL(alloc_align, map_any_with(s->ctx, ALLOC_OPTS(.align = 0x3000), f))
CALL(alloc_window, map_any_with(s->ctx, ALLOC_OPTS(.window = { 2, 1 }), f))
CALL(limits_short, iova_ctx_limits(s->ctx, &(struct iova_limits){ .size = 8 }, f))
CALL(map_access, map_with(s->ctx, MAP_OPTS(.access = 4), f))
CALL(map_access_7, map_with(s->ctx, MAP_OPTS(.access = 7), f))

/* Options of a later version, with something in the part that is not known here. */
static int open_newer(struct set_up *s, struct iova_failure *f)
{
	struct {
		struct iova_ctx_opts opts;
		uint64_t more;
	} newer = { OPTS(.sys = s->world->sys), 1 };
	struct iova_ctx *ctx;

	newer.opts.size = sizeof newer;
	return iova_ctx_open(&newer.opts, &ctx, f);
}

static int map_newer(struct set_up *s, struct iova_failure *f)
{
	struct {
		struct iova_map_opts opts;
		uint64_t more;
	} newer = { MAP_OPTS(.flags = 0), 1 };

	newer.opts.size = sizeof newer;
	return iova_ctx_map_fixed(s->ctx, AT + 2 * MIB, MEMORY, MIB, &newer.opts, f);
}

CALL(null_open, iova_ctx_open(NULL, NULL, f))
CALL(null_attach, iova_ctx_attach_group(NULL, 1, NULL, f))
CALL(null_attach_device, iova_ctx_attach_device(NULL, "0000:01:00.0", NULL, f))
CALL(null_name, iova_ctx_attach_device(s->ctx, NULL, NULL, f))
CALL(null_adopt, iova_ctx_adopt_group(NULL, 1, s->group, NULL, f))
CALL(null_detach, iova_ctx_detach_group(NULL, 1, NULL, f))
CALL(null_refresh, iova_ctx_refresh(NULL, NULL, f))
CALL(null_open_device, iova_ctx_open_device(NULL, "0000:01:00.0", f))
CALL(null_open_name, iova_ctx_open_device(s->ctx, NULL, f))
CALL(null_limits, iova_ctx_limits(NULL, &EMPTY_LIMITS, f))
CALL(null_ret_limits, iova_ctx_limits(s->ctx, NULL, f))
CALL(null_probe, iova_ctx_probe_width(NULL, &(uint32_t){ 0 }, f))
CALL(null_width, iova_ctx_probe_width(s->ctx, NULL, f))
CALL(null_map, iova_ctx_map_fixed(NULL, AT, MEMORY, MIB, NULL, f))
CALL(null_vaddr, iova_ctx_map_fixed(s->ctx, AT + 2 * MIB, NULL, MIB, NULL, f))
CALL(null_map_any, iova_ctx_map(NULL, MEMORY, MIB, NULL, &(uint64_t){ 0 }, f))
CALL(null_any_vaddr, iova_ctx_map(s->ctx, NULL, MIB, NULL, &(uint64_t){ 0 }, f))
CALL(null_ret_iova, iova_ctx_map(s->ctx, MEMORY, MIB, NULL, NULL, f))
CALL(null_identity, iova_ctx_map_identity(NULL, MEMORY, MIB, NULL, f))
CALL(null_id_vaddr, iova_ctx_map_identity(s->ctx, NULL, MIB, NULL, f))
CALL(null_unmap, iova_ctx_unmap(NULL, AT, MIB, NULL, f))
CALL(null_unmap_all, iova_ctx_unmap_all(NULL, NULL, f))

#define ROW(kind, function, call, error, step, why, names)                                       \
	{                                                                                        \
		kind, "iova_ctx_" function, call, error, IOVA_STEP_##step, IOVA_WHY_##why, names \
	}
#define NULL_ROW(function, call) ROW("NULL", function, call, EINVAL, ARGUMENT, NULL, "NULL")
#define OPTIONS_ROW(function, call) \
	ROW("bad options", function, call, EINVAL, ARGUMENT, OPTIONS, "option struct")

const struct bad bad_inputs[] = {
	ROW("wrong group", "attach_group", attach_4711, ENOENT, OPEN_GROUP, NO_GROUP, "4711"),
	ROW("wrong group", "attach_group", attach_none, ENOENT, OPEN_GROUP, NO_GROUP, "group"),
	ROW("wrong group", "adopt_group", adopt_4711, ENOENT, FIND_GROUP, NO_GROUP, "4711"),
	ROW("wrong group", "adopt_group", adopt_none, ENOENT, FIND_GROUP, NO_GROUP, "group"),
	ROW("no BDF", "attach_device", attach_eth0, EINVAL, ARGUMENT, BAD_DEVICE_NAME, "\"eth0\""),
	ROW("no BDF", "attach_device", attach_nothing, EINVAL, ARGUMENT, BAD_DEVICE_NAME, "\"\""),
	ROW("no BDF", "open_device", open_eth0, EINVAL, ARGUMENT, BAD_DEVICE_NAME, "\"eth0\""),
	ROW("no device", "attach_device", attach_absent, ENOENT, FIND_GROUP, NO_DEVICE,
	    "0000:7f:1f.7"),
	ROW("no device", "open_device", open_absent, ENOENT, FIND_GROUP, NO_DEVICE, "0000:7f:1f.7"),
	ROW("no sysfs", "attach_device", attach_lost, ENOENT, FIND_GROUP, NO_SYSFS,
	    "/dev/sys/kernel/iommu_groups"),
	ROW("no sysfs", "open_device", open_lost, ENOENT, FIND_GROUP, NO_SYSFS,
	    "/dev/sys/kernel/iommu_groups"),
	ROW("no root", "attach_group", attach_nowhere, ENOENT, READ_HOST, UNKNOWN, "/nowhere"),
	ROW("no root", "attach_device", device_nowhere, ENOENT, READ_HOST, UNKNOWN, "/nowhere"),
	ROW("unreadable", "attach_group", attach_forbidden, EACCES, READ_HOST, UNKNOWN,
	    "/sys/devices"),
	ROW("unreadable", "attach_device", device_forbidden, EACCES, READ_HOST, UNKNOWN,
	    "/sys/devices"),
	ROW("unaligned", "map_fixed", map_iova_off, EINVAL, ARGUMENT, UNALIGNED, "0x40010010"),
	ROW("unaligned", "map_fixed", map_length_off, EINVAL, ARGUMENT, UNALIGNED, "0x1234"),
	ROW("unaligned", "map_fixed", map_vaddr_off, EINVAL, ARGUMENT, UNALIGNED, "0x7f0000000123"),
	ROW("unaligned", "map", any_length_off, EINVAL, ARGUMENT, UNALIGNED, "0x1234"),
	ROW("unaligned", "map", any_vaddr_off, EINVAL, ARGUMENT, UNALIGNED, "0x7f0000000123"),
	ROW("unaligned", "map_identity", identity_off, EINVAL, ARGUMENT, UNALIGNED, "0x50000123"),
	ROW("unaligned", "unmap", unmap_iova_off, EINVAL, ARGUMENT, UNALIGNED, "0x40000010"),
	ROW("unaligned", "unmap", unmap_length_off, EINVAL, ARGUMENT, UNALIGNED, "0x1234"),
	ROW("wraps", "map_fixed", map_iova_wraps, EOVERFLOW, ARGUMENT, WRAPS, "0xfffffffffffff000"),
	ROW("wraps", "map_fixed", map_vaddr_wraps, EOVERFLOW, ARGUMENT, WRAPS,
	    "0xfffffffffffff000"),
	ROW("wraps", "map", any_vaddr_wraps, EOVERFLOW, ARGUMENT, WRAPS, "0xfffffffffffff000"),
	ROW("wraps", "map_identity", identity_wraps, EOVERFLOW, ARGUMENT, WRAPS,
	    "0xfffffffffffff000"),
	ROW("wraps", "unmap", unmap_wraps, EOVERFLOW, ARGUMENT, WRAPS, "0x40000000"),
	ROW("empty", "map_fixed", map_empty, EINVAL, ARGUMENT, ZERO_LENGTH, "length"),
	ROW("empty", "map", any_empty, EINVAL, ARGUMENT, ZERO_LENGTH, "length"),
	ROW("empty", "map_identity", identity_empty, EINVAL, ARGUMENT, ZERO_LENGTH, "length"),
	ROW("empty", "unmap", unmap_empty, EINVAL, ARGUMENT, ZERO_LENGTH, "0x40000000"),
	ROW("no container", "open", container_of_file, EBADFD, ADOPT_CONTAINER, NOT_CONTAINER,
	    "container"),
	ROW("no container", "open", container_of_group, EBADFD, ADOPT_CONTAINER, NOT_CONTAINER,
	    "container"),
	ROW("no group fd", "adopt_group", group_of_container, EBADFD, ADOPT_GROUP, NOT_GROUP,
	    "group"),
	ROW("no group fd", "adopt_group", group_of_own, EBADFD, ADOPT_GROUP, NOT_GROUP, "group"),
	ROW("no group fd", "adopt_group", group_of_file, EBADFD, ADOPT_GROUP, NOT_GROUP, "group"),
	ROW("closed", "open", container_closed, EBADF, ADOPT_CONTAINER, UNKNOWN, "container"),
	ROW("closed", "open", container_minus, EBADF, ADOPT_CONTAINER, UNKNOWN, "container"),
	ROW("closed", "adopt_group", group_closed, EBADF, ADOPT_GROUP, UNKNOWN, "group"),
	ROW("closed", "adopt_group", group_minus, EBADF, ADOPT_GROUP, UNKNOWN, "group"),
	ROW("no group", "map_fixed", map_bare, ENODEV, MAP, NO_IOMMU, "No group"),
	ROW("no group", "map", any_bare, ENODEV, MAP, NO_IOMMU, "No group"),
	ROW("no group", "map_identity", identity_bare, ENODEV, MAP, NO_IOMMU, "No group"),
	ROW("no group", "probe_width", probe_bare, ENODEV, MAP, NO_IOMMU, "No group"),
	ROW("double", "attach_group", attach_twice, EALREADY, ARGUMENT, ALREADY_ATTACHED,
	    "IOMMU group 1 "),
	ROW("double", "attach_device", device_twice, EALREADY, ARGUMENT, ALREADY_ATTACHED,
	    "IOMMU group 1 "),
	ROW("double", "adopt_group", adopt_twice, EALREADY, ARGUMENT, ALREADY_ATTACHED,
	    "IOMMU group 1 "),
	ROW("not attached", "detach_group", detach_usb, ENOENT, ARGUMENT, NOT_ATTACHED,
	    "IOMMU group 2 "),
	ROW("not attached", "detach_group", detach_4711, ENOENT, ARGUMENT, NOT_ATTACHED, "4711"),
	ROW("not attached", "open_device", open_usb, ENOENT, OPEN_DEVICE, NOT_ATTACHED,
	    "IOMMU group 2 "),
	ROW("last", "detach_group", detach_busy, EBUSY, UNSET_CONTAINER, MAPPINGS_LIVE,
	    "IOMMU group 1 "),
	ROW("not mapped", "unmap", unmap_nothing, ENOENT, CHECK, NOT_MAPPED, "0x40200000+0x100000"),
	ROW("not mapped", "unmap", unmap_bare, ENOENT, CHECK, NOT_MAPPED, "0x40000000+0x100000"),
	ROW("cut", "unmap", unmap_cut, EINVAL, CHECK, CUTS_MAPPING, "0x40000000-0x400fffff"),
	ROW("cut", "unmap", unmap_cut_last, EINVAL, CHECK, CUTS_MAPPING, "0x40000000-0x400fffff"),
	ROW("over", "map_fixed", map_over, EEXIST, CHECK, OVERLAP, "0x40000000-0x400fffff"),
	ROW("over", "map_fixed", map_same, EEXIST, CHECK, OVERLAP, "0x40000000-0x400fffff"),
	OPTIONS_ROW("open", open_short),
	OPTIONS_ROW("open", open_flags),
	OPTIONS_ROW("open", open_width),
	OPTIONS_ROW("open", open_level),
	OPTIONS_ROW("map_fixed", map_short),
	OPTIONS_ROW("map_fixed", map_flags),
	OPTIONS_ROW("limits", limits_short),
	ROW("bad options", "map", alloc_short, EINVAL, ALLOCATE, OPTIONS, "option struct"),
	ROW("bad options", "map", alloc_flags, EINVAL, ALLOCATE, OPTIONS, "option struct"),
	ROW("bad options", "map", alloc_align, EINVAL, ALLOCATE, OPTIONS, "option struct"),
	ROW("bad options", "map", alloc_window, EINVAL, ALLOCATE, OPTIONS, "option struct"),
	ROW("newer options", "open", open_newer, E2BIG, ARGUMENT, OPTIONS, "option struct"),
	ROW("newer options", "map_fixed", map_newer, E2BIG, ARGUMENT, OPTIONS, "option struct"),
	ROW("access", "map_fixed", map_access, EINVAL, ARGUMENT, ACCESS, "read, write"),
	ROW("access", "map_fixed", map_access_7, EINVAL, ARGUMENT, ACCESS, "read, write"),
	NULL_ROW("open", null_open),
	NULL_ROW("attach_group", null_attach),
	NULL_ROW("attach_device", null_attach_device),
	NULL_ROW("attach_device", null_name),
	NULL_ROW("adopt_group", null_adopt),
	NULL_ROW("detach_group", null_detach),
	NULL_ROW("refresh", null_refresh),
	NULL_ROW("open_device", null_open_device),
	NULL_ROW("open_device", null_open_name),
	NULL_ROW("limits", null_limits),
	NULL_ROW("limits", null_ret_limits),
	NULL_ROW("probe_width", null_probe),
	NULL_ROW("probe_width", null_width),
	NULL_ROW("map_fixed", null_map),
	NULL_ROW("map_fixed", null_vaddr),
	NULL_ROW("map", null_map_any),
	NULL_ROW("map", null_any_vaddr),
	NULL_ROW("map", null_ret_iova),
	NULL_ROW("map_identity", null_identity),
	NULL_ROW("map_identity", null_id_vaddr),
	NULL_ROW("unmap", null_unmap),
	NULL_ROW("unmap_all", null_unmap_all),
};

const size_t n_bad_inputs = sizeof bad_inputs / sizeof *bad_inputs;
