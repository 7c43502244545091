/*
 * For LD_PRELOAD: an allocator that fails when the host says so, and knows what is left. For one
 * thread.
 */
#include "failing.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define BLOCKS 65536
#define EXPORT __attribute__((visibility("default")))

/* glibc's own names of the functions below. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);

static bool is_armed;
static long fail_at, seen;
static void *blocks[BLOCKS]; /* allocated while armed, and not freed */
static size_t block_count;

void failing_arm(long at)
{
	fail_at = at;
	seen = 0;
	block_count = 0;
	is_armed = true;
}

void failing_disarm(void)
{
	is_armed = false;
}

long failing_seen(void)
{
	return seen;
}

long failing_live(void)
{
	return (long)block_count;
}

/* Is this the one? */
static bool fails(void)
{
	if (!is_armed || ++seen != fail_at)
		return false;
	errno = ENOMEM;
	return true;
}

static void *note(void *memory)
{
	if (is_armed && memory && block_count < BLOCKS)
		blocks[block_count++] = memory;
	return memory;
}

static bool forget(const void *memory)
{
	for (size_t i = block_count; i > 0; i--) {
		if (blocks[i - 1] != memory)
			continue;
		blocks[i - 1] = blocks[--block_count];
		return true;
	}
	return false;
}

EXPORT void *malloc(size_t size)
{
	return fails() ? NULL : note(__libc_malloc(size));
}

EXPORT void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : note(__libc_calloc(count, size));
}

EXPORT void *realloc(void *memory, size_t size)
{
	void *moved = fails() ? NULL : __libc_realloc(memory, size);

	/* What was there before it was armed is not counted, wherever it goes. */
	if (moved && (forget(memory) || !memory))
		return note(moved);
	return moved;
}

EXPORT void free(void *memory)
{
	(void)forget(memory);
	__libc_free(memory);
}
