/* SPDX-License-Identifier: BSD-3-Clause */
#include <libiova/libiova.h>
#include <stdio.h>

static _Alignas(65536) char buffer[2 << 20];

static void print_why(const struct iova_failure *failure)
{
	struct iova_explanation why;
	struct iova_host *host = NULL; /* names who is in the way */

	if (iova_host_read(NULL, &host, NULL) < 0)
		fprintf(stderr, "The groups and devices of this machine cannot be read.\n");
	if (!iova_explain(failure, host, &why))
		fprintf(stderr, "%s\n%s\n", why.cause, why.remedy);
	iova_host_free(host);
}

int main(int argc, char **argv)
{
	/* through iommufd where the device can be had so, else with its whole group in a container */
	struct iova_ctx_opts opts = { .size = sizeof opts, .device = argc > 1 ? argv[1] : "" };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = NULL;
	uint64_t iova;
	int r = iova_ctx_open(&opts, &ctx, &failure);

	if (r >= 0) /* at an address that nothing else needs */
		r = iova_ctx_map(ctx, buffer, sizeof buffer, NULL, &iova, &failure);
	if (r >= 0)
		printf("the device reaches the buffer at 0x%llx\n", (unsigned long long)iova);
	else
		print_why(&failure);
	iova_ctx_close(ctx); /* unmaps as well */
	return r < 0;
}
