/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory behind mappings: PAG. It is pinned, and charged, while a page table holds it, each page
 * once, however many copies of the mapping there are.
 */
#include "private.h"

#include "ioas.h"

#include <errno.h>
#include <stdlib.h>

/* PAG:iopt_alloc_pages; who is exempt when he maps is never charged. The caller's reference. */
struct sim_pages *sim_pages_new_(struct iova_sim *sim, const struct sim_iommufd *iommufd,
				 uint64_t start, bool writable)
{
	struct sim_pages *pages = sim_alloc_(sim, sizeof *pages);

	if (!pages)
		return NULL;
	pages->n_users = 1;
	pages->start = start & ~(uint64_t)(sim->memory.page_size - 1);
	pages->writable = writable;
	pages->account = sim->memory.exempt ? SIM_ACCOUNT_NOBODY : iommufd->account;
	return pages;
}

void sim_pages_put_(struct sim_pages *pages)
{
	if (!--pages->n_users)
		free(pages);
}

static uint64_t page_of(const struct iova_sim *sim, uint64_t byte)
{
	return byte / sim->memory.page_size;
}

static uint64_t last_byte(const struct sim_area *area)
{
	return area->start_byte + (area->last - area->iova);
}

/*
 * The next pages of an area that no other filled area of the same memory holds, from *at on, by
 * their index; false at the end.
 */
static bool next_own(const struct iova_sim *sim, const struct sim_area *area, uint64_t *at,
		     uint64_t *ret_last)
{
	uint64_t last = page_of(sim, last_byte(area)), next = last + 1;
	const struct sim_area *other = area->pages->areas;

	while (other) {
		uint64_t first = page_of(sim, other->start_byte);
		uint64_t last_page = page_of(sim, last_byte(other));

		if (other == area || !other->filled || last_page < *at) {
			other = other->next_of_pages;
			continue;
		}
		if (first > *at) {
			next = first < next ? first : next;
			other = other->next_of_pages;
			continue;
		}
		*at = last_page + 1;
		next = last + 1;
		other = area->pages->areas;
	}
	if (*at > last)
		return false;
	*ret_last = next - 1;
	return true;
}

static bool meets(const struct sim_ranges *ranges, uint64_t start, uint64_t last)
{
	for (size_t i = 0; i < ranges->n; i++) {
		if (ranges->items[i].start <= last && start <= ranges->items[i].last)
			return true;
	}
	return false;
}

/*
 * PAG:pfn_reader_user_pin: device memory (VM_PFNMAP) is EFAULT, too. Of a file,
 * mm/gup.c:memfd_pin_folios wants one of memory, and long enough.
 */
static int try_pin(const struct iova_sim *sim, const struct sim_pages *pages, uint64_t start,
		   uint64_t last)
{
	if (pages->of_file)
		return last >= pages->file_length ? -EINVAL : 0;
	if (meets(&sim->bad_memory, start, last) || meets(&sim->device_memory, start, last))
		return -EFAULT;
	return 0;
}

static uint64_t *account_of(struct iova_sim *sim, const struct sim_pages *pages)
{
	switch (pages->account) {
	case SIM_ACCOUNT_USER:
		return &sim->n_user_pinned;
	case SIM_ACCOUNT_PROCESS:
		return &sim->n_pinned;
	default:
		return &sim->n_free_pinned;
	}
}

/*
 * PAG:incr_user_locked_vm and update_mm_locked_vm: only the second counts what the process has
 * locked otherwise.
 */
static bool exceeds(const struct iova_sim *sim, const struct sim_pages *pages, uint64_t n)
{
	uint64_t page = sim->memory.page_size, limit = sim->memory.limit / page, used;

	if (pages->account == SIM_ACCOUNT_NOBODY || sim->memory.limit == UINT64_MAX)
		return false;
	used = pages->account == SIM_ACCOUNT_USER ? sim->n_user_pinned :
						    sim->memory.locked / page + sim->n_pinned;
	return used > limit || n > limit - used;
}

/* The limit is looked at last: PAG:pfn_reader_update_pinned. */
int sim_area_pin_(struct iova_sim *sim, struct sim_area *area)
{
	struct sim_pages *pages = area->pages;
	uint64_t page = sim->memory.page_size, n = 0, last = 0;
	uint64_t at = page_of(sim, area->start_byte);
	int r;

	for (; next_own(sim, area, &at, &last); at = last + 1) {
		r = try_pin(sim, pages, pages->start + at * page,
			    pages->start + (last * page + (page - 1)));
		if (r < 0)
			return r;
		n += last - at + 1;
	}
	if (exceeds(sim, pages, n))
		return -ENOMEM;
	*account_of(sim, pages) += n;
	area->filled = true;
	return 0;
}

void sim_area_unpin_(struct iova_sim *sim, struct sim_area *area)
{
	uint64_t at = page_of(sim, area->start_byte), last = 0;

	if (!area->filled)
		return;
	for (; next_own(sim, area, &at, &last); at = last + 1)
		*account_of(sim, area->pages) -= last - at + 1;
	area->filled = false;
}
