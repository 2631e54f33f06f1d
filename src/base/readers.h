/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BASE_READERS_H
#define IOVA_BASE_READERS_H

/*
 * Who reads an object that is replaced as a whole. A reader takes no lock and waits for
 * nobody; who has put another object in place waits for those that may still
 * read the old one, and can release it then.
 *
 * Reader: enter, load the pointer to the object, read, leave.
 * Writer, one at a time: store the pointer to the new object, wait, release the old one.
 * The pointer is atomic, and loaded and stored in sequential consistency.
 *
 * A child of fork(2) counts the readers of its parent too, and waits for them for ever.
 */

#include <stdatomic.h>
#include <stdint.h>

#define READERS_SLOTS 16 /* a power of two; threads are spread over them */
#define READERS_LINE 16  /* of a cache, in numbers of 32 bits */

/* All zero is how it begins. */
struct iova_readers {
	_Atomic uint32_t phase; /* where readers count themselves, 0 or 1 */
	uint32_t apart[READERS_LINE - 1];
	struct readers_slot {
		_Atomic uint32_t inside[2]; /* by phase */
		uint32_t apart[READERS_LINE - 2];
	} slots[READERS_SLOTS];
};

/* Where the reader was counted, for when he leaves. One thread may be inside several times. */
_Atomic uint32_t *iova_readers_enter_(const struct iova_readers *readers);

static inline void iova_readers_leave_(_Atomic uint32_t *inside)
{
	atomic_fetch_sub_explicit(inside, 1, memory_order_release);
}

/* Until all are gone that entered before. Others may come meanwhile: they are not waited for. */
void iova_readers_wait_(struct iova_readers *readers);

#endif
