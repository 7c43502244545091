/* Allocators that wipe what they free. They do not lock pages into memory. */
#include "alloc.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "secret.h"

#include "banned.h"

/*
 * Precedes every block and records how many bytes to wipe. It is aligned like the block, so that
 * the address behind it has the alignment that malloc(3) promises.
 */
struct head {
	alignas(max_align_t) size_t size;
};

static struct head *head_of(void *memory)
{
	return (struct head *)memory - 1;
}

void *sf_alloc_malloc(size_t size)
{
	struct head *head;

	if (size > SIZE_MAX - sizeof(*head))
		return NULL;
	head = malloc(sizeof(*head) + size);
	if (!head)
		return NULL;
	head->size = size;
	return head + 1;
}

void *sf_alloc_calloc(size_t count, size_t size)
{
	size_t total;
	void *memory;

	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	memory = sf_alloc_malloc(total);
	if (memory)
		memset(memory, 0, total);
	return memory;
}

void *sf_alloc_realloc(void *memory, size_t size)
{
	size_t old_size;
	void *moved;

	if (!memory)
		return sf_alloc_malloc(size);
	if (size == 0) {
		sf_alloc_free(memory);
		return NULL;
	}
	/* Never realloc(3): it may move the block and leave the old bytes unwiped. */
	old_size = head_of(memory)->size;
	moved = sf_alloc_malloc(size);
	if (!moved)
		return NULL;
	memcpy(moved, memory, old_size < size ? old_size : size);
	sf_alloc_free(memory);
	return moved;
}

char *sf_alloc_strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = sf_alloc_malloc(size);

	if (copy)
		memcpy(copy, text, size);
	return copy;
}

void sf_alloc_free(void *memory)
{
	struct head *head;

	if (!memory)
		return;
	head = head_of(memory);
	sf_secret_wipe(memory, head->size);
	free(head);
}

void *sf_alloc_crypto_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return sf_alloc_malloc(size);
}

void *sf_alloc_crypto_realloc(void *memory, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return sf_alloc_realloc(memory, size);
}

void sf_alloc_crypto_free(void *memory, const char *file, int line)
{
	(void)file;
	(void)line;
	sf_alloc_free(memory);
}
