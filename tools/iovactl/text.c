/* SPDX-License-Identifier: BSD-3-Clause */
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void free_text(char *text)
{
	free(text);
}

void put_groups(FILE *out, const uint32_t *groups, size_t n_groups)
{
	for (size_t i = 0, j; i < n_groups; i = j) {
		for (j = i + 1; j < n_groups && groups[j] == groups[j - 1] + 1; j++)
			;
		fprintf(out, "%s%" PRIu32, i ? ", " : "", groups[i]);
		if (j - i > 1)
			fprintf(out, "-%" PRIu32, groups[j - 1]);
	}
}

char *groups_text(const uint32_t *groups, size_t n_groups)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs(n_groups == 1 ? "group " : "groups ", out);
	put_groups(out, groups, n_groups);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

struct length_text length_text(const struct iova_range *range)
{
	static const char units[] = "BKMGTPE";
	struct length_text text;
	uint64_t length;
	unsigned int unit = 0;

	if (iova_range_length(range, &length) < 0) {
		snprintf(text.text, sizeof text.text, "16E");
		return text;
	}
	while (unit + 1 < sizeof units - 1 && length >> (10 * (unit + 1)))
		unit++;
	if (length & ((UINT64_C(1) << (10 * unit)) - 1))
		snprintf(text.text, sizeof text.text, "%.1f%c",
			 (double)length / (double)(UINT64_C(1) << (10 * unit)), units[unit]);
	else
		snprintf(text.text, sizeof text.text, "%" PRIu64 "%c", length >> (10 * unit),
			 units[unit]);
	return text;
}

void wrap_text(char *text, size_t columns)
{
	char *line = text, *blank = NULL;

	for (char *at = text; *at; at++) {
		if (*at == ' ')
			blank = at;
		if ((size_t)(at - line) < columns || !blank)
			continue;
		*blank = '\n';
		line = blank + 1;
		blank = NULL;
	}
}

const char *tier_text(uint32_t tier)
{
	switch (tier) {
	case IOVA_TIER_USABLE:
		return "usable";
	case IOVA_TIER_AVOID:
		return "avoid";
	default:
		return "refused";
	}
}

const char *regions_state_text(uint32_t regions)
{
	switch (regions) {
	case IOVA_REGIONS_READ:
		return "read";
	case IOVA_REGIONS_EMPTY:
		return "empty";
	case IOVA_REGIONS_MISSING:
		return "missing";
	case IOVA_REGIONS_UNREADABLE:
		return "unreadable";
	case IOVA_REGIONS_TRUNCATED:
		return "truncated";
	default:
		return "malformed";
	}
}

struct class_text class_text(uint32_t class_code)
{
	static const struct {
		uint32_t code;
		const char *word;
	} classes[] = {
		{ 0x00ff, "other" },       { 0x0100, "SCSI" },          { 0x0101, "IDE" },
		{ 0x0104, "RAID" },        { 0x0106, "SATA" },          { 0x0107, "SAS" },
		{ 0x0108, "NVMe" },        { 0x0180, "storage" },       { 0x0200, "Ethernet" },
		{ 0x0207, "InfiniBand" },  { 0x0280, "network" },       { 0x0300, "VGA" },
		{ 0x0302, "3D" },          { 0x0380, "display" },       { 0x0400, "video" },
		{ 0x0401, "audio" },       { 0x0403, "audio" },         { 0x0480, "multimedia" },
		{ 0x0500, "RAM" },         { 0x0580, "memory" },        { 0x0600, "host bridge" },
		{ 0x0601, "ISA bridge" },  { 0x0604, "PCI bridge" },    { 0x0680, "bridge" },
		{ 0x0700, "serial" },      { 0x0780, "communication" }, { 0x0805, "SD host" },
		{ 0x0806, "IOMMU" },       { 0x0880, "system" },        { 0x0c03, "USB" },
		{ 0x0c05, "SMBus" },       { 0x0c80, "serial bus" },    { 0x0d11, "Bluetooth" },
		{ 0x0d80, "wireless" },    { 0x1080, "encryption" },    { 0x1180, "signal" },
		{ 0x1200, "accelerator" }, { 0x1300, "instrument" },
	};
	struct class_text class = { "" };

	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
		if (classes[i].code == class_code >> 8) {
			snprintf(class.text, sizeof class.text, "%s", classes[i].word);
			return class;
		}
	if (class_code)
		snprintf(class.text, sizeof class.text, "class %04" PRIx32, class_code >> 8);
	return class;
}
