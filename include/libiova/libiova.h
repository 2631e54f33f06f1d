/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_LIBIOVA_H
#define LIBIOVA_LIBIOVA_H

/**
 * @file
 * All of libiova. Each header can be included alone as well.
 */

#include <libiova/context.h>
#include <libiova/explain.h>
#include <libiova/failure.h>
#include <libiova/host.h>
#include <libiova/iommufd.h>
#include <libiova/log.h>
#include <libiova/many.h>
#include <libiova/policy.h>
#include <libiova/range.h>
#include <libiova/set.h>
#include <libiova/space.h>
#include <libiova/sys.h>
#include <libiova/version.h>

#endif
