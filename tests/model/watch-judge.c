/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the library did right in the call that had the fault. */
#include "space/space.h"
#include "watch-play.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BIT(call) (UINT64_C(1) << (call))
#define READS_SYSFS \
	(BIT(IOVA_SIM_CALL_READ_FILE) | BIT(IOVA_SIM_CALL_READ_LINK) | BIT(IOVA_SIM_CALL_LIST))
#define IOCTLS                                                              \
	(BIT(IOVA_SIM_CALL_UNSET_CONTAINER) | BIT(IOVA_SIM_CALL_GET_INFO) | \
	 BIT(IOVA_SIM_CALL_MAP) | BIT(IOVA_SIM_CALL_UNMAP) | BIT(IOVA_SIM_CALL_OTHER_IOCTL))
#define LEAVES                                                           \
	(BIT(IOVA_SIM_CALL_UNMAP) | BIT(IOVA_SIM_CALL_UNSET_CONTAINER) | \
	 BIT(IOVA_SIM_CALL_IOAS_UNMAP) | BIT(IOVA_SIM_CALL_DETACH_PT) |  \
	 BIT(IOVA_SIM_CALL_DESTROY) | BIT(IOVA_SIM_CALL_IOAS_ALLOW_IOVAS))

void watch_describe(char *text, size_t size)
{
	static const char *const kinds[IOVA_SIM_N_CALLS] = {
		[IOVA_SIM_CALL_OPEN] = "open",
		[IOVA_SIM_CALL_CLOSE] = "close",
		[IOVA_SIM_CALL_READ_FILE] = "read_file",
		[IOVA_SIM_CALL_READ_LINK] = "read_link",
		[IOVA_SIM_CALL_LIST] = "list",
		[IOVA_SIM_CALL_MEMORY] = "memory",
		[IOVA_SIM_CALL_UNSET_CONTAINER] = "UNSET_CONTAINER",
		[IOVA_SIM_CALL_GET_INFO] = "GET_INFO",
		[IOVA_SIM_CALL_MAP] = "MAP_DMA",
		[IOVA_SIM_CALL_UNMAP] = "UNMAP_DMA",
		[IOVA_SIM_CALL_DEVICE_GET_INFO] = "DEVICE_GET_INFO",
		[IOVA_SIM_CALL_DETACH_PT] = "DETACH_IOMMUFD_PT",
		[IOVA_SIM_CALL_DESTROY] = "IOMMU_DESTROY",
		[IOVA_SIM_CALL_IOAS_UNMAP] = "IOAS_UNMAP",
		[IOVA_SIM_CALL_OTHER_IOCTL] = "ioctl",
	};
	const struct fault *fault = &watch->fault;
	const char *kind = kinds[watch->kind] ? kinds[watch->kind] : "";
	const char *function = watch->n < watch->n_seen ? watch->seen[watch->n].function :
							  "the end";

	if (watch->mode == WATCH_LEARN)
		snprintf(text, size, "nothing wrong yet, in %s", function);
	else
		snprintf(text, size, "%s, %s %lu (%s %s) %s with errno %d, now in call %zu, %s",
			 watch->mode == WATCH_REPEAT ? "repeated" : "disturbed",
			 fault->is_call ? "system call" : "allocation", fault->nth, kind,
			 watch->path, watch->hit ? "failed" : "was to fail", fault->error,
			 watch->n + 1, function);
}

void watch_check(bool is_right, const char *what)
{
	char where[300];

	if (is_right)
		return;
	watch_describe(where, sizeof where);
	if (watch_is_child) {
		snprintf(watch->message, sizeof watch->message, "%s: %s", where, what);
		_exit(98);
	}
	fail_msg("%s: %s", where, what);
}

static void check_same(const struct sight *before, int part, const char *what)
{
	struct sight now;

	sight_take(&now, watch->world);
	if (now.hash[part] != before->hash[part])
		print_message("# %s# is not\n# %s", now.text[part], before->text[part]);
	watch_check(now.hash[part] == before->hash[part], what);
}

/* As it was once the same call had gone well. */
static bool is_as_after(int part)
{
	struct sight now;

	if (watch->n >= SEEN_SIGHTS)
		return true;
	sight_take(&now, watch->world);
	return now.hash[part] == watch->after[watch->n][part];
}

static void check_failure(const struct iova_failure *failure, int r)
{
	struct iova_explanation text;

	if (!failure)
		return;
	watch_check(failure->error == r, "the failure has another errno");
	watch_check(failure->step != 0, "the failure has no step");
	watch_check(!iova_explain(failure, NULL, &text) && text.cause[0] && text.remedy[0],
		    "the failure is not explained");
	if (!watch->fault.is_call)
		watch_check(!failure->from_kernel, "the kernel is blamed for want of memory");
	else if ((IOCTLS & BIT(watch->kind)) && r == -watch->fault.error)
		watch_check(failure->from_kernel == 1, "nobody says that it was the kernel");
}

/*
 * Some faults are what a sound kernel answers: that the address which was tried is too
 * high, or that a container (of iommufd) has no IOMMU yet.
 */
static bool is_answer(const struct watched *watched)
{
	if (watch->kind == IOVA_SIM_CALL_MAP)
		return watch->fault.error == EFAULT &&
		       !strcmp(watched->function, "iova_ctx_probe_width");
	return watch->kind == IOVA_SIM_CALL_GET_INFO && watch->fault.error == ENODEV;
}

/*
 * Some calls are made only to tell one cause of a failure from another: whether a device is
 * bound elsewhere. And regions that cannot be read may lie in what was promised.
 */
static bool is_question(const struct watched *watched, int r)
{
	if (watch->kind == IOVA_SIM_CALL_DEVICE_GET_INFO)
		return true;
	if (watch->kind == IOVA_SIM_CALL_OPEN)
		return !strncmp(watch->path, "/dev/vfio/", 10) && r == -EINVAL &&
		       !strcmp(watched->function, "iova_ctx_attach_device");
	return (READS_SYSFS & BIT(watch->kind)) && r == -EADDRINUSE;
}

/* The errno is the fault's, or one that the library makes of it, and its users know it. */
static void check_errno(const struct watched *watched, int r)
{
	const struct fault *fault = &watch->fault;

	watch_check(r < 0, "succeeded where it should have failed");
	watch_check(error_is_documented(watched->function, -r) ||
			    (error_is_handed_on(watched->function) && r == -fault->error &&
			     watched->failure->from_kernel),
		    "an errno that is not documented");
	if (!fault->is_call)
		watch_check(r == -ENOMEM, "out of memory, but that is not what came out");
	/* Without knowing the limits a map goes to the kernel, which says so itself. */
	if (watch->kind == IOVA_SIM_CALL_MEMORY)
		watch_check(r == -EIO || r == -ENOMEM, "another errno came out");
	else if (!is_answer(watched) && !is_question(watched, r))
		watch_check(r == -fault->error, "another errno came out");
}

/*
 * Documented: a group that has left its container is detached, even if what the
 * others leave cannot be read; the next refresh makes up for it.
 */
static void check_detached(void)
{
	check_same(&watch->before, SIGHT_TIERS, "a failure changed the space");
	watch_check(is_as_after(SIGHT_KERNEL), "the kernel has the group in another way");
	for (size_t i = 0; i < n_held; i++)
		if (held[i].kind == HELD_CTX)
			watch_check(!iova_ctx_refresh(held[i].thing, NULL, NULL),
				    "no refresh after a detach");
	watch_check(is_as_after(SIGHT_TIERS) && is_as_after(SIGHT_LIBRARY),
		    "a refresh does not make up for what failed");
}

static void check_failed(const struct watched *watched, int r)
{
	const struct iova_failure *failure = watched->failure;
	bool is_detached =
		failure && !strncmp(watched->function, "iova_ctx_detach_", 16) &&
		(failure->step == IOVA_STEP_READ_HOST || failure->step == IOVA_STEP_GET_INFO);

	check_errno(watched, r);
	check_failure(failure, r);
	watch_check(!watched->output || !memcmp(watched->output, watched->old, watched->size),
		    "a result was written by a call that failed");
	check_same(&watch->before, SIGHT_RESULTS, "a failure changed a set or a change");
	if (is_detached) {
		check_detached();
		return;
	}
	check_same(&watch->before, SIGHT_KERNEL, "a failure changed what the kernel has");
	check_same(&watch->before, SIGHT_LIBRARY, "a failure changed a context");
	check_same(&watch->before, SIGHT_TIERS, "a failure changed a space");
}

/* What sysfs did not tell of a group must be said of it. */
static bool group_tells(const struct iova_host *host, uint32_t group, const char *file)
{
	struct iova_group_info info = { .size = sizeof info };

	if (iova_host_find_group(host, group, &info) < 0)
		return false;
	if (!strcmp(file, "/reserved_regions"))
		return info.regions == IOVA_REGIONS_UNREADABLE && info.error == -watch->fault.error;
	if (!strcmp(file, "/devices"))
		return info.devices_error == -watch->fault.error;
	return !strcmp(file, "/type") && !info.type[0];
}

/* And a space with such a group doubts what it cannot know. */
static bool space_doubts(const struct iova_space *space, uint32_t group)
{
	struct iova_conflict reason;
	struct iova_segment segment;
	uint32_t groups[16];
	size_t n = iova_space_read_groups(space, groups, 16), i = 0;

	while (i < n && groups[i] != group)
		i++;
	if (i == n)
		return true;
	if (iova_policy_unreadable_(&iova_space_view_(space)->inputs.policy) == IOVA_VERDICT_ALLOW)
		return true;
	for (i = 0; !iova_space_nth_segment(space, i, &segment); i++)
		for (size_t j = 0; !iova_space_nth_reason(space, i, j, &reason); j++)
			if (reason.source == IOVA_SOURCE_SYSFS && reason.group == group)
				return true;
	return false;
}

static void check_doubt(const struct watched *watched, int r)
{
	static const char groups[] = "sys/kernel/iommu_groups/";
	bool is_told = false, is_ctx = strcmp(watched->function, "iova_host_read");
	uint32_t group;
	char *file;

	/* No context came of it that could say so. */
	if (r < 0 && !strcmp(watched->function, "iova_ctx_open"))
		return;
	watch_check(is_ctx || strcmp(watch->path, "sys/kernel/iommu_groups"),
		    "what groups there are could not be read, and nobody is told");
	if (strncmp(watch->path, groups, strlen(groups)))
		return;
	group = (uint32_t)strtoul(watch->path + strlen(groups), &file, 10);
	/* A device's attribute, which the bus may have told; otherwise it counts as not known. */
	if (!strncmp(file, "/devices/", strlen("/devices/")))
		return;
	for (size_t i = 0; i < n_held; i++) {
		if (held[i].kind == HELD_HOST && !is_ctx)
			is_told |= group_tells(held[i].thing, group, file);
		if (held[i].kind != HELD_CTX || !is_ctx)
			continue;
		is_told |= group_tells(iova_ctx_host(held[i].thing), group, file);
		watch_check(r < 0 || strcmp(file, "/reserved_regions") ||
				    space_doubts(iova_ctx_space(held[i].thing), group),
			    "regions could not be read, and the space does not doubt");
	}
	watch_check(is_told, "sysfs could not be read, and the host does not say so");
}

/* Documented: what the kernel refuses when a context closes is logged. */
static bool check_closed(void)
{
	if (!(LEAVES & BIT(watch->kind)) || watch->fault.error == EINTR) {
		watch_check(is_as_after(SIGHT_KERNEL), "closing left something");
		return true;
	}
	/* What does not go in one request goes one by one. */
	if (watch->kind == IOVA_SIM_CALL_IOAS_UNMAP && is_as_after(SIGHT_KERNEL))
		return true;
	watch_check(watch->n_complaints > 0, "closing left something, and nobody was told");
	return is_as_after(SIGHT_KERNEL);
}

/* A call that would have failed anyway, and whose undoing has met the fault: that is logged. */
static bool is_in_undoing(const struct watched *watched, int r)
{
	return r < 0 && (LEAVES & BIT(watch->kind)) && watch->fault.error != EINTR &&
	       !strcmp(watched->function, "iova_ctx_map_many");
}

/* Documented: what the context that a device has left may use is left to its next refresh. */
static bool check_moved(void)
{
	watch_check(is_as_after(SIGHT_KERNEL), "the kernel has the device in another way");
	for (size_t i = 0; i < n_held; i++)
		if (held[i].kind == HELD_CTX)
			watch_check(!iova_ctx_refresh(held[i].thing, NULL, NULL),
				    "no refresh after a move");
	watch_check(is_as_after(SIGHT_TIERS) && is_as_after(SIGHT_LIBRARY),
		    "a refresh does not make up for what could not be read");
	return false;
}

/* Documented: what cannot be opened for a device is gone round, by another backend. */
static bool is_gone_round(const struct watched *watched, int r)
{
	return r >= 0 && watch->fault.error != EINTR &&
	       !strcmp(watched->function, "iova_ctx_open") && !is_as_after(SIGHT_LIBRARY);
}

bool judge(const struct watched *watched, int r, const struct seen *seen)
{
	bool is_same = r == seen->result || (r >= 0 && seen->result >= 0);

	if (watch->fault.is_call && watch->fault.error == EINTR &&
	    watch->kind != IOVA_SIM_CALL_CLOSE)
		watch_check(is_same, "an interrupted call was not made again");
	if (r == seen->result && is_in_undoing(watched, r))
		return check_closed();
	if (r >= 0 && !strcmp(watched->function, "iova_ctx_move_device") &&
	    watch->fault.error != EINTR)
		return check_moved();
	if (watch->fault.is_call && is_gone_round(watched, r))
		return false;
	/* Also where it should fail, the fault may be why it did, and then for another reason. */
	if (!is_same || !watch->fault.is_call ||
	    (r == -watch->fault.error && watch->kind != IOVA_SIM_CALL_MEMORY) ||
	    (r == -ENOMEM && watch->kind == IOVA_SIM_CALL_MEMORY)) {
		check_failed(watched, r);
		return false;
	}
	if (!strcmp(watched->function, "iova_ctx_close"))
		return check_closed();
	if (watch->fault.error != EINTR && (READS_SYSFS & BIT(watch->kind))) {
		check_doubt(watched, r);
		return false;
	}
	/* A lent container that has no IOMMU after all is another one. */
	if (watch->kind == IOVA_SIM_CALL_GET_INFO && is_answer(watched))
		return false;
	watch_check(is_as_after(SIGHT_KERNEL), "succeeded, but not with the kernel");
	watch_check(is_as_after(SIGHT_LIBRARY), "succeeded, but another context");
	watch_check(is_as_after(SIGHT_TIERS), "succeeded, but another space");
	watch_check(watch->kind == IOVA_SIM_CALL_MEMORY || is_as_after(SIGHT_LIMITS),
		    "succeeded, but other limits");
	watch_check(is_as_after(SIGHT_RESULTS), "succeeded, but another result");
	return !is_answer(watched);
}
