/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_TEXT_H
#define IOVACTL_TEXT_H

/*
 * Small pieces of text for people. Functions that return char * hand out a string to be given to
 * free_text(), or NULL without memory.
 */

#include <stdio.h>

#include <libiova/libiova.h>

void free_text(char *text);

/* "group 3", "groups 0-4, 7"; the numbers ascend. */
char *groups_text(const uint32_t *groups, size_t n_groups);

/* Only the numbers: "0-4, 7". */
void put_groups(FILE *out, const uint32_t *groups, size_t n_groups);

/* The length of a range: "1M", "508.0G"; exact unless it has a decimal point. */
struct length_text {
	char text[16];
};
struct length_text length_text(const struct iova_range *range);

/* Why a segment is what it is; with_owners tells whose. "" without reasons. */
char *reasons_text(const struct iova_space *space, size_t segment, int with_owners);

/* Breaks lines between words, where there is one, so that none passes some columns. */
void wrap_text(char *text, size_t columns);

const char *tier_text(uint32_t tier);
const char *regions_state_text(uint32_t regions);

/* What a PCI class is, in a word or two; "" for 0. */
struct class_text {
	char text[24];
};
struct class_text class_text(uint32_t class_code);

#endif
