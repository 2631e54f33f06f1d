/* SPDX-License-Identifier: BSD-3-Clause */
/* Words for numbers, and one conflict in words. */
#include <libiova/explain.h>

#include <errno.h>
#include <stdio.h>

typedef unsigned long long ull;

IOVA_API const char *iova_region_type_text(uint32_t type)
{
	switch (type) {
	case IOVA_REGION_DIRECT:
		return "direct";
	case IOVA_REGION_DIRECT_RELAXABLE:
		return "direct-relaxable";
	case IOVA_REGION_RESERVED:
		return "reserved";
	case IOVA_REGION_MSI:
		return "msi";
	default:
		return "unknown";
	}
}

IOVA_API const char *iova_source_text(uint32_t source)
{
	static const char *const words[] = {
		[IOVA_SOURCE_KERNEL] = "kernel",
		[IOVA_SOURCE_REGION] = "region",
		[IOVA_SOURCE_WIDTH] = "width",
		[IOVA_SOURCE_UNKNOWN_TOP] = "unknown-top",
		[IOVA_SOURCE_GRANULE] = "granule",
		[IOVA_SOURCE_LAST_PAGE] = "last-page",
		[IOVA_SOURCE_RESERVATION] = "reservation",
		[IOVA_SOURCE_SYSFS] = "sysfs",
		[IOVA_SOURCE_MAPPING] = "mapping",
		[IOVA_SOURCE_REQUEST] = "request",
	};

	if (source >= sizeof words / sizeof words[0] || !words[source])
		return "unknown";
	return words[source];
}

static const char *region_meaning(uint32_t type)
{
	switch (type) {
	case IOVA_REGION_DIRECT:
		return "firmware wants it mapped one to one";
	case IOVA_REGION_DIRECT_RELAXABLE:
		return "firmware may have the device use it, and the kernel maps over it in "
		       "silence";
	case IOVA_REGION_RESERVED:
		return "no memory is reached there";
	case IOVA_REGION_MSI:
		return "it is kept for interrupt messages";
	default:
		return "a type this library does not know";
	}
}

static int region_text(const struct iova_conflict *conflict, char *text, size_t size)
{
	char group[32] = "", owner[IOVA_DEVICE_NAME_MAX + 8] = "";

	if (conflict->group != IOVA_GROUP_NONE)
		snprintf(group, sizeof group, " of group %u", (unsigned)conflict->group);
	if (conflict->device[0])
		snprintf(owner, sizeof owner, " (%s)", conflict->device);
	return snprintf(text, size, "0x%llx-0x%llx hits the %s region 0x%llx-0x%llx%s%s: %s",
			(ull)conflict->range.start, (ull)conflict->range.last,
			conflict->type == IOVA_REGION_UNKNOWN && conflict->word[0] ?
				conflict->word :
				iova_region_type_text(conflict->type),
			(ull)conflict->region.start, (ull)conflict->region.last, group, owner,
			region_meaning(conflict->type));
}

/* The number of address bits below the start of a range that a width claims. */
static unsigned bits_below(uint64_t start)
{
	return start ? (unsigned)__builtin_ctzll(start) : 64;
}

IOVA_API int iova_conflict_text(const struct iova_conflict *conflict, char *ret_text, size_t size)
{
	const struct iova_conflict *c = conflict;
	ull start, last;

	if (!c || (!ret_text && size))
		return -EINVAL;
	start = c->range.start;
	last = c->range.last;
	switch (c->source) {
	case IOVA_SOURCE_KERNEL:
		return snprintf(ret_text, size,
				"0x%llx-0x%llx is not in the kernel's list of valid ranges "
				"(hole 0x%llx-0x%llx)",
				start, last, (ull)c->region.start, (ull)c->region.last);
	case IOVA_SOURCE_REGION:
		return region_text(c, ret_text, size);
	case IOVA_SOURCE_WIDTH:
		return snprintf(ret_text, size,
				"0x%llx-0x%llx is above the declared device width of %u bits",
				start, last, bits_below(c->region.start));
	case IOVA_SOURCE_UNKNOWN_TOP:
		return snprintf(ret_text, size,
				"0x%llx-0x%llx is above %u bits, and neither the kernel nor a "
				"declared width says that devices reach it",
				start, last, bits_below(c->region.start));
	case IOVA_SOURCE_GRANULE:
		return snprintf(ret_text, size,
				"0x%llx-0x%llx shares its IOMMU page with a forbidden range", start,
				last);
	case IOVA_SOURCE_LAST_PAGE:
		return snprintf(ret_text, size,
				"0x%llx-0x%llx is in the last page of the 64-bit space, where "
				"kernels up to 6.17 lose mappings",
				start, last);
	case IOVA_SOURCE_RESERVATION:
		return snprintf(ret_text, size, "0x%llx-0x%llx is reserved by this program%s%s",
				start, last, c->word[0] ? " for " : "", c->word);
	case IOVA_SOURCE_SYSFS:
		return snprintf(ret_text, size,
				"0x%llx-0x%llx: reserved_regions of group %u could not be read "
				"whole, so there may be regions that are not known",
				start, last, (unsigned)c->group);
	case IOVA_SOURCE_MAPPING:
		return snprintf(ret_text, size,
				"0x%llx-0x%llx overlaps the live mapping 0x%llx-0x%llx of memory "
				"at 0x%llx",
				start, last, (ull)c->region.start, (ull)c->region.last,
				(ull)c->vaddr);
	case IOVA_SOURCE_REQUEST:
		return snprintf(ret_text, size,
				"0x%llx-0x%llx overlaps the request for 0x%llx-0x%llx in the same "
				"array",
				start, last, (ull)c->region.start, (ull)c->region.last);
	default:
		return snprintf(ret_text, size, "0x%llx-0x%llx is not free", start, last);
	}
}
