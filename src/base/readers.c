/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/readers.h"

#include "base/pause.h"

#include <pthread.h>

/* Handles of threads are addresses far apart: the highest bits of the product differ. */
static uint32_t slot_of_this_thread(void)
{
	const uint64_t golden_ratio = 0x9e3779b97f4a7c15;

	return (uint32_t)(((uint64_t)(uintptr_t)pthread_self() * golden_ratio) >> 32) /
	       (UINT32_MAX / READERS_SLOTS + 1);
}

_Atomic uint32_t *iova_readers_enter_(const struct iova_readers *readers)
{
	/* That somebody reads is no change of what he reads. */
	struct iova_readers *counts = (struct iova_readers *)readers;
	uint32_t phase = atomic_load_explicit(&counts->phase, memory_order_relaxed);
	_Atomic uint32_t *inside = &counts->slots[slot_of_this_thread()].inside[phase];

	/*
	 * In the one order of all such operations either this comes before the writer looks at the
	 * count, or the pointer is loaded after he stored it.
	 */
	atomic_fetch_add(inside, 1);
	return inside;
}

/* Nearly always nobody is inside, or somebody who is running and gone at once. */
static void wait_for(_Atomic uint32_t *inside)
{
	for (unsigned int attempt = 0; atomic_load(inside); attempt++)
		iova_pause_(attempt);
}

/*
 * Each count has to be seen at 0 once: whoever was counted there before is gone, and whoever is
 * later reads the new object. Newcomers are sent to the other phase first, or the count might
 * never be 0. Both phases have their turn, since a reader may look at the phase,
 * be held up over any number of changes, and only then count himself.
 */
void iova_readers_wait_(struct iova_readers *readers)
{
	for (int turn = 0; turn < 2; turn++) {
		uint32_t old = atomic_load_explicit(&readers->phase, memory_order_relaxed);

		atomic_store(&readers->phase, old ^ 1);
		for (uint32_t i = 0; i < READERS_SLOTS; i++)
			wait_for(&readers->slots[i].inside[old]);
	}
}
