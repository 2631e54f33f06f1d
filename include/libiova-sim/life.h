/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SIM_LIFE_H
#define LIBIOVA_SIM_LIFE_H

/**
 * @file
 * A simulated host, its making and its end, and the table that leads to it.
 *
 * Sims share nothing: a process may have as many as it likes. Any thread may
 * call any function on any sim, and use its table, at any time; only
 * iova_sim_free() must come alone and last.
 */

#include <libiova/sys.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One simulated host; made by iova_sim_new() or a preset, released by iova_sim_free(). */
struct iova_sim;

/**
 * Make a host without any group: kernel "6.12", an IOMMU of 48 bits, processor
 * pages of 4 KiB, 64 MiB of memory that may be locked.
 *
 * @param ret_sim  the host; the caller's to release
 * @return 0, or a negative errno:
 * @err{EINVAL}  ret_sim is NULL
 * @err{ENOMEM}  no memory
 * @onfail  *ret_sim is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_sim_new(struct iova_sim **ret_sim);

/**
 * Release a host with all that is open or mapped in it, and the table.
 *
 * @param sim  the host, or NULL
 * @onfail  does not apply
 * @mt      MT-Unsafe race:sim
 * @since   0.1
 */
IOVA_API void iova_sim_free(struct iova_sim *sim);

/**
 * The table to give to the library, or to whatever else takes one.
 *
 * It answers below "/sys" (groups, devices, drivers of the PCI bus) and
 * "/dev/vfio" as Linux does. Descriptors made by it are numbers far above those
 * of the process, are never used twice, and mean something to it alone.
 * Nothing is ever read from or written to memory that a mapping names.
 *
 * @param sim  the host
 * @return the table, valid until the host is released; NULL if sim is NULL
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API const struct iova_sys *iova_sim_sys(struct iova_sim *sim);

#ifdef __cplusplus
}
#endif

#endif
