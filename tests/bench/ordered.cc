/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ordered maps of C++, by first address: std::map, and the B-tree of abseil. What overlaps
 * a range is the last mapping that begins in it or before; room is found by walking in order.
 */

#include "bench.h"
#include <absl/container/btree_map.h>
#include <map>

namespace
{

struct Rest {
	uint64_t last;
	uint64_t vaddr;
	uint32_t access;
};

template <class Map> struct Ordered {
	static void *make()
	{
		return new Map;
	}

	static void drop(void *object)
	{
		delete static_cast<Map *>(object);
	}

	static bool find(void *object, uint64_t first, uint64_t last, iova_mapping *ret_mapping)
	{
		Map &map = *static_cast<Map *>(object);
		auto at = map.upper_bound(last);

		if (at == map.begin())
			return false;
		--at;
		if (at->second.last < first)
			return false;
		ret_mapping->range.start = at->first;
		ret_mapping->range.last = at->second.last;
		ret_mapping->vaddr = at->second.vaddr;
		ret_mapping->access = at->second.access;
		return true;
	}

	static bool insert(void *object, const iova_mapping *mapping)
	{
		Map &map = *static_cast<Map *>(object);
		const iova_range &range = mapping->range;
		auto next = map.upper_bound(range.start);

		if (next != map.end() && next->first <= range.last)
			return false;
		if (next != map.begin()) {
			auto before = next;

			--before;
			if (before->second.last >= range.start)
				return false;
		}
		map.emplace_hint(next, range.start,
				 Rest{ range.last, mapping->vaddr, mapping->access });
		return true;
	}

	static bool remove(void *object, const iova_range *range)
	{
		Map &map = *static_cast<Map *>(object);
		auto at = map.find(range->start);

		if (at == map.end() || at->second.last != range->last)
			return false;
		map.erase(at);
		return true;
	}

	static bool build(void *object, const iova_mapping *mappings, size_t n)
	{
		Map &map = *static_cast<Map *>(object);

		for (size_t i = 0; i < n; i++) {
			const iova_mapping &one = mappings[i];

			if (i && mappings[i - 1].range.last >= one.range.start)
				return false;
			map.emplace_hint(map.end(), one.range.start,
					 Rest{ one.range.last, one.vaddr, one.access });
		}
		return true;
	}

	static bool alloc(void *object, const request *request, uint64_t *ret_start)
	{
		Map &map = *static_cast<Map *>(object);
		const uint64_t mask = request->align - 1;
		uint64_t place = (request->window.start + mask) & ~mask;
		auto at = map.begin();

		for (; at != map.end(); ++at) {
			if (at->second.last < request->window.start)
				continue;
			if (at->first > place && at->first - place >= request->length)
				break;
			place = (at->second.last + 1 + mask) & ~mask;
		}
		if (place > request->window.last ||
		    request->window.last - place < request->length - 1)
			return false;
		map.emplace_hint(at, place,
				 Rest{ place + (request->length - 1), place,
				       IOVA_READ | IOVA_WRITE });
		*ret_start = place;
		return true;
	}
};

template <class Map> constexpr structure ordered(const char *name)
{
	using Of = Ordered<Map>;

	return structure{ name,       Of::make,   Of::drop,  nullptr,   Of::find,
			  Of::insert, Of::remove, Of::build, Of::alloc, false };
}

} // namespace

extern "C" {
extern const structure std_map = ordered<std::map<uint64_t, Rest>>("std::map");
extern const structure absl_map = ordered<absl::btree_map<uint64_t, Rest>>("absl::btree_map");
}
