/* SPDX-License-Identifier: BSD-3-Clause */
/* What goes wrong on demand: failing calls and allocations, corrupted replies, lying files. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add_fault(struct iova_sim *sim, const struct sim_fault *like)
{
	struct sim_fault *fault, **at;

	if (!sim || like->call > SIM_FAULT_ALLOCATION || !like->left)
		return -EINVAL;
	fault = malloc(sizeof *fault);
	if (!fault)
		return -ENOMEM;
	*fault = *like;
	pthread_mutex_lock(&sim->mutex);
	at = &sim->faults;
	while (*at)
		at = &(*at)->next;
	*at = fault;
	pthread_mutex_unlock(&sim->mutex);
	return 0;
}

IOVA_API int iova_sim_fail(struct iova_sim *sim, uint32_t call, uint64_t nth, int error)
{
	struct sim_fault fault = { .call = call, .left = nth, .error = error };

	return error > 0 && call < IOVA_SIM_N_CALLS ? add_fault(sim, &fault) : -EINVAL;
}

IOVA_API int iova_sim_fail_allocation(struct iova_sim *sim, uint64_t nth)
{
	struct sim_fault fault = { .call = SIM_FAULT_ALLOCATION, .left = nth };

	return add_fault(sim, &fault);
}

IOVA_API int iova_sim_after(struct iova_sim *sim, uint32_t call, uint64_t nth,
			    iova_sim_hook_fn *hook, void *arg)
{
	struct sim_fault fault = { .call = call, .left = nth, .hook = hook, .arg = arg };

	return hook && call < IOVA_SIM_N_CALLS ? add_fault(sim, &fault) : -EINVAL;
}

IOVA_API void iova_sim_clear_faults(struct iova_sim *sim)
{
	if (!sim)
		return;
	pthread_mutex_lock(&sim->mutex);
	while (sim->faults) {
		struct sim_fault *fault = sim->faults;

		sim->faults = fault->next;
		free(fault);
	}
	pthread_mutex_unlock(&sim->mutex);
}

static int add_corruption(struct iova_sim *sim, const struct sim_corruption *like)
{
	struct sim_corruption *corruption, **at;

	if (!sim || !like->size || like->size > sizeof like->value)
		return -EINVAL;
	corruption = malloc(sizeof *corruption);
	if (!corruption)
		return -ENOMEM;
	*corruption = *like;
	pthread_mutex_lock(&sim->mutex);
	at = &sim->corruptions;
	while (*at)
		at = &(*at)->next;
	*at = corruption;
	pthread_mutex_unlock(&sim->mutex);
	return 0;
}

IOVA_API int iova_sim_corrupt_info(struct iova_sim *sim, size_t offset, size_t size, uint64_t value)
{
	struct sim_corruption corruption = {
		.reply = SIM_REPLY_INFO, .offset = offset, .size = size, .value = value
	};

	return add_corruption(sim, &corruption);
}

IOVA_API int iova_sim_corrupt_ranges(struct iova_sim *sim, size_t offset, size_t size,
				     uint64_t value)
{
	struct sim_corruption corruption = {
		.reply = SIM_REPLY_RANGES, .offset = offset, .size = size, .value = value
	};

	return add_corruption(sim, &corruption);
}

void sim_corrupt_(const struct iova_sim *sim, enum sim_reply reply, size_t offset,
		  unsigned char *bytes, size_t size)
{
	for (const struct sim_corruption *c = sim->corruptions; c; c = c->next) {
		for (size_t i = 0; c->reply == reply && i < c->size; i++) {
			size_t at = c->offset + i - offset;

			if (c->offset + i >= offset && at < size)
				bytes[at] = (unsigned char)(c->value >> (8 * i));
		}
	}
}

IOVA_API void iova_sim_clear_corruption(struct iova_sim *sim)
{
	if (!sim)
		return;
	pthread_mutex_lock(&sim->mutex);
	while (sim->corruptions) {
		struct sim_corruption *corruption = sim->corruptions;

		sim->corruptions = corruption->next;
		free(corruption);
	}
	pthread_mutex_unlock(&sim->mutex);
}

/* A later fault of the same file takes the place of the earlier one. */
static int add_file_fault(struct iova_sim *sim, const char *path, struct sim_file_fault *fault)
{
	static const struct sim_node root = { .kind = SIM_ROOT };
	int r;

	pthread_mutex_lock(&sim->mutex);
	r = sim_walk_(sim, &root, path + strspn(path, "/"), SIM_BLIND, &fault->node);
	if (r >= 0) {
		fault->next = sim->file_faults;
		sim->file_faults = fault;
	}
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

static int new_file_fault(struct iova_sim *sim, const char *path, int error, size_t length,
			  const char *text)
{
	struct sim_file_fault *fault;
	int r;

	if (!sim || !path)
		return -EINVAL;
	fault = calloc(1, sizeof *fault);
	if (!fault)
		return -ENOMEM;
	fault->error = error;
	fault->length = length;
	fault->text = text ? strdup(text) : NULL;
	r = text && !fault->text ? -ENOMEM : add_file_fault(sim, path, fault);
	if (r < 0) {
		free(fault->text);
		free(fault);
	}
	return r;
}

IOVA_API int iova_sim_file_error(struct iova_sim *sim, const char *path, int error)
{
	return error > 0 ? new_file_fault(sim, path, error, SIZE_MAX, NULL) : -EINVAL;
}

IOVA_API int iova_sim_file_cut(struct iova_sim *sim, const char *path, size_t length)
{
	return new_file_fault(sim, path, 0, length, NULL);
}

IOVA_API int iova_sim_file_text(struct iova_sim *sim, const char *path, const char *text)
{
	return text ? new_file_fault(sim, path, 0, SIZE_MAX, text) : -EINVAL;
}

IOVA_API void iova_sim_clear_files(struct iova_sim *sim)
{
	if (!sim)
		return;
	pthread_mutex_lock(&sim->mutex);
	while (sim->file_faults) {
		struct sim_file_fault *fault = sim->file_faults;

		sim->file_faults = fault->next;
		free(fault->text);
		free(fault);
	}
	pthread_mutex_unlock(&sim->mutex);
}
