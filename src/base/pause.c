/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/pause.h"

#include <sched.h>
#include <time.h>

#define YIELDS 100
#define SLEEP_NS 50000

void iova_pause_(unsigned int attempt)
{
	if (attempt < YIELDS)
		sched_yield();
	else
		nanosleep(&(struct timespec){ .tv_nsec = SLEEP_NS }, NULL);
}
