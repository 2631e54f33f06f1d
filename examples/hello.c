/* SPDX-License-Identifier: BSD-3-Clause */
#include <libiova/libiova.h>
#include <stdio.h>

static _Alignas(65536) char buffer[2 << 20];

int main(int argc, char **argv)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_explanation why;
	struct iova_ctx *ctx = NULL;
	uint64_t iova;
	int r = iova_ctx_open(NULL, &ctx, &failure);

	if (r >= 0) /* the device and all others of its IOMMU group */
		r = iova_ctx_attach_device(ctx, argc > 1 ? argv[1] : "", NULL, &failure);
	if (r >= 0) /* at an address that nothing else needs */
		r = iova_ctx_map(ctx, buffer, sizeof buffer, NULL, &iova, &failure);
	if (r >= 0)
		printf("the device reaches the buffer at 0x%llx\n", (unsigned long long)iova);
	else if (!iova_explain(&failure, iova_ctx_host(ctx), &why))
		fprintf(stderr, "%s\n%s\n", why.cause, why.remedy);
	iova_ctx_close(ctx); /* unmaps as well */
	return r < 0;
}
