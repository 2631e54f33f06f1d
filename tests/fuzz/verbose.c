/* SPDX-License-Identifier: BSD-3-Clause */
#include "verbose.h"

#include <string.h>

int fuzz_verbose;

int LLVMFuzzerInitialize(int *argc, char ***argv);

/* The engine and the replay alike hand us their arguments first. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (*argc > 1 && !strcmp((*argv)[1], "-v")) {
		fuzz_verbose = 1;
		setvbuf(stdout, NULL, _IOLBF, 0); /* all of it is out before an abort */
		(*argv)[1] = (*argv)[0];
		(*argv)++;
		(*argc)--;
	}
	return 0;
}
