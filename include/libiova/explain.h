/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_EXPLAIN_H
#define LIBIOVA_EXPLAIN_H

/**
 * @file
 * From a failure to two sentences: what the cause is, and what to do.
 */

#include <libiova/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Cause and remedy, each one or two English sentences in UTF-8 (ASCII unless names are not). */
struct iova_explanation {
	char cause[512];  /**< what happened, to which address or thing, and why */
	char remedy[512]; /**< what to do next */
};

/**
 * Explain a failure.
 *
 * Works from the step, the errno and what else the failure holds, and looks at
 * the host for what the errno alone cannot tell: whether the group has a
 * direct region (RMRR, IVMD, RMR), and which device's driver keeps it from
 * being used. A program that makes its own system calls fills @p failure by
 * hand: step, error, the backend, and the group, device or range if there is one. Type1
 * and iommufd mean different things by some errnos: where the backend is not known
 * (IOVA_BACKEND_ANY), the sentences have both.
 *
 * @param failure          what failed; its size set
 * @param host             the machine, or NULL
 * @param ret_explanation  the sentences, each ended by NUL, cut if they do not fit
 * @return 0, or a negative errno:
 * @err{EINVAL}  failure or ret_explanation is NULL, or the failure's size too small
 * @onfail  *ret_explanation is not written
 * @mt      MT-Safe
 * @kernel  drivers/vfio/{container,group,device_cdev,vfio_iommu_type1}.c, drivers/iommu/iommu.c,
 *          drivers/iommu/iommufd/{main,ioas,device,io_pagetable,vfio_compat}.c
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_explain(const struct iova_failure *failure,
					const struct iova_host *host,
					struct iova_explanation *ret_explanation);

/**
 * Say one conflict in words: which addresses, what they hit, whose that is.
 *
 * @param conflict  the conflict
 * @param ret_text  where to write; ended by NUL, cut if it does not fit
 * @param size      room, bytes
 * @return the length of the whole text without its NUL, as snprintf(3), or a negative errno:
 * @err{EINVAL}  conflict is NULL, or ret_text is NULL with a size
 * @onfail  nothing is written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_conflict_text(const struct iova_conflict *conflict, char *ret_text, size_t size);

/**
 * The kernel's word for a region type.
 *
 * @param type  IOVA_REGION_*
 * @return "direct", "direct-relaxable", "reserved", "msi" or "unknown"; never NULL
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API const char *iova_region_type_text(uint32_t type);

/**
 * A word for what a conflict is with.
 *
 * @param source  IOVA_SOURCE_*
 * @return "kernel", "region", "width", "unknown-top", "granule", "last-page", "reservation",
 *         "sysfs", "mapping", "request" or "unknown"; never NULL
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API const char *iova_source_text(uint32_t source);

#ifdef __cplusplus
}
#endif

#endif
