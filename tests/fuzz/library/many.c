/* SPDX-License-Identifier: BSD-3-Clause */
/* Mapping of arrays: as the calls for what is left when everything that continues is joined. */
#include "world.h"

#define MAX_MANY 6
#define MAX_PIECES 48

static const int map_errors[] = { EINVAL, E2BIG,  EOVERFLOW, ENODEV, EADDRNOTAVAIL, EEXIST, ENOSPC,
				  ENOMEM, EFAULT, EPROTO,    EIO,    ECANCELED,     0 };

struct many {
	struct iova_request requests[MAX_MANY];
	size_t n;
	struct iova_many_opts opts;
	int give_up; /* after so many calls of progress, 0 for never */
	int n_heard;
	struct iova_mapping pieces[MAX_PIECES];
	uint32_t flags[MAX_PIECES];
	size_t n_pieces;
};

static int listen_to(void *data, uint64_t done, uint64_t total)
{
	struct many *many = data;

	CHECK(done && done <= total);
	return ++many->n_heard == many->give_up;
}

static bool anywhere(const struct many *many)
{
	return many->opts.flags & IOVA_MANY_ANYWHERE;
}

/* One that goes on where the last one stopped, but for what a byte says. */
static void draw_request(struct world *world, const struct user *user, struct many *many)
{
	struct iova_request *request = &many->requests[many->n++], last = { .length = 0 };
	uint8_t how = take_byte(world), flags = take_byte(world);
	uint64_t granule = user->told.granule;

	if (many->n > 1)
		last = request[-1];
	request->iova = last.iova + last.length;
	request->vaddr = last.vaddr + last.length;
	if (many->n == 1 || how & 1) {
		request->iova = take_address(world, user);
		request->vaddr = 0x7f0000000000 + (how >> 4) * granule;
	}
	if (how & 2)
		request->iova += granule;
	if (how & 4)
		request->vaddr += granule;
	request->length = granule * (1 + (flags & 3));
	if (how & 8 && !many->opts.step)
		request->length = take_length(world, user, request->iova);
	request->access = flags & 0x20 ? flags >> 6 : 0;
	request->flags = flags & 0x10 ? flags >> 1 & 7 : 0;
	if (flags == 0xff)
		request->flags = 8;
}

static void draw(struct world *world, const struct user *user, struct many *many)
{
	uint8_t how = take_byte(world), more = take_byte(world);

	*many = (struct many){ .opts = { .size = sizeof many->opts } };
	many->opts.flags = (how & 7) | (how & 8 ? IOVA_MANY_ANYWHERE : 0);
	many->opts.step = how & 0x10 ? user->told.granule << (more & 1) : 0;
	if (more == 0xff)
		many->opts.step = 3;
	if (how & 0x20) {
		many->opts.progress = listen_to;
		many->opts.data = many;
		many->give_up = more >> 1 & 3;
	}
	if (how & 8 && how & 0x80) {
		many->opts.alloc.size = sizeof many->opts.alloc;
		if (more & 1)
			many->opts.alloc.align = (uint64_t)1 << (take_byte(world) % 40);
		many->opts.alloc.flags = more >> 3 & 7;
		if (how & 0x40)
			many->opts.alloc.window = take_range(world, user);
	}
	for (size_t n = 1 + take_below(world, MAX_MANY); n > 0; n--)
		draw_request(world, user, many);
	/* In some order. */
	for (size_t i = 0; i < many->n; i++) {
		size_t other = (i * 5 + (more >> 6)) % many->n;
		struct iova_request kept = many->requests[i];

		many->requests[i] = many->requests[other];
		many->requests[other] = kept;
	}
}

static bool is_range(uint64_t start, uint64_t length)
{
	return length && length - 1 <= TOP - start;
}

static void argument_errors(const struct user *user, const struct many *many,
			    struct verdict *verdict)
{
	uint64_t mask = user->told.granule - 1, step = many->opts.step;
	const struct iova_alloc_opts *alloc = &many->opts.alloc;

	verdict_add(verdict, step && (step & (step - 1) || step <= mask), -EINVAL);
	verdict_add(verdict, !user->n_groups, -ENODEV);
	for (size_t i = 0; i < many->n; i++) {
		const struct iova_request *r = &many->requests[i];

		verdict_add(verdict, !r->vaddr || !r->length || r->flags & ~7u, -EINVAL);
		verdict_add(verdict, (r->vaddr | r->length) & mask, -EINVAL);
		verdict_add(verdict, r->length && !is_range(r->vaddr, r->length), -EOVERFLOW);
		if (anywhere(many))
			continue;
		verdict_add(verdict, r->iova & mask, -EINVAL);
		verdict_add(verdict, r->length && !is_range(r->iova, r->length), -EOVERFLOW);
	}
	for (size_t i = 0; i < many->n && !verdict->expected.n && !anywhere(many); i++)
		for (size_t k = 0; k < i; k++) {
			const struct iova_request *a = &many->requests[i], *b = &many->requests[k];

			verdict_add(verdict,
				    a->iova <= b->iova + (b->length - 1) &&
					    b->iova <= a->iova + (a->length - 1),
				    -EEXIST);
		}
	verdict_add(verdict,
		    anywhere(many) && (alloc->window.start > alloc->window.last ||
				       (alloc->flags & IOVA_ALLOC_NO_AVOID &&
					alloc->flags & IOVA_ALLOC_AVOIDED)),
		    -EINVAL);
}

static uint32_t flags_of(const struct many *many, const struct iova_request *request)
{
	return (many->opts.flags & 7) | request->flags;
}

static uint32_t access_of(const struct iova_request *request)
{
	return request->access ? request->access : IOVA_READ | IOVA_WRITE;
}

/* Whether each byte is mapped already, just so. */
static bool is_there(const struct user *user, const struct iova_request *request)
{
	uint64_t done = 0;

	for (size_t i = 0; i < user->maps.n && done < request->length; i++) {
		const struct iova_mapping *there = &user->maps.items[i];
		uint64_t at = request->iova + done;

		if (there->range.last < at)
			continue;
		if (there->range.start > at || there->access != access_of(request) ||
		    there->vaddr - there->range.start != request->vaddr - request->iova)
			return false;
		done += there->range.last - at >= request->length - done ?
				request->length - done :
				there->range.last - at + 1;
	}
	return done == request->length;
}

static bool comes_before(const struct many *many, size_t a, size_t b)
{
	const struct iova_request *x = &many->requests[a], *y = &many->requests[b];
	const uint64_t mine[] = { flags_of(many, x), access_of(x), x->vaddr, x->length, a };
	const uint64_t others[] = { flags_of(many, y), access_of(y), y->vaddr, y->length, b };

	if (!anywhere(many))
		return x->iova < y->iova;
	for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
		if (mine[i] != others[i])
			return mine[i] < others[i];
	return false;
}

/* The library must have put a run where the oracle would, beside those before it. */
static bool place(struct user *user, const struct many *many, uint64_t length, uint64_t *ret_iova)
{
	struct told *told = &user->told;
	bool found;

	for (size_t i = 0; i < many->n_pieces; i++)
		told->mapped[told->n_mapped++] = many->pieces[i].range;
	found = place_of(user, length, &many->opts.alloc, ret_iova);
	believe_maps(user);
	return found;
}

/* A run, cut where the step says. */
static void add_pieces(struct many *many, uint64_t iova, uint64_t length, uint64_t vaddr,
		       uint32_t access, uint32_t flags)
{
	for (uint64_t done = 0; done < length;) {
		struct iova_mapping *piece = &many->pieces[many->n_pieces];
		uint64_t part = length - done, step = many->opts.step;

		if (step && part > step - (iova + done) % step)
			part = step - (iova + done) % step;
		*piece = (struct iova_mapping){
			.range = { iova + done, iova + done + (part - 1) },
			.vaddr = vaddr + done,
			.access = access,
		};
		CHECK(many->n_pieces < MAX_PIECES);
		many->flags[many->n_pieces++] = flags;
		done += part;
	}
}

/* What is to be mapped; and where, if that is the library's choice, for those that asked. */
static void expect_pieces(struct user *user, struct many *many, uint64_t *iovas,
			  struct verdict *verdict)
{
	size_t order[MAX_MANY], n = 0;

	for (size_t i = 0; i < many->n; i++) {
		size_t at = n;

		if (!anywhere(many) && flags_of(many, &many->requests[i]) & IOVA_MAP_SAME_OK &&
		    is_there(user, &many->requests[i]))
			continue;
		for (; at > 0 && comes_before(many, i, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = i;
		n++;
	}
	for (size_t i = 0, k; i < n; i = k) {
		const struct iova_request *first = &many->requests[order[i]];
		uint64_t iova = first->iova, length = first->length;

		for (k = i + 1; k < n; k++) {
			const struct iova_request *next = &many->requests[order[k]];

			if (flags_of(many, next) != flags_of(many, first) ||
			    access_of(next) != access_of(first) ||
			    next->vaddr - first->vaddr != length ||
			    (!anywhere(many) && next->iova - first->iova != length))
				break;
			length += next->length;
		}
		if (anywhere(many) && !place(user, many, length, &iova)) {
			verdict_add(verdict, true, -ENOSPC);
			return;
		}
		for (size_t m = i; m < k; m++)
			iovas[order[m]] = iova + (many->requests[order[m]].vaddr - first->vaddr);
		add_pieces(many, iova, length, first->vaddr, access_of(first),
			   flags_of(many, first));
	}
}

static void piece_errors(struct world *world, const struct user *user, const struct many *many,
			 struct verdict *verdict)
{
	uint64_t page = world->memory.page_size, limit = world->memory.limit / page;
	uint64_t used = world->memory.locked / page + world_pinned(world), pages = 0;
	bool unchecked = user->flags & IOVA_CTX_UNCHECKED;
	const struct box *box = user->box;

	for (size_t i = 0; i < many->n_pieces; i++) {
		const struct iova_mapping *piece = &many->pieces[i];
		uint32_t tier = oracle_tier(&user->oracle, piece->range);

		for (size_t k = 0; k < user->maps.n; k++)
			verdict_add(verdict, meet(user->maps.items[k].range, piece->range),
				    -EEXIST);
		verdict_add(verdict,
			    !unchecked && (tier == IOVA_TIER_REFUSED ||
					   (tier == IOVA_TIER_AVOID &&
					    many->flags[i] & IOVA_MAP_NO_WARN)),
			    -EADDRNOTAVAIL);
		kernel_map_errors(world, box, piece, &verdict->expected);
		pages += (piece->range.last - piece->range.start + 1) / page;
	}
	verdict_add(verdict,
		    world->kernel.entry_limit &&
			    box->maps.n + many->n_pieces > world->kernel.entry_limit,
		    -ENOSPC);
	verdict_add(verdict,
		    many->n_pieces && !world->memory.exempt && world->memory.limit != UINT64_MAX &&
			    (used > limit || pages > limit - used),
		    -ENOMEM);
	verdict_add(verdict, many->give_up && (size_t)many->give_up <= many->n_pieces, -ECANCELED);
	verdict->murky = world->corrupt || has_revoked(user) || box->damaged;
}

/* After a fault, what the kernel would not unmap again is still there, and recorded. */
static void find_what_stayed(struct user *user, const struct many *many)
{
	for (size_t i = 0; i < many->n_pieces; i++) {
		const struct iova_mapping *piece = &many->pieces[i];
		struct iova_mapping found;
		bool known = false;

		for (size_t k = 0; k < user->maps.n; k++)
			known = known || meet(user->maps.items[k].range, piece->range);
		if (known || iova_space_find(user->space, piece->range.start, &found) < 0 ||
		    memcmp(&found, piece, sizeof found) != 0)
			continue;
		maps_add(&user->maps, piece);
	}
}

static bool reaches_top(const struct many *many)
{
	bool found = false;

	for (size_t i = 0; i < many->n_pieces; i++)
		found = found || many->pieces[i].range.last == TOP;
	return found;
}

void call_map_many(struct world *world, struct user *user)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct verdict verdict = { .murky = false };
	struct iova_request kept[MAX_MANY];
	uint64_t iovas[MAX_MANY];
	static struct many many;
	int r;

	if (!user->ctx || user->box->maps.n + MAX_PIECES >= MAX_MAPS ||
	    user->maps.n + MAX_PIECES >= MAX_MAPS)
		return;
	draw(world, user, &many);
	argument_errors(user, &many, &verdict);
	for (size_t i = 0; i < many.n; i++) {
		kept[i] = many.requests[i];
		iovas[i] = kept[i].iova;
		SAY("\t0x%" PRIx64 "+0x%" PRIx64 " at 0x%" PRIx64 ", access %u, flags 0x%x\n",
		    kept[i].iova, kept[i].length, kept[i].vaddr, (unsigned)kept[i].access,
		    (unsigned)kept[i].flags);
	}
	/* Also where a later one has no place: whichever is met first. */
	if (!verdict.expected.n) {
		expect_pieces(user, &many, iovas, &verdict);
		piece_errors(world, user, &many, &verdict);
	}
	SAY("\tflags 0x%x, step 0x%" PRIx64 ", give up %d, %zu pieces\n", (unsigned)many.opts.flags,
	    many.opts.step, many.give_up, many.n_pieces);
	call_begins(world);
	r = iova_ctx_map_many(user->ctx, many.requests, many.n, &many.opts, &failure);
	call_made(world, user, "map many", r, &verdict, map_errors, &failure);
	for (size_t i = 0; i < many.n; i++) {
		if (r >= 0)
			kept[i].iova = iovas[i];
		CHECK(!memcmp(&kept[i], &many.requests[i], sizeof kept[i]));
	}
	for (size_t i = 0; r >= 0 && i < many.n_pieces; i++) {
		maps_add(&user->maps, &many.pieces[i]);
		maps_add(&user->box->maps, &many.pieces[i]);
	}
	if (r < 0 && (world->disturbed || verdict.murky)) {
		find_what_stayed(user, &many);
		box_resync(world, user->box);
	}
	believe_maps(user);
	/* What ends at the top is lost to kernels up to 6.17, also when it is taken back. */
	if (reaches_top(&many) && world->kernel.top_defect)
		box_resync(world, user->box);
	resync_all(world);
}
