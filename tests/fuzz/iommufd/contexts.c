/* SPDX-License-Identifier: BSD-3-Clause */
/* Contexts on what is their own, the caller's or another context's, and devices that come and go. */
#include "plant.h"

/* Whoever lends its iommufd to others may not go before them. */
static struct user *take_lender(struct plant *plant, const struct user *user, uint32_t how,
				struct iova_ctx_info *ret_info)
{
	size_t i = ((size_t)(user - plant->users) + 1 + (how & 1)) % N_USERS;

	*ret_info = (struct iova_ctx_info){ .size = sizeof *ret_info };
	if (!plant->users[i].ctx)
		return NULL;
	CHECK(!iova_ctx_info(plant->users[i].ctx, ret_info));
	if (ret_info->backend != IOVA_BACKEND_IOMMUFD)
		return NULL;
	return &plant->users[plant->users[i].lender >= 0 ? plant->users[i].lender : (int)i];
}

/* Which interface, and whose. */
static void choose(struct plant *plant, struct user *user, struct iova_ctx_opts *opts)
{
	uint8_t how = take(plant);
	struct iova_ctx_info info;
	struct user *lender;

	switch (how & 7) {
	case 0:
	case 1:
		opts->backend = IOVA_BACKEND_IOMMUFD;
		break;
	case 2:
	case 3:
		lender = take_lender(plant, user, how >> 3, &info);
		if (!lender)
			break;
		user->lender = (int)(lender - plant->users);
		opts->flags |= IOVA_CTX_ADOPT_IOMMUFD;
		opts->iommufd = info.fd;
		break;
	case 5:
		opts->flags |= IOVA_CTX_ADOPT_IOAS;
		opts->ioas = how & 0x80 ? plant->ioas + 4711 : plant->ioas;
		user->lent_ioas = true;
		/* fall through */
	case 4:
		opts->flags |= IOVA_CTX_ADOPT_IOMMUFD;
		opts->iommufd = how & 0x40 ? plant->file : plant->iommufd;
		break;
	case 6:
		opts->backend = (how >> 3) % 6;
		break;
	default:
		if (how & 8) {
			opts->flags |= IOVA_CTX_ADOPT;
			opts->container = plant->iommufd;
		}
		break;
	}
}

static void keep_promise(struct user *user)
{
	iova_set_free(user->promise);
	CHECK(!iova_set_new(&user->promise));
	CHECK(!iova_space_read_tier(iova_ctx_space(user->ctx), IOVA_TIER_USABLE, user->promise));
}

static void forget_promise(struct user *user)
{
	iova_set_free(user->promise);
	user->promise = NULL;
}

/* In a lent IOAS what was pinned is anybody's. */
static void note_promise(struct user *user)
{
	struct iova_ctx_info info = { .size = sizeof info };

	CHECK(!iova_ctx_info(user->ctx, &info));
	forget_promise(user);
	if ((info.flags & IOVA_CTX_INFO_PINNED) && !user->lent_ioas)
		keep_promise(user);
}

/* With IOVA_CTX_PIN each attach makes a new one. */
static void note_new_promise(struct user *user)
{
	if (user->pins)
		note_promise(user);
}

void call_open(struct plant *plant, struct user *user)
{
	struct iova_ctx_opts opts = { .size = sizeof opts, .sys = plant->sys };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint8_t more = take(plant);
	int r;

	if (user->ctx)
		return;
	*user = (struct user){ .lender = -1 };
	choose(plant, user, &opts);
	opts.flags |= (more & 1 ? IOVA_CTX_PIN : 0) | (more & 2 ? IOVA_CTX_SMALL_PAGES : 0) |
		      ((more & 12) == 12 ? IOVA_CTX_CHARGE_PROCESS : 0);
	opts.device = more & 0x10 ? device_names[more >> 5 & 3] : NULL;
	SAY("flags 0x%x, backend %u, device %s\n", (unsigned)opts.flags, (unsigned)opts.backend,
	    opts.device ? opts.device : "none");
	call_begins(plant);
	r = iova_ctx_open(&opts, &user->ctx, &failure);
	if (r < 0) {
		CHECK(!user->ctx);
		*user = (struct user){ .lender = -1 };
	}
	user->before = (struct sight){ .n = 0 };
	call_made(plant, "open", r, &failure, 0);
	user->pins = r >= 0 && (opts.flags & IOVA_CTX_PIN);
	if (r >= 0)
		note_promise(user);
}

static void close_one(struct plant *plant, struct user *user)
{
	struct iova_failure none = IOVA_FAILURE_INIT;

	forget_promise(user);
	iova_sim_clear_faults(plant->sim);
	plant->armed = false;
	call_begins(plant);
	iova_ctx_close(user->ctx);
	*user = (struct user){ .lender = -1 };
	call_made(plant, "close", 0, &none, 0);
}

void call_close(struct plant *plant, struct user *user)
{
	for (size_t i = 0; i < N_USERS; i++)
		if (plant->users[i].ctx && plant->users[i].lender == (int)(user - plant->users))
			close_one(plant, &plant->users[i]);
	if (user->ctx)
		close_one(plant, user);
}

void call_attach(struct plant *plant, struct user *user, uint32_t kind)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint32_t i = take_below(plant, N_DEVICES);
	struct iova_change *change;
	int r;

	CHECK(!iova_change_new(&change));
	call_begins(plant);
	if (kind == 0)
		r = iova_ctx_attach_device(user->ctx, device_names[i], change, &failure);
	else if (kind == 1)
		r = iova_ctx_attach_group(user->ctx, i + 1, change, &failure);
	else
		r = iova_ctx_adopt_device(user->ctx, device_names[i], plant->cdevs[i], 0, change,
					  &failure);
	SAY("\tattach %u, %u\n", (unsigned)kind, (unsigned)i);
	call_made(plant, "attach", r, &failure, 0);
	/* All has been read anew, also what breaks a promise that was made without knowing of it. */
	if (r >= 0) {
		if (user->knows_little)
			forget_promise(user);
		note_new_promise(user);
		user->knows_little = plant->hit;
	}
	iova_change_free(change);
}

void call_detach(struct plant *plant, struct user *user, uint32_t kind)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint32_t i = take_below(plant, N_DEVICES);
	int r;

	call_begins(plant);
	if (kind == 0)
		r = iova_ctx_detach_device(user->ctx, device_names[i], NULL, &failure);
	else
		r = iova_ctx_detach_group(user->ctx, i + 1, NULL, &failure);
	SAY("\tdetach %u, %u\n", (unsigned)kind, (unsigned)i);
	call_made(plant, "detach", r, &failure, MAY_LEAVE);
}

void call_move(struct plant *plant, struct user *user, struct user *to)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint32_t i = take_below(plant, N_DEVICES);
	int r;

	call_begins(plant);
	r = iova_ctx_move_device(user->ctx, device_names[i], to->ctx, NULL, &failure);
	SAY("\t%s\n", device_names[i]);
	call_made(plant, "move", r, &failure, 0);
	if (r >= 0)
		note_new_promise(to);
}

void call_pin(struct plant *plant, struct user *user, bool unpin)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	int r;

	call_begins(plant);
	r = unpin ? iova_ctx_unpin(user->ctx, &failure) : iova_ctx_pin(user->ctx, &failure);
	if (r >= 0)
		forget_promise(user);
	call_made(plant, unpin ? "unpin" : "pin", r, &failure, 0);
	if (r >= 0)
		note_promise(user);
}

/* Regions that came since are seen now, and a promise that they break is broken. */
void call_refresh(struct plant *plant, struct user *user)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	int r;

	if (user->knows_little)
		forget_promise(user);
	call_begins(plant);
	r = iova_ctx_refresh(user->ctx, NULL, &failure);
	call_made(plant, "refresh", r, &failure, 0);
	if (r >= 0 && !plant->hit)
		user->knows_little = false;
}
