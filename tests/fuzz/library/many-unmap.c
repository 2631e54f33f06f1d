/* SPDX-License-Identifier: BSD-3-Clause */
/* Unmapping of arrays. */
#include "world.h"

#define MAX_MANY 4

static const int unmap_errors[] = { EINVAL, EOVERFLOW, ENOENT, EEXIST, EIO, ENOMEM, ECANCELED, 0 };

static int give_up(void *data, uint64_t done, uint64_t total)
{
	(void)data;
	CHECK(done && done <= total);
	return 1;
}

static struct iova_request draw_request(struct world *world, const struct user *user, size_t i)
{
	uint8_t which = take_byte(world), other = take_byte(world);
	struct iova_request request = { .length = 0 };
	const struct iova_range *first;

	if (user->maps.n && which < 0xf8) {
		first = &user->maps.items[((which & 0x80 ? which : 0) + i) % user->maps.n].range;
		request.iova = first->start;
		request.length = first->last - first->start + 1;
		/* Half of it: the other one may come, too. */
		if (other >= 0xc0)
			request.length /= 2;
		if (other >= 0xe0)
			request.iova += request.length;
	} else {
		request.iova = take_address(world, user);
		request.length = take_length(world, user, request.iova);
	}
	return request;
}

static struct iova_range range_of(const struct iova_request *request)
{
	return (struct iova_range){ request->iova, request->iova + (request->length - 1) };
}

/* From requests to ranges, sorted and joined. */
static size_t join(const struct iova_request *requests, size_t n, struct iova_range *ranges)
{
	size_t n_ranges = 0, kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t at = n_ranges++;

		for (; at > 0 && ranges[at - 1].start > requests[i].iova; at--)
			ranges[at] = ranges[at - 1];
		ranges[at] = range_of(&requests[i]);
	}
	for (size_t i = 0; i < n_ranges; i++)
		if (kept && ranges[kept - 1].last + 1 == ranges[i].start)
			ranges[kept - 1].last = ranges[i].last;
		else
			ranges[kept++] = ranges[i];
	return kept;
}

static void each_verdict(const struct user *user, const struct iova_request *requests, size_t n,
			 struct verdict *verdict)
{
	uint64_t mask = user->told.granule - 1;

	for (size_t i = 0; i < n; i++) {
		uint64_t iova = requests[i].iova, length = requests[i].length;

		verdict_add(verdict, !length || (iova | length) & mask, -EINVAL);
		verdict_add(verdict, length && length - 1 > TOP - iova, -EOVERFLOW);
	}
	if (verdict->expected.n)
		return;
	for (size_t i = 0; i < n; i++) {
		struct iova_range range = range_of(&requests[i]);
		bool some = false;

		for (size_t k = 0; k < i; k++)
			verdict_add(verdict, meet(range_of(&requests[k]), range), -EEXIST);
		for (size_t k = 0; k < user->maps.n; k++)
			some = some || meet(user->maps.items[k].range, range);
		verdict_add(verdict, !some, -ENOENT);
	}
}

static bool ranges_verdict(const struct world *world, const struct user *user,
			   const struct iova_range *ranges, size_t n, struct verdict *verdict)
{
	bool differ = false;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < user->maps.n; k++) {
			const struct iova_range *mapped = &user->maps.items[k].range;

			verdict_add(verdict,
				    meet(*mapped, ranges[i]) && (mapped->start < ranges[i].start ||
								 mapped->last > ranges[i].last),
				    -EINVAL);
		}
		differ = differ || runs_differ(world, user, ranges[i]);
	}
	return differ;
}

/* What is left of a range is in the kernel as well. */
static void verify_left(const struct user *user, struct iova_range range)
{
	for (size_t i = 0; i < user->maps.n; i++) {
		bool found = !meet(user->maps.items[i].range, range);

		for (size_t k = 0; k < user->box->maps.n; k++)
			found = found || !memcmp(&user->maps.items[i], &user->box->maps.items[k],
						 sizeof user->maps.items[i]);
		CHECK(found);
	}
}

static void after(struct world *world, struct user *user, const struct iova_range *ranges, size_t n,
		  bool gone, bool differ)
{
	if (!gone)
		keep_what_is_left(user, (struct iova_range){ ranges[0].start, ranges[n - 1].last });
	for (size_t i = 0; gone && i < n; i++) {
		struct maps were = user->maps;

		(void)maps_remove(&user->maps, ranges[i], NULL);
		for (size_t k = 0; k < were.n; k++)
			if (meet(were.items[k].range, ranges[i]))
				(void)maps_remove(&user->box->maps, were.items[k].range, NULL);
	}
	if (differ || !gone)
		box_resync(world, user->box);
	for (size_t i = 0; !differ && !gone && !world->disturbed && i < n; i++)
		verify_left(user, ranges[i]);
}

void call_unmap_many(struct world *world, struct user *user)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct verdict verdict = { .murky = false };
	struct iova_many_opts opts = { .size = sizeof opts };
	struct iova_request requests[MAX_MANY];
	struct iova_range ranges[MAX_MANY];
	uint64_t unmapped = 12345;
	uint8_t how = take_byte(world);
	size_t n = 1 + how % MAX_MANY, n_ranges = 0;
	bool differ = false, began = false;
	int r;

	if (!user->ctx)
		return;
	opts.step = how & 0x10 ? user->told.granule << (how & 7) : 0;
	opts.progress = how & 0x20 ? give_up : NULL;
	for (size_t i = 0; i < n; i++) {
		requests[i] = draw_request(world, user, i);
		SAY("\t0x%" PRIx64 "+0x%" PRIx64 "\n", requests[i].iova, requests[i].length);
	}
	each_verdict(user, requests, n, &verdict);
	if (!verdict.expected.n) {
		n_ranges = join(requests, n, ranges);
		differ = ranges_verdict(world, user, ranges, n_ranges, &verdict);
		began = !verdict.expected.n;
		verdict_add(&verdict, began && opts.progress, -ECANCELED);
	}
	verdict.murky = differ || has_revoked(user);
	call_begins(world);
	r = iova_ctx_unmap_many(user->ctx, requests, n, &opts, &unmapped, &failure);
	call_made(world, user, "unmap many", r, &verdict, unmap_errors, &failure);
	CHECK(r >= 0 || unmapped == 12345);
	CHECK(r >= 0 || failure.why != IOVA_WHY_UNMAP_SIZE || differ || world->disturbed);
	if (began)
		after(world, user, ranges, n_ranges, r >= 0 || failure.why == IOVA_WHY_UNMAP_SIZE,
		      differ);
	believe_maps(user);
	resync_all(world);
}
