/* SPDX-License-Identifier: BSD-3-Clause */
/* The input is the text of a reserved_regions file. */
#include "fuzz.h"
#include "regions-text.h"

static size_t count_lines(const uint8_t *data, size_t size)
{
	size_t n = size && data[size - 1] != '\n';

	for (size_t i = 0; i < size; i++)
		n += data[i] == '\n';
	return n;
}

static void check_region(const struct iova_region *region)
{
	size_t length = strnlen(region->word, sizeof region->word);

	CHECK(region->range.start <= region->range.last);
	CHECK(region->type >= IOVA_REGION_DIRECT && region->type <= IOVA_REGION_UNKNOWN);
	CHECK(length && length < sizeof region->word);
	for (size_t i = 0; i < length; i++)
		CHECK(region->word[i] > ' ' && region->word[i] < 0x7f);
	CHECK((region->type == IOVA_REGION_DIRECT) == !strcmp(region->word, "direct"));
	CHECK((region->type == IOVA_REGION_DIRECT_RELAXABLE) ==
	      !strcmp(region->word, "direct-relaxable"));
	CHECK((region->type == IOVA_REGION_RESERVED) == !strcmp(region->word, "reserved"));
	CHECK((region->type == IOVA_REGION_MSI) == !strcmp(region->word, "msi"));
}

static bool same(const struct iova_parsed_regions *a, const struct iova_parsed_regions *b)
{
	return a->n == b->n && a->truncated == b->truncated && a->n_malformed == b->n_malformed &&
	       a->n_inverted == b->n_inverted && a->n_unknown == b->n_unknown &&
	       (!a->n || !memcmp(a->regions, b->regions, a->n * sizeof *a->regions));
}

/* Printed as the kernel prints them, the regions are read back as they were. */
static void check_way_back(const struct iova_parsed_regions *parsed)
{
	struct iova_parsed_regions again;
	size_t size = regions_text_size(parsed->n), at = 0;
	char *text = malloc(size);

	CHECK(text);
	for (size_t i = 0; i < parsed->n; i++)
		at += (size_t)snprintf(text + at, size - at,
				       "0x%016" PRIx64 " 0x%016" PRIx64 " %s\n",
				       parsed->regions[i].range.start,
				       parsed->regions[i].range.last, parsed->regions[i].word);
	CHECK(!iova_parse_regions_(text, at, &again));
	CHECK(again.truncated == (at >= 4000));
	CHECK(!again.n_malformed && !again.n_inverted && again.n_unknown == parsed->n_unknown);
	again.truncated = parsed->truncated;
	again.n_malformed = parsed->n_malformed;
	again.n_inverted = parsed->n_inverted;
	CHECK(same(parsed, &again));
	iova_parsed_regions_done_(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Fillers that would carry on a number or a word, or end a line. */
	static const char fillers[] = { '0', 'i', '\n' };
	struct iova_parsed_regions parsed;
	size_t unknown = 0;

	CHECK(!iova_parse_regions_((const char *)data, size, &parsed));
	CHECK(parsed.truncated == (size >= 4000 || (size && data[size - 1] != '\n')));
	CHECK(parsed.n + parsed.n_malformed + parsed.n_inverted <= count_lines(data, size));
	for (size_t i = 0; i < parsed.n; i++) {
		check_region(&parsed.regions[i]);
		unknown += parsed.regions[i].type == IOVA_REGION_UNKNOWN;
	}
	CHECK(parsed.n_unknown == unknown);
	for (size_t i = 0; i < sizeof fillers; i++) {
		uint8_t *copy = copy_and_fill(data, size, 32, fillers[i]);
		struct iova_parsed_regions again;

		CHECK(!iova_parse_regions_((char *)copy, size, &again));
		CHECK(same(&parsed, &again));
		iova_parsed_regions_done_(&again);
		free(copy);
	}
	check_way_back(&parsed);
	iova_parsed_regions_done_(&parsed);
	return 0;
}
