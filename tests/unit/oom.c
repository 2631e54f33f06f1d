/* SPDX-License-Identifier: BSD-3-Clause */
#include "oom.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);
char *__wrap_strdup(const char *text);

static bool armed, reached;
static unsigned long left, seen;
static long live;

void oom_fail_at(unsigned long n)
{
	left = n;
	seen = 0;
	reached = false;
	armed = true;
}

bool oom_reached(void)
{
	return reached;
}

void oom_off(void)
{
	armed = false;
}

void oom_on(void)
{
	armed = true;
}

unsigned long oom_seen(void)
{
	return seen;
}

long oom_live(void)
{
	return live;
}

static bool fails(void)
{
	if (!armed)
		return false;
	seen++;
	if (reached)
		return false;
	if (left) {
		left--;
		return false;
	}
	reached = true;
	errno = ENOMEM;
	return true;
}

static void *counted(void *made)
{
	live += made != NULL;
	return made;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *old, size_t size)
{
	void *grown;

	if (fails())
		return NULL;
	grown = __real_realloc(old, size);
	return old ? grown : counted(grown);
}

void __wrap_free(void *old)
{
	live -= old != NULL;
	__real_free(old);
}

/* That of libc would not be seen here, but the free() of its memory would. */
char *__wrap_strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = malloc(size);

	return copy ? memcpy(copy, text, size) : NULL;
}
