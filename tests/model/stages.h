/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_STAGES_H
#define IOVA_TESTS_STAGES_H

/* The stages that the model has for the scenarios: presets, and twins of the guests of tests/vm. */

#include "harness.h"
#include "stage.h"

/* The first one without a name; NULL if there is none of it. */
struct stage *stages_find(const char *name);
/* A new world to play on, clean and with memory to lock. */
struct world *stages_world(const struct stage *stage);

#endif
