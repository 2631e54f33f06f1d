/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rounds: in each of them every structure runs for a slice of time, so that whatever the
 * machine does meanwhile happens to all. The first does not count; of the others the median does.
 */

#include "bench.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A workload that fills so many mappings anew for each block gets no more rounds than that. */
#define MANY (1 << 18)
#define FEW_ROUNDS 4

/* Before anything is measured. */
#define WARM_RUNS 4
#define WARM_NS 5e8

double clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

double clock_own_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double cost_of(double (*clock)(void))
{
	double cost = 0;

	for (int i = 0; i < 1000; i++) {
		double started = clock(), taken = clock() - started;

		if (i == 0 || taken < cost)
			cost = taken;
	}
	return cost;
}

double clock_cost(void)
{
	static double cost;

	if (cost <= 0)
		cost = cost_of(clock_ns);
	return cost;
}

double clock_own_cost(void)
{
	static double cost;

	if (cost <= 0)
		cost = cost_of(clock_own_ns);
	return cost;
}

static int compare_numbers(const void *one, const void *other)
{
	const double *a = one, *b = other;

	return *a < *b ? -1 : *a > *b;
}

double median(double *numbers, size_t n)
{
	qsort(numbers, n, sizeof *numbers, compare_numbers);
	return numbers[n / 2];
}

static bool takes_part(const struct subject *subject, const struct workload *workload)
{
	return workload->pairs || !subject->structure->only_pairs;
}

static bool blame(const struct subject *subject, const struct workload *workload, const char *what)
{
	fprintf(stderr, "bench: %s, n = %zu: %s: %s\n", workload->name, subject->ground->n,
		subject->structure->name, what);
	return false;
}

/* So many blocks; nanoseconds for an operation, and for all of it. */
static bool run(struct subject *subject, const struct workload *workload, double *ret_ns,
		double *ret_all)
{
	double started;

	if (workload->prepare && !workload->prepare(subject, subject->n_blocks))
		return blame(subject, workload, subject->fault);
	started = clock_own_ns();
	*ret_ns = workload->run(subject, subject->n_blocks);
	*ret_all = clock_own_ns() - started;
	if (!subject->left && *ret_all > 1e9 * workload->limit_s * (double)subject->n_blocks)
		subject->left = "it takes too long";
	if (subject->fault)
		return blame(subject, workload, subject->fault);
	if (subject->left)
		blame(subject, workload, subject->left);
	return true;
}

/* How many blocks fill a slice, once what is learned at first is learned. */
static bool calibrate(struct subject *subject, const struct workload *workload, double slice_ns)
{
	double ns, all, spent = 0, wanted;

	subject->n_blocks = 1;
	for (int i = 0; i < WARM_RUNS && spent < WARM_NS; i++) {
		if (!run(subject, workload, &ns, &all))
			return false;
		if (subject->left)
			return true;
		spent += all;
	}
	while (all < slice_ns / 2 && subject->n_blocks != workload->most) {
		subject->n_blocks *= 2;
		if (!run(subject, workload, &ns, &all))
			return false;
	}
	wanted = (double)subject->n_blocks * slice_ns / all;
	if (workload->most && wanted > (double)workload->most)
		wanted = (double)workload->most;
	subject->n_blocks = wanted > 1 ? (size_t)wanted : 1;
	return true;
}

static void report(struct subject *subject, const struct workload *workload)
{
	size_t n = subject->ground->n;
	double middle, bytes = -1;

	if (workload->weighed)
		bytes = weigh(workload, subject->structure, n);
	printf("%s\t%zu\t%s\t", workload->name, n, subject->structure->name);
	if (subject->n_samples) {
		middle = median(subject->samples, subject->n_samples);
		printf("%.2f\t", workload->worst ? subject->samples[0] : middle);
	} else {
		printf("-\t");
	}
	if (bytes >= 0)
		printf("%.2f\n", bytes);
	else
		printf("-\n");
	fflush(stdout);
}

static bool rounds(const struct plan *plan, const struct workload *workload,
		   struct subject *subjects)
{
	size_t n_rounds = plan->rounds;

	if (!workload->layout->filled && plan->n >= MANY && n_rounds > FEW_ROUNDS)
		n_rounds = FEW_ROUNDS;
	for (size_t round = 0; round < n_rounds; round++) {
		for (size_t i = 0; i < plan->n_structures; i++) {
			struct subject *subject = &subjects[i];
			double ns, all;

			if (subject->left || !takes_part(subject, workload))
				continue;
			if (!round) {
				if (!calibrate(subject, workload, plan->slice_ns))
					return false;
			} else if (!run(subject, workload, &ns, &all)) {
				return false;
			} else if (subject->left) {
				subject->n_samples = 0;
			} else {
				subject->samples[subject->n_samples++] = ns;
			}
		}
	}
	return true;
}

/* All gave the same answers. */
static bool agreed(const struct plan *plan, const struct workload *workload,
		   const struct subject *subjects)
{
	for (size_t i = 0; i < plan->n_structures; i++) {
		for (size_t j = 0; j < i; j++) {
			if (trail_agrees(&subjects[i].trail, &subjects[j].trail))
				continue;
			fprintf(stderr, "bench: %s, n = %zu: %s disagrees with %s\n",
				workload->name, plan->n, subjects[i].structure->name,
				subjects[j].structure->name);
			return false;
		}
	}
	return true;
}

static bool run_workload(const struct plan *plan, const struct workload *workload,
			 struct subject *subjects)
{
	double started = clock_ns();

	for (size_t i = 0; i < plan->n_structures; i++) {
		struct subject *subject = &subjects[i];

		free(subject->samples);
		subject->samples = calloc(plan->rounds, sizeof *subject->samples);
		if (!subject->samples)
			return blame(subject, workload, "no memory");
		subject->n_samples = 0;
		subject->random = 0;
		subject->trail = (struct trail){ 0 };
		subject->left = subject->unfilled;
	}
	if (!rounds(plan, workload, subjects) || !agreed(plan, workload, subjects))
		return false;
	for (size_t i = 0; i < plan->n_structures; i++)
		if (takes_part(&subjects[i], workload))
			report(&subjects[i], workload);
	fprintf(stderr, "bench: n = %zu: %s: %.1f s\n", plan->n, workload->name,
		(clock_ns() - started) / 1e9);
	return true;
}

static bool fill_all(const struct plan *plan, const struct workload *workload,
		     const struct ground *ground, struct subject *subjects)
{
	fprintf(stderr, "bench: n = %zu: mappings are made: %s\n", plan->n, ground->layout->name);
	for (size_t i = 0; i < plan->n_structures; i++) {
		struct subject *subject = &subjects[i];

		if (subject_begin(subject, plan->structures[i], ground))
			continue;
		if (subject->fault)
			return blame(subject, workload, subject->fault);
		subject->unfilled = subject->left;
		blame(subject, workload, subject->left);
	}
	return true;
}

/* Those that follow each other on one layout share it. */
static bool run_layout(const struct plan *plan, const struct workload *const *workloads, size_t n,
		       struct subject *subjects)
{
	struct ground ground;
	bool good;

	if (!ground_draw(&ground, workloads[0]->layout, plan->n)) {
		fprintf(stderr, "bench: no memory\n");
		return false;
	}
	good = fill_all(plan, workloads[0], &ground, subjects);
	for (size_t i = 0; good && i < n; i++)
		good = run_workload(plan, workloads[i], subjects);
	for (size_t i = 0; good && i < plan->n_structures; i++)
		if (!subjects[i].unfilled && !subject_audit(&subjects[i]))
			good = blame(&subjects[i], workloads[n - 1], subjects[i].fault);
	for (size_t i = 0; i < plan->n_structures; i++)
		subject_finish(&subjects[i]);
	ground_clear(&ground);
	return good;
}

bool measure(const struct plan *plan)
{
	struct subject *subjects = calloc(plan->n_structures, sizeof *subjects);
	const struct workload *const *each = plan->workloads;
	bool good = subjects;

	while (good && *each) {
		size_t n = 1;

		while (each[n] && each[n]->layout == each[0]->layout)
			n++;
		good = run_layout(plan, each, n, subjects);
		each += n;
	}
	free(subjects);
	return good;
}
