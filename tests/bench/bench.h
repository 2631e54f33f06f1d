/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

/*
 * What is measured (structures), on what (layouts), and how (workloads). Every structure is
 * reached through one pointer to a function for each operation, so that none is inlined, and
 * gets the same operations on the same addresses.
 */

#include <libiova/space.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A place for length bytes, aligned, in the window. */
struct request {
	uint64_t length;
	uint64_t align;
	struct iova_range window;
};

/* Something that keeps disjoint mappings. */
struct structure {
	const char *name;
	void *(*make)(void);
	void (*drop)(void *object);
	/* What is to be kept up for searches at an alignment; NULL if there is no such thing. */
	bool (*learn)(void *object, uint64_t align);
	/* A mapping that overlaps first..last. *ret_mapping is initialized, and may be changed on a miss. */
	bool (*find)(void *object, uint64_t first, uint64_t last, struct iova_mapping *ret_mapping);
	/* false on an overlap. */
	bool (*insert)(void *object, const struct iova_mapping *mapping);
	/* The mapping of exactly that range. */
	bool (*remove)(void *object, const struct iova_range *range);
	/* All at once, ascending, into an empty one. */
	bool (*build)(void *object, const struct iova_mapping *mappings, size_t n);
	/* Finds the lowest place, and maps it with vaddr = start, for reading and writing. */
	bool (*alloc)(void *object, const struct request *request, uint64_t *ret_start);
	bool only_pairs; /* knows nothing but insert and remove */
};

extern const struct structure own_table, own_index, own_scalar, own_scalar_index, own_space, gtree,
	std_map, absl_map, bsd_rb, two_ioctls;
const struct structure *liar(const char *name); /* one with a fault, to see it found */

/* What a structure is filled with; the same for all. In the order in which it is inserted. */
struct ground {
	const struct layout *layout;
	size_t n; /* as it is called: about how many are live */
	struct iova_mapping *maps;
	size_t n_maps;
	uint32_t *slots; /* 2 n of them; those of maps first */
};

struct layout {
	const char *name;
	bool (*draw)(struct ground *ground);
	const uint64_t *aligns; /* that are searched for; ends with 0 */
	bool filled;            /* else each block begins with none */
};

extern const struct layout layout_slots, layout_ring, layout_pages, layout_frames, layout_mixed,
	layout_fresh_pages, layout_fresh_mixed, layout_adjacent, layout_sorted, layout_shuffled;

bool ground_draw(struct ground *ground, const struct layout *layout, size_t n);
void ground_clear(struct ground *ground);
struct iova_mapping slot_mapping(uint32_t slot);
struct iova_mapping ring_mapping(const struct ground *ground, uint64_t number);
void draw_request(struct request *request, uint64_t *random);
void shuffle_maps(struct iova_mapping *maps, size_t n, uint64_t *random);

extern const struct iova_range alloc_window;

/* The results so far, so that any two structures can be compared as far as both came. */
struct trail {
	uint64_t hash;
	uint64_t n;
	uint64_t at[64]; /* the hash after 1, 2, 4, 8... blocks */
};

void trail_note(struct trail *trail, uint64_t result);
bool trail_agrees(const struct trail *a, const struct trail *b);

/* A structure, filled, and how far the operations on it have come. */
struct subject {
	const struct structure *structure;
	const struct ground *ground;
	void *object;
	uint64_t random;
	uint32_t *slots;           /* the first n of 2 n are mapped */
	struct iova_mapping *live; /* a copy of the layout's, that may change */
	uint64_t head;             /* of a ring: the next to be unmapped */
	struct trail trail;
	const char *fault;    /* what it did wrong */
	const char *left;     /* why it is left out of this workload */
	const char *unfilled; /* and why of all of the layout */
	void *buffer;         /* operations that were prepared */
	size_t buffer_bytes;
	size_t n_blocks;
	double *samples;
	size_t n_samples;
};

bool subject_begin(struct subject *subject, const struct structure *structure,
		   const struct ground *ground);
void subject_finish(struct subject *subject);
bool subject_renew(struct subject *subject); /* empty again */
bool subject_fill(struct subject *subject);
bool subject_holds(struct subject *subject, const struct iova_mapping *mapping);
bool subject_audit(struct subject *subject);
void *subject_buffer(struct subject *subject, size_t bytes); /* NULL if there is no memory */

struct workload {
	const char *name;
	const struct layout *layout;
	size_t most;      /* blocks at a time; 0 for any */
	bool worst;       /* the lowest of all rounds counts, else the median */
	bool pairs;       /* those that know nothing else take part, too */
	unsigned limit_s; /* a structure whose block takes longer is left out */
	bool build;       /* from sorted input, in one call */
	bool weighed;     /* bytes for each mapping are measured, too */
	/* Not timed; what a run of so many blocks needs. */
	bool (*prepare)(struct subject *subject, size_t n_blocks);
	/* Returns nanoseconds for each operation, or less than 0 after a fault. */
	double (*run)(struct subject *subject, size_t n_blocks);
};

extern const struct workload lookups[], churns[], builds[], allocs[];

double clock_ns(void);     /* quick to read */
double clock_own_ns(void); /* stands still while another program runs; slow to read */
double clock_cost(void);   /* what reading them takes */
double clock_own_cost(void);
double median(double *numbers, size_t n); /* sorts them */

struct plan {
	size_t n;
	size_t rounds; /* the first of them does not count */
	double slice_ns;
	const struct structure *const *structures;
	size_t n_structures;
	const struct workload *const *workloads; /* closed by NULL */
};

/* Results go to standard output, progress to standard error. Returns false after a fault. */
bool measure(const struct plan *plan);

/* Bytes for each mapping of a layout, measured in a process of its own; less than 0 on failure. */
double weigh(const struct workload *workload, const struct structure *structure, size_t n);
/* Prints it. */
bool weigh_here(const struct workload *workload, const struct structure *structure, size_t n);

bool wrong(struct subject *subject, const char *fault); /* always false */

/* Without results that depend on each other no processor can run ahead. */
static inline uint64_t digest(const struct iova_mapping *mapping)
{
	return mapping->range.start ^ mapping->vaddr;
}

#ifdef __cplusplus
}
#endif

#endif
