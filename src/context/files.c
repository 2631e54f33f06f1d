/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files that are mapped: the kernel keeps the file, but cannot be asked for it again, and a mapping that
 * was unmapped too early needs it. There are few of them.
 */
#include "backend/iommufd.h"
#include "base/array.h"
#include "base/failure.h"
#include "context/context.h"

#include <errno.h>
#include <string.h>

static size_t lower_bound(const struct iova_ctx *ctx, uint64_t iova)
{
	size_t low = 0, high = ctx->n_files;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ctx->files[middle].iova < iova)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int iova_ctx_file_at_(const struct iova_ctx *ctx, uint64_t iova)
{
	size_t i = lower_bound(ctx, iova);

	return i < ctx->n_files && ctx->files[i].iova == iova ? ctx->files[i].fd : -1;
}

int iova_ctx_keep_file_(struct iova_ctx *ctx, uint64_t iova, int file, uint32_t step,
			struct iova_failure *failure)
{
	size_t i = lower_bound(ctx, iova);
	int r = iova_array_reserve_((void **)&ctx->files, &ctx->files_room, ctx->n_files + 1,
				    sizeof *ctx->files);

	if (r < 0)
		return iova_failed_(failure, step, IOVA_WHY_UNKNOWN, r);
	r = iova_sys_duplicate_(ctx->backend.sys, file);
	if (r < 0)
		return iova_kernel_failed_(failure, step, r);
	memmove(&ctx->files[i + 1], &ctx->files[i], (ctx->n_files - i) * sizeof *ctx->files);
	ctx->files[i] = (struct file_mapping){ .iova = iova, .fd = r };
	ctx->n_files++;
	return 0;
}

void iova_ctx_forget_files_(struct iova_ctx *ctx, const struct iova_range *range)
{
	size_t from = lower_bound(ctx, range->start), to = from;

	for (; to < ctx->n_files && ctx->files[to].iova <= range->last; to++)
		iova_sys_close_(ctx->backend.sys, ctx->files[to].fd);
	if (from == to)
		return;
	memmove(&ctx->files[from], &ctx->files[to], (ctx->n_files - to) * sizeof *ctx->files);
	ctx->n_files -= to - from;
}

int iova_ctx_ask_map_(struct iova_ctx *ctx, const struct iova_mapping *mapping, int file,
		      struct iova_failure *failure)
{
	const struct iova_ioas_memory memory = {
		.fd = file,
		.start = mapping->vaddr,
		.length = mapping->range.last - mapping->range.start + 1,
		.access = mapping->access,
	};
	uint64_t iova = mapping->range.start;

	if (file < 0)
		return iova_backend_map_(&ctx->backend, &mapping->range, mapping->vaddr,
					 mapping->access, failure);
	return iova_ioas_map_(&ctx->backend, &memory, true, &iova, failure);
}
