/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_CONTEXT_CHOOSE_H
#define IOVA_CONTEXT_CHOOSE_H

#include "context/context.h"

/*
 * Opens what the options ask for, or the best there is for their device, into ctx->backend. On
 * failure what was opened is noted there, to be closed.
 */
int iova_ctx_choose_(struct iova_ctx *ctx, const struct iova_ctx_opts *opts,
		     struct iova_failure *failure);

#endif
