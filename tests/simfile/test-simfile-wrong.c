/* SPDX-License-Identifier: BSD-3-Clause */
/* Descriptions that are wrong: what is said of each, to the letter. */
#include "simfile-help.h"

#include <stdio.h>

#define DEVICE "\"address\": \"a\", \"vendor\": 1, \"device\": 2, \"class\": 3"
#define TOP                                                                                     \
	"preset, kernel, iommu, memory, bad_memory, groups, devices, drivers, removed, files, " \
	"replies, calls, allocations"
#define HEX " (or a string such as \"0x1000\"), found "
#define NAME63 "expected a string of 1 to 63 ASCII characters without blanks and slashes, found "
#define NAME31 "expected a string of 1 to 31 ASCII characters without blanks and slashes, found "

static const struct {
	const char *text, *error;
} values[] = {
	/* keys */
	{ "{ \"group\": [] }", "group: unknown key; is \"groups\" meant; here are: " TOP },
	{ "{ \"\": 1 }", ": unknown key; here are: " TOP },
	{ "{ \"a\\nb\\u00e4\": 1 }", "a\\x0ab\\xc3\\xa4: unknown key; here are: " TOP },
	{ "{ \"groups\": [ { \"id\": 1, \"devices\": [ { \"vendr\": 1 } ] } ] }",
	  "groups[0].devices[0].vendr: unknown key; is \"vendor\" meant; here are: address, "
	  "vendor, device, class, driver, regions" },
	{ "{ \"kernel\": \"6.1\", \"kernel\": \"6.1\" }", "kernel: the key stands there twice" },
	{ "{ \"groups\": [ { \"id\": 1 }, { \"id\": 2, \"\\u0069d\": 2 } ] }",
	  "groups[1].id: the key stands there twice" },
	{ "{ \"groups\": [ { \"type\": \"DMA\" } ] }", "groups[0]: the key \"id\" is missing" },
	{ "{ \"devices\": [ { \"vendor\": 1, \"device\": 2, \"class\": 3 } ] }",
	  "devices[0]: the key \"address\" is missing" },
	{ "{ \"devices\": [ { \"address\": \"a\", \"device\": 2, \"class\": 3 } ] }",
	  "devices[0]: the key \"vendor\" is missing" },
	{ "{ \"devices\": [ { \"address\": \"a\", \"vendor\": 2, \"class\": 3 } ] }",
	  "devices[0]: the key \"device\" is missing" },
	{ "{ \"devices\": [ { \"address\": \"a\", \"device\": 2, \"vendor\": 3 } ] }",
	  "devices[0]: the key \"class\" is missing" },
	{ "{ \"bad_memory\": [ { \"start\": 1 } ] }",
	  "bad_memory[0]: the key \"last\" is missing" },
	{ "{ \"bad_memory\": [ { \"last\": 1 } ] }",
	  "bad_memory[0]: the key \"start\" is missing" },
	{ "{ \"groups\": [ { \"id\": 1, \"regions\": [ { \"last\": 1, \"start\": 1 } ] } ] }",
	  "groups[0].regions[0]: the key \"type\" is missing" },
	{ "{ \"calls\": [ { \"error\": \"EIO\" } ] }", "calls[0]: the key \"call\" is missing" },
	{ "{ \"calls\": [ { \"call\": \"map\" } ] }", "calls[0]: the key \"error\" is missing" },
	{ "{ \"files\": [ { \"error\": \"EIO\" } ] }", "files[0]: the key \"path\" is missing" },
	{ "{ \"replies\": [ { \"offset\": 1, \"size\": 1 } ] }",
	  "replies[0]: the key \"value\" is missing" },

	/* kinds of values */
	{ "[]", "expected an object, found a list" },
	{ "null", "expected an object, found null" },
	{ "\"x\"", "expected an object, found \"x\"" },
	{ "{ \"groups\": {} }", "groups: expected a list, found an object" },
	{ "{ \"groups\": null }", "groups: expected a list, found null" },
	{ "{ \"groups\": [ 1 ] }", "groups[0]: expected an object, found 1" },
	{ "{ \"groups\": [ { \"id\": 1, \"iommu\": [] } ] }",
	  "groups[0].iommu: expected an object, found a list" },
	{ "{ \"iommu\": 39 }", "iommu: expected an object, found 39" },
	{ "{ \"memory\": \"64M\" }", "memory: expected an object, found \"64M\"" },
	{ "{ \"drivers\": [] }", "drivers: expected an object, found a list" },
	{ "{ \"removed\": [ 1 ] }", "removed[0]: " NAME63 "1" },
	{ "{ \"preset\": 1 }", "preset: expected a string, found 1" },
	{ "{ \"kernel\": 6.12 }", "kernel: expected a release or an object, found 6.12" },
	{ "{ \"kernel\": { \"release\": 6.12 } }",
	  "kernel.release: expected a string, found 6.12" },
	{ "{ \"kernel\": { \"has_list\": 1 } }",
	  "kernel.has_list: expected true or false, found 1" },
	{ "{ \"kernel\": { \"direct\": 1 } }",
	  "kernel.direct: expected one of \"allowed\", \"at-iommu\", \"at-container\", "
	  "\"invalid\", found 1" },
	{ "{ \"calls\": [ { \"call\": \"map\", \"error\": 5 } ] }",
	  "calls[0].error: expected the name of an error, such as \"EINVAL\", found 5" },
	{ "{ \"calls\": [ { \"call\": \"map\", \"error\": \"einval\" } ] }",
	  "calls[0].error: expected the name of an error, such as \"EINVAL\", found \"einval\"" },
	{ "{ \"files\": [ { \"path\": 1, \"cut\": 1 } ] }",
	  "files[0].path: expected a string, found 1" },

	/* numbers */
	{ "{ \"groups\": [ { \"id\": -1 } ] }",
	  "groups[0].id: expected a number from 0 to 0x7fffffff" HEX "-1" },
	{ "{ \"groups\": [ { \"id\": 2147483648 } ] }",
	  "groups[0].id: expected a number from 0 to 0x7fffffff" HEX "2147483648" },
	{ "{ \"groups\": [ { \"id\": 1.0 } ] }",
	  "groups[0].id: expected a number from 0 to 0x7fffffff" HEX "1.0" },
	{ "{ \"groups\": [ { \"id\": \"1\" } ] }",
	  "groups[0].id: expected a number from 0 to 0x7fffffff" HEX "\"1\"" },
	{ "{ \"groups\": [ { \"id\": \"0x\" } ] }",
	  "groups[0].id: expected a number from 0 to 0x7fffffff" HEX "\"0x\"" },
	{ "{ \"groups\": [ { \"id\": \"0x-1\" } ] }",
	  "groups[0].id: expected a number from 0 to 0x7fffffff" HEX "\"0x-1\"" },
	{ "{ \"groups\": [ { \"id\": true } ] }",
	  "groups[0].id: expected a number from 0 to 0x7fffffff" HEX "true" },
	{ "{ \"memory\": { \"limit\": \"0x10000000000000000\" } }",
	  "memory.limit: expected a number from 0 to 0xffffffffffffffff" HEX
	  "\"0x10000000000000000\"" },
	{ "{ \"memory\": { \"limit\": 18446744073709551616 } }",
	  "memory.limit: the number does not fit into 64 bits" },
	{ "{ \"memory\": { \"page_size\": 0 } }",
	  "memory.page_size: expected a number from 1 to 0x40000000" HEX "0" },
	{ "{ \"memory\": { \"page_size\": 4097 } }", "memory: \"page_size\" is no power of two" },
	{ "{ \"groups\": [ { \"id\": 1, \"devices\": [ { \"address\": \"a\", \"vendor\": 1,"
	  " \"device\": 2, \"class\": \"0x1000000\" } ] } ] }",
	  "groups[0].devices[0].class: expected a number from 0 to 0xffffff" HEX "\"0x1000000\"" },
	{ "{ \"devices\": [ { \"vendor\": 65536 } ] }",
	  "devices[0].vendor: expected a number from 0 to 0xffff" HEX "65536" },
	{ "{ \"devices\": [ { \"device\": 65536 } ] }",
	  "devices[0].device: expected a number from 0 to 0xffff" HEX "65536" },
	{ "{ \"iommu\": { \"bits\": 0 } }", "iommu.bits: expected a number from 1 to 64, found 0" },
	{ "{ \"iommu\": { \"bits\": 65 } }",
	  "iommu.bits: expected a number from 1 to 64, found 65" },
	{ "{ \"iommu\": { \"bits\": 48, \"page_sizes\": 0 } }",
	  "iommu.page_sizes: expected a number from 1 to 0xffffffffffffffff" HEX "0" },
	{ "{ \"kernel\": { \"entry_limit\": 4294967296 } }",
	  "kernel.entry_limit: expected a number from 0 to 0xffffffff" HEX "4294967296" },
	{ "{ \"calls\": [ { \"call\": \"map\", \"nth\": 0 } ] }",
	  "calls[0].nth: expected a number from 1 to 0xffffffffffffffff" HEX "0" },
	{ "{ \"allocations\": [ 0 ] }",
	  "allocations[0]: expected a number from 1 to 0xffffffffffffffff" HEX "0" },
	{ "{ \"replies\": [ { \"offset\": 1, \"size\": 9, \"value\": 1 } ] }",
	  "replies[0].size: expected a number from 1 to 8, found 9" },

	/* names */
	{ "{ \"devices\": [ { \"address\": \"\" } ] }", "devices[0].address: " NAME63 "\"\"" },
	{ "{ \"devices\": [ { \"address\": \"a/b\" } ] }",
	  "devices[0].address: " NAME63 "\"a/b\"" },
	{ "{ \"devices\": [ { \"address\": \"..\" } ] }", "devices[0].address: " NAME63 "\"..\"" },
	{ "{ \"devices\": [ { \"driver\": \"a b\" } ] }",
	  "devices[0].driver: expected a string of 1 to 63 ASCII characters without blanks and "
	  "slashes, or null, found \"a b\"" },
	{ "{ \"groups\": [ { \"type\": \"12345678901234567890123456789012\" } ] }",
	  "groups[0].type: " NAME31 "\"12345678901234567890123456789012\"" },
	{ "{ \"groups\": [ { \"id\": 1, \"regions\": [ { \"type\": \"m\\u00e4i\" } ] } ] }",
	  "groups[0].regions[0].type: " NAME31 "\"m\\xc3\\xa4i\"" },

	/* what does not go together */
	{ "{ \"kernel\": \"3.10\" }",
	  "kernel: expected a release that the model knows, such as \"6.12\", found \"3.10\"" },
	{ "{ \"kernel\": { \"release\": \"\" } }",
	  "kernel.release: expected a release that the model knows, such as \"6.12\", found \"\"" },
	{ "{ \"iommu\": {} }", "iommu: one of the keys \"bits\" and \"last\" is needed" },
	{ "{ \"iommu\": { \"bits\": 39, \"last\": 1 } }",
	  "iommu: one of the keys \"bits\" and \"last\" is needed, and not both" },
	{ "{ \"iommu\": { \"start\": 4096, \"last\": 4095 } }",
	  "iommu: \"start\" is above the last address" },
	{ "{ \"bad_memory\": [ { \"start\": 4096, \"last\": 4095 } ] }",
	  "bad_memory[0]: \"start\" is above \"last\"" },
	{ "{ \"groups\": [ { \"id\": 1, \"regions\": [ { \"start\": 1, \"last\": 0,"
	  " \"type\": \"msi\" } ] } ] }",
	  "groups[0].regions[0]: \"start\" is above \"last\"" },
	{ "{ \"groups\": [ { \"id\": 1 }, { \"id\": 2 }, { \"id\": 1 } ] }",
	  "groups[2].id: group 1 is described already, in groups[0]" },
	{ "{ \"preset\": \"desktop\", \"groups\": [ { \"id\": 1, \"type\": \"DMA\" } ] }",
	  "groups[0].type: group 1 is of the preset and keeps its type" },
	{ "{ \"groups\": [ { \"id\": 1, \"devices\": [ { " DEVICE " } ] } ],"
	  " \"devices\": [ { " DEVICE " } ] }",
	  "devices[0].address: there is a device a already" },
	{ "{ \"drivers\": { \"0000:02:00.0\": null } }",
	  "drivers.0000:02:00.0: there is no such device" },
	{ "{ \"removed\": [ \"0000:02:00.0\" ] }", "removed[0]: there is no device 0000:02:00.0" },
	{ "{ \"devices\": [ { " DEVICE " } ], \"removed\": [ \"a\", \"a\" ] }",
	  "removed[1]: there is no device a" },
	{ "{ \"files\": [ { \"path\": \"sys\" } ] }",
	  "files[0]: one of the keys \"error\", \"cut\" and \"text\" is needed" },
	{ "{ \"files\": [ { \"path\": \"sys\", \"cut\": 1, \"text\": \"\" } ] }",
	  "files[0]: one of the keys \"error\", \"cut\" and \"text\" is needed" },
	{ "{ \"files\": [ { \"path\": \"sys/nothing\", \"cut\": 1 } ] }",
	  "files[0].path: expected a file of the host, such as \"sys/kernel/iommu_groups\", found "
	  "\"sys/nothing\"" },
	{ "{ \"files\": [ { \"path\": \"sys\", \"error\": \"EIO\" },"
	  " { \"path\": \"sys\", \"error\": \"EIO\" } ] }",
	  "files[1].path: the file is in files[0] already" },
	{ "{ \"calls\": [ { \"call\": \"map\", \"error\": \"EIO\" },"
	  " { \"call\": \"map\", \"nth\": 1, \"error\": \"EPERM\" } ] }",
	  "calls[1]: that call fails already, by calls[0]" },
	{ "{ \"allocations\": [ 1, 2, 1 ] }",
	  "allocations[2]: that one fails already, by allocations[0]" },
};

static void each_mistake_is_named_with_its_place_and_what_was_expected(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		char expected[700];

		snprintf(expected, sizeof expected, "text: %s", values[i].error);
		assert_wrong(values[i].text, expected);
	}
}

static void an_unknown_preset_is_answered_with_those_there_are(void **state)
{
	struct simfile_error error;
	struct iova_sim *sim;
	const char *const *names = iova_sim_presets();
	const char text[] = "{ \"preset\": \"desktip\" }";

	(void)state;
	assert_int_equal(simfile_parse("text", text, strlen(text), &sim, &error), -EINVAL);
	assert_non_null(strstr(error.text, "text: preset: unknown preset; is \"desktop\" meant;"));
	for (size_t i = 0; names[i]; i++)
		assert_non_null(strstr(error.text, names[i]));
}

static void a_list_may_not_be_endless(void **state)
{
	static char text[64 + 2 * (SIMFILE_ITEMS_MAX + 1)];
	size_t n = (size_t)snprintf(text, sizeof text, "{ \"removed\": [");

	(void)state;
	for (unsigned int i = 0; i <= SIMFILE_ITEMS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s1", i ? "," : "");
	snprintf(text + n, sizeof text - n, "] }");
	assert_wrong(text, "text: removed: 1025 elements; at most 1024 may be in a list");
}

static void what_is_shown_of_the_file_is_cut(void **state)
{
	char name[1000], text[1000], expected[1000];
	struct simfile_error error;
	struct iova_sim *sim;

	(void)state;
	memset(name, 'n', sizeof name);
	name[999] = '\0';
	snprintf(text, sizeof text, "{ \"preset\": 1, \"%.500s\": 1 }", name);
	assert_int_equal(simfile_parse(name, text, strlen(text), &sim, &error), -EINVAL);
	snprintf(expected, sizeof expected, "...%.160s: preset: expected a string, found 1", name);
	assert_string_equal(error.text, expected);
	snprintf(text, sizeof text, "{ \"%.500s\": 1 }", name);
	snprintf(expected, sizeof expected, "text: %.40s...: unknown key; here are: " TOP, name);
	assert_wrong(text, expected);
	snprintf(text, sizeof text, "{ \"groups\": \"%.500s\" }", name);
	snprintf(expected, sizeof expected, "text: groups: expected a list, found \"%.60s...\"",
		 name);
	assert_wrong(text, expected);
}

static void a_file_that_cannot_be_read_is_told_by_the_system(void **state)
{
	struct simfile_error error;
	struct iova_sim *sim;

	(void)state;
	assert_int_equal(simfile_read("no/such/file.json", &sim, &error), -ENOENT);
	assert_string_equal(error.text, "no/such/file.json: No such file or directory");
	assert_int_equal(simfile_read("/", &sim, &error), -EISDIR);
	assert_string_equal(error.text, "/: Is a directory");
	assert_int_equal(simfile_read("/dev/null", &sim, &error), -EINVAL);
	assert_string_equal(error.text, "/dev/null: line 1, column 1: unexpected end of data");
	assert_int_equal(simfile_read("/dev/zero", &sim, &error), -EFBIG);
	assert_string_equal(error.text, "/dev/zero: it is larger than 1048576 bytes");
}

static void an_error_has_its_name(void **state)
{
	(void)state;
	assert_string_equal(simfile_errno_name(EINVAL), "EINVAL");
	assert_string_equal(simfile_errno_name(EOPNOTSUPP), "EOPNOTSUPP");
	assert_null(simfile_errno_name(0));
	assert_null(simfile_errno_name(-EINVAL));
}

static void the_nearest_word_is_near(void **state)
{
	static const char *const words[] = { "desktop", "desktop-6.1", "epyc", "old" };
	static const char *const far[] = { "", "x", "laptop", "cold-fusion", "ep" };

	(void)state;
	assert_string_equal(simfile_nearest("desktop", words, 4), "desktop");
	assert_string_equal(simfile_nearest("desktob", words, 4), "desktop");
	assert_string_equal(simfile_nearest("desktop6.1", words, 4), "desktop-6.1");
	assert_string_equal(simfile_nearest("epic", words, 4), "epyc");
	assert_string_equal(simfile_nearest("ol", words, 4), "old");
	for (size_t i = 0; i < sizeof far / sizeof *far; i++)
		assert_null(simfile_nearest(far[i], words, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mistake_is_named_with_its_place_and_what_was_expected),
		cmocka_unit_test(an_unknown_preset_is_answered_with_those_there_are),
		cmocka_unit_test(a_list_may_not_be_endless),
		cmocka_unit_test(what_is_shown_of_the_file_is_cut),
		cmocka_unit_test(a_file_that_cannot_be_read_is_told_by_the_system),
		cmocka_unit_test(an_error_has_its_name),
		cmocka_unit_test(the_nearest_word_is_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
