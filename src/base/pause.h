/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BASE_PAUSE_H
#define IOVA_BASE_PAUSE_H

/*
 * Between two looks whether another thread is through, which nearly always is at once:
 * attempt counts the looks, from 0. A thread of lower priority gets the processor only while we
 * sleep, so after many attempts we do.
 */
void iova_pause_(unsigned int attempt);

#endif
