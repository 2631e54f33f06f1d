/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of scripts/mutate change; nobody compiles it. */
#define LIMIT 16

struct pair {
	int a;
	int *b;
};

/* if (this < that) in a comment is no place, nor is one in a "string < string". */
static int clamp(int value, int low)
{
	if (value < low)
		return low;
	if (value > LIMIT && value != 99)
		return -EINVAL;
	return value;
}

static int sum(const struct pair *pair, size_t n)
{
	int total = 0;

	for (size_t i = 0; i < n; i++) {
		total += clamp(pair[i].a, 3) + 1;
		note(&pair[i]);
	}
	*pair->b = (struct pair){ .a = 1, .b = NULL }.a;
	return n ? total << 2 : 0;
}
