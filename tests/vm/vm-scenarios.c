/* SPDX-License-Identifier: BSD-3-Clause */
/* The scenarios on a real kernel: vm-scenarios GUEST TRANSCRIPT. */
#include "stage.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static int limit_memory(const struct stage *stage, uint64_t bytes)
{
	struct rlimit limit = { bytes, bytes };

	(void)stage;
	/* Without the user's privileges, CAP_IPC_LOCK is gone as well. */
	return setrlimit(RLIMIT_MEMLOCK, &limit) < 0 || setgid(65534) < 0 || setuid(65534) < 0 ?
		       -1 :
		       0;
}

static int limit_entries(const struct stage *stage, uint32_t n)
{
	FILE *file = fopen("/sys/module/vfio_iommu_type1/parameters/dma_entry_limit", "w");

	(void)stage;
	if (!file)
		return -1;
	fprintf(file, "%u\n", n);
	return fclose(file);
}

static int lose_memory(const struct stage *stage, void *start, size_t length)
{
	(void)stage;
	return mprotect(start, length, PROT_NONE);
}

static int new_file(const struct stage *stage, size_t length)
{
	int file = memfd_create("scenario", MFD_CLOEXEC);

	(void)stage;
	return file < 0 || ftruncate(file, (off_t)length) < 0 ? -1 : file;
}

int main(int argc, char **argv)
{
	struct stage *stage = argc == 3 ? stage_of_guest(argv[1]) : NULL;

	if (!stage) {
		fprintf(stderr, "usage: vm-scenarios GUEST TRANSCRIPT\n");
		return 2;
	}
	stage->limit_memory = limit_memory;
	stage->limit_entries = limit_entries;
	stage->lose_memory = lose_memory;
	stage->new_file = new_file;
	return stage_judge(stage, argv[2]);
}
