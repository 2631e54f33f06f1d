/* SPDX-License-Identifier: BSD-3-Clause */
/* The input is the description of a simulated host. */
#include "fuzz.h"

#include <errno.h>
#include <stdbool.h>

#include <libiova/libiova.h>

#include "simfile.h"

static bool ascii(const char *text)
{
	while (*text > 0 && *text < 0x7f)
		text++;
	return !*text;
}

/* A host that was made can be looked at, once nothing on it is to fail. */
static void check_host(struct iova_sim *sim)
{
	const struct iova_host_opts opts = { .size = sizeof opts, .sys = iova_sim_sys(sim) };
	struct iova_sim_report report = { .size = sizeof report };
	struct iova_host *host = NULL;

	CHECK(!iova_sim_report(sim, &report));
	CHECK(!report.n_fds && !report.n_mappings && !report.n_containers);
	iova_sim_clear_faults(sim);
	iova_sim_clear_files(sim);
	CHECK(!iova_sim_report(sim, &report));
	CHECK(!report.n_pending_faults);
	if (!iova_host_read(&opts, &host, NULL))
		CHECK(iova_host_count_groups(host) <= SIMFILE_ITEMS_MAX + 64);
	iova_host_free(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct simfile_error error = { "" };
	struct iova_sim *sim = NULL;
	uint8_t *copy = copy_and_fill(data, size, 0, 0);
	int r = simfile_parse("input", (const char *)copy, size, &sim, &error);

	free(copy);
	CHECK((r == 0) == (sim != NULL));
	if (r == 0) {
		CHECK(!*error.text);
		check_host(sim);
	} else {
		CHECK(r == (size > SIMFILE_SIZE_MAX ? -EFBIG : -EINVAL));
		CHECK(!strncmp(error.text, "input: ", 7) && ascii(error.text));
	}
	iova_sim_free(sim);
	return 0;
}
