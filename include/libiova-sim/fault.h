/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SIM_FAULT_H
#define LIBIOVA_SIM_FAULT_H

/**
 * @file
 * What goes wrong on demand: calls that fail, replies that lie, and things
 * that happen between two calls.
 */

#include <libiova-sim/calls.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Called after the call it was set for, with the host unlocked: it may call
 * anything on the host and through its table, and set the next hook.
 *
 * @param sim  the host
 * @param arg  the pointer given with the hook
 */
typedef void iova_sim_hook_fn(struct iova_sim *sim, void *arg);

/**
 * Let a call fail: it does nothing, but that a failing close still closes, as
 * on Linux.
 *
 * @param sim    changed
 * @param call   IOVA_SIM_CALL_*
 * @param nth    which call of that kind from now on; 1 is the next
 * @param error  the errno it fails with, positive; EINTR for an interrupted call, which on Linux
 *               has done nothing or undone it as well
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim is NULL, the kind unknown, nth 0, or the error not positive
 * @err{ENOMEM}  no memory
 * @onfail  nothing is set
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_fail(struct iova_sim *sim, uint32_t call, uint64_t nth, int error);

/**
 * Let memory run out: an allocation of the simulated kernel fails, and the call
 * that wants it answers ENOMEM and undoes what it has done. Only taking a group
 * out of its container goes on without: the ranges then stay as narrow as they
 * were, as on Linux.
 *
 * To sweep, set the first, the second and so on until
 * iova_sim_report::n_pending_faults says that it was not met.
 *
 * This is the kernel's memory. For the memory of the program under test, link it
 * with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup and let the
 * __wrap_ functions of the test fail the n-th time. A host allocates with the
 * same functions where libiova-sim is linked statically; where it is shared, its
 * allocations are not wrapped.
 *
 * @param sim  changed
 * @param nth  which allocation from now on; 1 is the next
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim is NULL, or nth 0
 * @err{ENOMEM}  no memory
 * @onfail  nothing is set
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_fail_allocation(struct iova_sim *sim, uint64_t nth);

/**
 * Run a function after a call, before its result is returned.
 *
 * @param sim   changed
 * @param call  IOVA_SIM_CALL_*
 * @param nth   which call of that kind from now on; 1 is the next
 * @param hook  the function; runs once, in the thread that made the call
 * @param arg   passed to @p hook
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim or hook is NULL, the kind unknown, or nth 0
 * @err{ENOMEM}  no memory
 * @onfail  nothing is set
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_after(struct iova_sim *sim, uint32_t call, uint64_t nth,
			    iova_sim_hook_fn *hook, void *arg);

/**
 * Drop all faults and hooks that are pending, also those of allocations.
 *
 * @param sim  changed; NULL does nothing
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API void iova_sim_clear_faults(struct iova_sim *sim);

/**
 * Put other bytes into every reply to VFIO_IOMMU_GET_INFO from now on, a
 * container's or an iommufd's, where the caller gave room for them: into the
 * fixed part, 24 bytes, or into the capabilities behind it.
 *
 * @param sim     changed
 * @param offset  bytes from the beginning of the reply
 * @param size    bytes, 1..8
 * @param value   the bytes, its low one first
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim is NULL, or the size not 1..8
 * @err{ENOMEM}  no memory
 * @onfail  replies are as they were
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_corrupt_info(struct iova_sim *sim, size_t offset, size_t size,
				   uint64_t value);

/**
 * Put other bytes into every reply to IOMMU_IOAS_IOVA_RANGES from now on: into the header, 32
 * bytes, or into the ranges, 16 bytes each, which count as if they lay behind it. A range that
 * there was no room for is not touched.
 *
 * @param sim     changed
 * @param offset  bytes from the beginning of the header
 * @param size    bytes, 1..8
 * @param value   the bytes, its low one first
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim is NULL, or the size not 1..8
 * @err{ENOMEM}  no memory
 * @onfail  replies are as they were
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_corrupt_ranges(struct iova_sim *sim, size_t offset, size_t size,
				     uint64_t value);

/**
 * Let replies be true again.
 *
 * @param sim  changed; NULL does nothing
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API void iova_sim_clear_corruption(struct iova_sim *sim);

#ifdef __cplusplus
}
#endif

#endif
