/* SPDX-License-Identifier: BSD-3-Clause */
/* Structures with one fault each: a benchmark that lets them win would measure nothing. */

#include "bench.h"
#include <string.h>

static unsigned int calls;

static bool now_and_then(void)
{
	return ++calls % 16 == 0;
}

static bool misses(void *object, uint64_t first, uint64_t last, struct iova_mapping *ret_mapping)
{
	return bsd_rb.find(object, first, last, ret_mapping) && !now_and_then();
}

static bool finds_another(void *object, uint64_t first, uint64_t last,
			  struct iova_mapping *ret_mapping)
{
	bool found = bsd_rb.find(object, first, last, ret_mapping);

	if (found && now_and_then())
		ret_mapping->vaddr++;
	return found;
}

static bool finds_always(void *object, uint64_t first, uint64_t last,
			 struct iova_mapping *ret_mapping)
{
	*ret_mapping = (struct iova_mapping){ { first, last }, first, 3, 0 };
	bsd_rb.find(object, first, last, ret_mapping);
	return true;
}

static bool inserts_less(void *object, const struct iova_mapping *mapping)
{
	return now_and_then() || bsd_rb.insert(object, mapping);
}

/* Once anything is to be removed, nothing is done any more. */
static bool idle;

static bool removes_nothing(void *object, const struct iova_range *range)
{
	(void)object;
	(void)range;
	idle = true;
	return true;
}

static bool inserts_no_more(void *object, const struct iova_mapping *mapping)
{
	return idle || bsd_rb.insert(object, mapping);
}

static bool removes_less(void *object, const struct iova_range *range)
{
	return now_and_then() || bsd_rb.remove(object, range);
}

static bool builds_less(void *object, const struct iova_mapping *mappings, size_t n)
{
	return bsd_rb.build(object, mappings, n - n / 4);
}

static bool allocates_higher(void *object, const struct request *request, uint64_t *ret_start)
{
	struct request other = *request;

	if (now_and_then())
		other.window.start += UINT64_C(1) << 44;
	return bsd_rb.alloc(object, &other, ret_start);
}

static bool allocates_nothing(void *object, const struct request *request, uint64_t *ret_start)
{
	(void)object;
	*ret_start = request->window.start;
	return true;
}

const struct structure *liar(const char *name)
{
	static struct structure self;

	self = bsd_rb;
	self.name = "liar";
	if (!strcmp(name, "misses"))
		self.find = misses;
	else if (!strcmp(name, "finds-another"))
		self.find = finds_another;
	else if (!strcmp(name, "finds-always"))
		self.find = finds_always;
	else if (!strcmp(name, "inserts-less"))
		self.insert = inserts_less;
	else if (!strcmp(name, "removes-less"))
		self.remove = removes_less;
	else if (!strcmp(name, "idles"))
		self.insert = inserts_no_more, self.remove = removes_nothing;
	else if (!strcmp(name, "builds-less"))
		self.build = builds_less;
	else if (!strcmp(name, "allocates-higher"))
		self.alloc = allocates_higher;
	else if (!strcmp(name, "allocates-nothing"))
		self.alloc = allocates_nothing;
	else if (strcmp(name, "honest"))
		return NULL;
	return &self;
}
