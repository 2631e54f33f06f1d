/* SPDX-License-Identifier: BSD-3-Clause */
/* Descriptions as texts: comments, what is no JSON, any bytes at all, and no memory left. */
#include "simfile-help.h"

#include "oom.h"

#include <stdio.h>
#include <stdlib.h>

/* One of each thing that may stand in a description. */
static const char everything[] =
	"// a host\n"
	"{ \"preset\": \"desktop\", /* of the library */\n"
	"  \"kernel\": { \"release\": \"6.1\", \"direct\": \"allowed\", \"padded\": true },\n"
	"  \"iommu\": { \"start\": 0, \"last\": \"0xffffffffff\", \"page_sizes\": 4096 },\n"
	"  \"memory\": { \"limit\": 1e0 },\n"
	"  \"bad_memory\": [ { \"start\": 1, \"last\": 2 } ],\n"
	"  \"groups\": [ { \"id\": 20, \"type\": \"DMA\", \"iommu\": { \"bits\": 39 },\n"
	"    \"regions\": [ { \"start\": 0, \"last\": 1, \"type\": \"\\u006dsi\" } ],\n"
	"    \"devices\": [ { \"address\": \"a\", \"vendor\": 1, \"device\": 2, \"class\": 3,\n"
	"      \"regions\": [ { \"start\": 0, \"last\": 1, \"type\": \"direct\" } ],\n"
	"      \"driver\": null } ] } ],\n"
	"  \"drivers\": { \"a\": \"vfio-pci\" }, \"removed\": [ \"0000:00:14.0\" ],\n"
	"  \"files\": [ { \"path\": \"sys/kernel/iommu_groups\", \"error\": \"EIO\" },\n"
	"    { \"path\": \"sys/kernel/iommu_groups/20/type\", \"text\": \"\\\"x\\\"\" } ],\n"
	"  \"replies\": [ { \"offset\": 0, \"size\": 4, \"value\": 0 } ],\n"
	"  \"calls\": [ { \"call\": \"map\", \"error\": \"ENOMEM\" } ],\n"
	"  \"allocations\": [ 9 ] }\n";

/* Of "everything" all but the one number that is no whole one. */
static char *right_text(void)
{
	char *text = malloc(sizeof everything);

	assert_non_null(text);
	memcpy(text, everything, sizeof everything);
	memcpy(strstr(text, "1e0"), "100", 3);
	return text;
}

/* From memory of exactly that size, for a sanitizer to see. */
static int parse_bytes(const char *bytes, size_t n, struct simfile_error *error)
{
	char *copy = malloc(n + !n);
	struct iova_sim *sim = NULL;
	int r;

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	error->text[0] = '\0';
	r = simfile_parse("text", copy, n, &sim, error);
	free(copy);
	assert_int_equal(r == 0, sim != NULL);
	assert_int_equal(r == 0, error->text[0] == '\0');
	iova_sim_free(sim);
	return r;
}

static void comments_are_blanks(void **state)
{
	struct world *w =
		world_of_text("/* a *//**//***/{// b { \" '\n\"preset\"/*: */:\"epyc\"} //");

	(void)state;
	world_free(w);
	w = world_of_text("{ \"files\": [ { \"path\": \"//sys/kernel/iommu_groups\","
			  "  \"text\": \"/* no */ // comment\" } ] }");
	world_free(w);
	assert_wrong("{} /* }", "text: line 1, column 4: the comment does not stop");
	assert_wrong("{}\n /*/", "text: line 2, column 2: the comment does not stop");
	assert_wrong("{} /", "text: line 1, column 4: unexpected character");
}

static const struct {
	const char *text, *error;
} syntax[] = {
	{ "", "line 1, column 1: unexpected end of data" },
	{ "  \n\n ", "line 3, column 2: unexpected end of data" },
	{ "{", "line 1, column 2: unexpected end of data" },
	{ "{\n  \"preset\" \"x\" }",
	  "line 2, column 12: object property name separator ':' expected" },
	{ "{\n  preset: 1 }", "line 2, column 3: quoted object property name expected" },
	{ "{ \"preset\": x }", "line 1, column 13: unexpected character" },
	{ "{ \"groups\": [ 1 2 ] }", "line 1, column 17: array value separator ',' expected" },
	{ "{ \"groups\": [ 1, ] }", "line 1, column 18: unexpected character" },
	{ "{} {}", "line 1, column 4: unexpected character" },
	{ "{ 'preset': 1 }", "line 1, column 3: a string stands in \"\"" },
	{ "{ \"preset", "line 1, column 10: the string does not stop" },
	{ "{ \"preset\\", "line 1, column 11: the string does not stop" },
	{ "{ \"a\nb\": 1 }",
	  "line 1, column 5: a control character in a string; write it as an escape" },
	{ "{ \"preset\\u0000\": 1 }", "line 1, column 10: the character 0 in a string" },
	{ "{ \"preset\": \"\\\\u0000\" }", NULL }, /* a backslash and a word */
	{ "{ \"\xff\": 1 }", "line 1, column 4: invalid utf-8 string" },
	{ "{ \"preset\": \"\xc3(\" }", NULL },
	{ "\xef\xbb\xbf{}", "line 1, column 1: invalid utf-8 string" },
	{ "{ \"memory\": { \"limit\": 01 } }", "line 1, column 26: number expected" },
};

static void a_mistake_of_syntax_is_named_with_line_and_column(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof syntax / sizeof *syntax; i++) {
		struct simfile_error error;
		char expected[200];

		assert_int_equal(parse_bytes(syntax[i].text, strlen(syntax[i].text), &error),
				 -EINVAL);
		if (!syntax[i].error)
			continue;
		snprintf(expected, sizeof expected, "text: %s", syntax[i].error);
		assert_string_equal(error.text, expected);
	}
	assert_wrong_bytes("{}\0", 3, -EINVAL, "text: line 1, column 3: the character 0");
}

static void deep_nesting_is_refused(void **state)
{
	static char text[100000];
	struct simfile_error error;

	(void)state;
	memset(text, '[', sizeof text);
	assert_wrong_bytes(text, sizeof text, -EINVAL, "text: line 1, column 17: nesting too deep");
	for (size_t i = 0; i + 5 <= sizeof text; i += 5)
		memcpy(text + i, "{\"a\":", 5);
	assert_int_equal(parse_bytes(text, sizeof text, &error), -EINVAL);
	assert_non_null(strstr(error.text, "nesting too deep"));
}

static void a_huge_text_is_refused(void **state)
{
	size_t size = SIMFILE_SIZE_MAX + 1;
	char *text = malloc(size);
	struct simfile_error error;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', size);
	assert_wrong_bytes(text, size, -EFBIG, "text: it is larger than 1048576 bytes");
	memcpy(text, "{}", 2);
	assert_int_equal(parse_bytes(text, size - 1, &error), 0);
	free(text);
}

static void no_beginning_of_a_description_is_one(void **state)
{
	char *text = right_text();
	size_t n = strlen(text);
	struct simfile_error error;

	(void)state;
	if (parse_bytes(text, n, &error) < 0)
		fail_msg("%s", error.text);
	assert_int_equal(parse_bytes(text, n - 1, &error), 0);
	for (size_t i = 0; i + 1 < n; i++)
		assert_int_equal(parse_bytes(text, i, &error), -EINVAL);
	free(text);
}

/* Every byte once as each of these: the reader tells what is wrong, or makes a host. */
static void any_byte_may_be_another(void **state)
{
	static const char others[] = { '\0', '\n', '"', '\'', '/', '*', '[', ']', '{',
				       '}',  ',',  ':', '\\', '0', '-', '.', 'e', '\x80' };
	char *text = right_text();
	size_t n = strlen(text);
	unsigned int right = 0, wrong = 0;
	struct simfile_error error;

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < sizeof others; j++) {
			char kept = text[i];
			int r;

			text[i] = others[j];
			r = parse_bytes(text, n, &error);
			assert_true(r == 0 || r == -EINVAL);
			right += r == 0;
			wrong += r != 0;
			text[i] = kept;
		}
	assert_true(right && wrong);
	free(text);
}

/* Of the reader and of the host; json-c has its own memory, which no test can take away. */
static void a_lack_of_memory_is_an_error_and_nothing_is_lost(void **state)
{
	char *text = right_text();
	long live = oom_live();
	unsigned long n = 0;

	(void)state;
	for (;; n++) {
		struct simfile_error error = { "" };
		struct iova_sim *sim = NULL;
		int r;

		oom_fail_at(n);
		r = simfile_parse("text", text, strlen(text), &sim, &error);
		oom_off();
		if (!oom_reached()) {
			assert_int_equal(r, 0);
			iova_sim_free(sim);
			break;
		}
		assert_int_equal(r, -ENOMEM);
		assert_null(sim);
		assert_string_equal(error.text, "text: no memory is left");
		assert_int_equal(oom_live(), live);
	}
	assert_true(n > 10);
	assert_int_equal(oom_live(), live);
	free(text);
}

static void a_file_is_read_without_memory_or_not_at_all(void **state)
{
	for (unsigned long n = 0;; n++) {
		struct simfile_error error;
		struct iova_sim *sim;
		int r;

		oom_fail_at(n);
		r = simfile_read("/dev/null", &sim, &error);
		oom_off();
		assert_int_equal(r, oom_reached() ? -ENOMEM : -EINVAL);
		if (!oom_reached())
			break;
	}
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comments_are_blanks),
		cmocka_unit_test(a_mistake_of_syntax_is_named_with_line_and_column),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(a_huge_text_is_refused),
		cmocka_unit_test(no_beginning_of_a_description_is_one),
		cmocka_unit_test(any_byte_may_be_another),
		cmocka_unit_test(a_lack_of_memory_is_an_error_and_nothing_is_lost),
		cmocka_unit_test(a_file_is_read_without_memory_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
