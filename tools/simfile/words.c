/* SPDX-License-Identifier: BSD-3-Clause */
/* Words of descriptions, and the names of errors. */
#include "private.h"

#include <errno.h>
#include <string.h>

static const struct word errnos[] = {
#define NAMED(error)          \
	{                     \
#error, error \
	}
	NAMED(E2BIG),        NAMED(EACCES),    NAMED(EADDRINUSE), NAMED(EADDRNOTAVAIL),
	NAMED(EAGAIN),       NAMED(EALREADY),  NAMED(EBADF),      NAMED(EBADFD),
	NAMED(EBUSY),        NAMED(ECANCELED), NAMED(ECHILD),     NAMED(ECONNREFUSED),
	NAMED(EDEADLK),      NAMED(EDOM),      NAMED(EDQUOT),     NAMED(EEXIST),
	NAMED(EFAULT),       NAMED(EFBIG),     NAMED(EILSEQ),     NAMED(EINPROGRESS),
	NAMED(EINTR),        NAMED(EINVAL),    NAMED(EIO),        NAMED(EISDIR),
	NAMED(ELOOP),        NAMED(EMFILE),    NAMED(EMLINK),     NAMED(EMSGSIZE),
	NAMED(ENAMETOOLONG), NAMED(ENFILE),    NAMED(ENODATA),    NAMED(ENODEV),
	NAMED(ENOENT),       NAMED(ENOEXEC),   NAMED(ENOLCK),     NAMED(ENOMEM),
	NAMED(ENOSPC),       NAMED(ENOSYS),    NAMED(ENOTBLK),    NAMED(ENOTDIR),
	NAMED(ENOTEMPTY),    NAMED(ENOTTY),    NAMED(ENXIO),      NAMED(EOPNOTSUPP),
	NAMED(EOVERFLOW),    NAMED(EPERM),     NAMED(EPIPE),      NAMED(EPROTO),
	NAMED(ERANGE),       NAMED(EREMOTEIO), NAMED(EROFS),      NAMED(ESHUTDOWN),
	NAMED(ESPIPE),       NAMED(ESRCH),     NAMED(ESTALE),     NAMED(ETIME),
	NAMED(ETIMEDOUT),    NAMED(ETXTBSY),   NAMED(EUSERS),     NAMED(EXDEV),
#undef NAMED
};

static const struct word calls[] = {
	{ "any", IOVA_SIM_CALL_ANY },
	{ "open", IOVA_SIM_CALL_OPEN },
	{ "close", IOVA_SIM_CALL_CLOSE },
	{ "read-file", IOVA_SIM_CALL_READ_FILE },
	{ "read-link", IOVA_SIM_CALL_READ_LINK },
	{ "list", IOVA_SIM_CALL_LIST },
	{ "memory", IOVA_SIM_CALL_MEMORY },
	{ "get-api-version", IOVA_SIM_CALL_GET_API_VERSION },
	{ "check-extension", IOVA_SIM_CALL_CHECK_EXTENSION },
	{ "set-iommu", IOVA_SIM_CALL_SET_IOMMU },
	{ "get-status", IOVA_SIM_CALL_GET_STATUS },
	{ "set-container", IOVA_SIM_CALL_SET_CONTAINER },
	{ "unset-container", IOVA_SIM_CALL_UNSET_CONTAINER },
	{ "get-device-fd", IOVA_SIM_CALL_GET_DEVICE_FD },
	{ "get-info", IOVA_SIM_CALL_GET_INFO },
	{ "map", IOVA_SIM_CALL_MAP },
	{ "unmap", IOVA_SIM_CALL_UNMAP },
	{ "other-ioctl", IOVA_SIM_CALL_OTHER_IOCTL },
	{ "duplicate", IOVA_SIM_CALL_DUPLICATE },
	{ "device-get-info", IOVA_SIM_CALL_DEVICE_GET_INFO },
	{ "bind-iommufd", IOVA_SIM_CALL_BIND_IOMMUFD },
	{ "attach-pt", IOVA_SIM_CALL_ATTACH_PT },
	{ "detach-pt", IOVA_SIM_CALL_DETACH_PT },
	{ "destroy", IOVA_SIM_CALL_DESTROY },
	{ "ioas-alloc", IOVA_SIM_CALL_IOAS_ALLOC },
	{ "ioas-allow-iovas", IOVA_SIM_CALL_IOAS_ALLOW_IOVAS },
	{ "ioas-copy", IOVA_SIM_CALL_IOAS_COPY },
	{ "ioas-iova-ranges", IOVA_SIM_CALL_IOAS_IOVA_RANGES },
	{ "ioas-map", IOVA_SIM_CALL_IOAS_MAP },
	{ "ioas-map-file", IOVA_SIM_CALL_IOAS_MAP_FILE },
	{ "ioas-unmap", IOVA_SIM_CALL_IOAS_UNMAP },
	{ "iommu-option", IOVA_SIM_CALL_IOMMU_OPTION },
	{ "vfio-ioas", IOVA_SIM_CALL_VFIO_IOAS },
	{ "get-hw-info", IOVA_SIM_CALL_GET_HW_INFO },
};

static const struct word directs[] = {
	{ "allowed", IOVA_SIM_DIRECT_ALLOWED },
	{ "at-iommu", IOVA_SIM_DIRECT_AT_IOMMU },
	{ "at-container", IOVA_SIM_DIRECT_AT_CONTAINER },
	{ "invalid", IOVA_SIM_DIRECT_INVALID },
};

_Static_assert(N_FIELDS(calls) == IOVA_SIM_N_CALLS, "a word for each kind of call");

const struct words errno_words = { "the name of an error, such as \"EINVAL\"", errnos,
				   N_FIELDS(errnos) };
const struct words call_words = { NULL, calls, N_FIELDS(calls) };
const struct words direct_words = { NULL, directs, N_FIELDS(directs) };

const char *simfile_errno_name(int error)
{
	for (size_t i = 0; i < N_FIELDS(errnos); i++)
		if ((int)errnos[i].value == error)
			return errnos[i].word;
	return NULL;
}
