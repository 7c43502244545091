/*
 * Secrets: bounded, in one block of memory, wiped before it is freed. They are not locked into
 * memory; the programs that hold them disable core dumps.
 */
#include "secret.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "banned.h"

/*
 * One block for all fields, as large as the secret may ever become. It never moves, so growing
 * leaves no copy behind. Bytes past len were never written or have been wiped.
 */
struct sf_secret {
	size_t capacity;
	size_t len;
	char bytes[]; /* capacity + 1 bytes; a NUL follows the last one */
};

struct sf_secret *sf_secret_new(size_t capacity)
{
	struct sf_secret *secret;

	if (capacity > SIZE_MAX - sizeof(*secret) - 1)
		return NULL;
	secret = malloc(sizeof(*secret) + capacity + 1);
	if (!secret)
		return NULL;
	secret->capacity = capacity;
	secret->len = 0;
	secret->bytes[0] = '\0';
	return secret;
}

struct sf_secret *sf_secret_from(const void *bytes, size_t len)
{
	struct sf_secret *secret = sf_secret_new(len);

	if (secret && !sf_secret_add(secret, bytes, len))
		secret = sf_secret_free(secret);
	return secret;
}

struct sf_secret *sf_secret_copy(const struct sf_secret *secret)
{
	return !secret ? NULL : sf_secret_from(secret->bytes, secret->len);
}

bool sf_secret_add(struct sf_secret *secret, const void *bytes, size_t len)
{
	if (len > secret->capacity - secret->len)
		return false;
	if (len > 0)
		memcpy(secret->bytes + secret->len, bytes, len);
	secret->len += len;
	secret->bytes[secret->len] = '\0';
	return true;
}

bool sf_secret_add_text(struct sf_secret *secret, const char *text)
{
	return sf_secret_add(secret, text, strlen(text));
}

bool sf_secret_add_secret(struct sf_secret *secret, const struct sf_secret *other)
{
	return other != NULL && sf_secret_add(secret, other->bytes, other->len);
}

/* read(2), again after EINTR. */
static ssize_t read_some(int fd, char *ret, size_t size)
{
	ssize_t got;

	do {
		got = read(fd, ret, size);
	} while (got < 0 && errno == EINTR);
	return got;
}

/* Whether an empty line is in the text, of which the bytes from `from` on are new. */
static bool has_empty_line(const struct sf_secret *secret, size_t from)
{
	const size_t start = from > 0 ? from - 1 : 0;

	return secret->bytes[0] == '\n' ||
	       memmem(secret->bytes + start, secret->len - start, "\n\n", 2) != NULL;
}

static struct sf_secret *read_all(int fd, size_t max, bool is_paragraph)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = sf_secret_new(max);
	char beyond;
	ssize_t got;

	if (!secret)
		return NULL;
	while (secret->len < max) {
		got = read_some(fd, secret->bytes + secret->len, max - secret->len);
		if (got < 0)
			return NULL;
		if (got == 0)
			break;
		secret->len += (size_t)got;
		secret->bytes[secret->len] = '\0';
		if (is_paragraph && has_empty_line(secret, secret->len - (size_t)got))
			return SF_TAKE(secret);
	}
	secret->bytes[secret->len] = '\0';
	/* Full: one more byte tells whether the input ends here or is too long. */
	if (secret->len == max) {
		got = read_some(fd, &beyond, 1);
		sf_secret_wipe(&beyond, sizeof(beyond));
		if (got > 0)
			errno = E2BIG;
		if (got != 0)
			return NULL;
	}
	return SF_TAKE(secret);
}

struct sf_secret *sf_secret_read(int fd, size_t max)
{
	return read_all(fd, max, /* is_paragraph= */ false);
}

struct sf_secret *sf_secret_read_paragraph(int fd, size_t max)
{
	return read_all(fd, max, /* is_paragraph= */ true);
}

void sf_secret_clear(struct sf_secret *secret)
{
	sf_secret_wipe(secret->bytes, secret->len);
	secret->len = 0;
}

const char *sf_secret_reveal(const struct sf_secret *secret)
{
	return !secret ? "" : secret->bytes;
}

size_t sf_secret_len(const struct sf_secret *secret)
{
	return !secret ? 0 : secret->len;
}

bool sf_secret_equal(const struct sf_secret *a, const struct sf_secret *b)
{
	volatile unsigned char difference;

	if (!a || !b)
		return false;
	difference = a->len != b->len;
	/*
	 * Past the end of b, its first byte is compared: the number of steps depends on a alone.
	 * volatile keeps the compiler from leaving the loop early.
	 */
	for (size_t i = 0; i < a->len; i++)
		difference =
		    (unsigned char)(difference |
				    (unsigned char)(a->bytes[i] ^ b->bytes[i < b->len ? i : 0]));
	return difference == 0;
}

struct sf_secret *sf_secret_free(struct sf_secret *secret)
{
	int saved = errno;

	if (secret) {
		sf_secret_wipe(secret->bytes, secret->len);
		free(secret);
	}
	errno = saved;
	return NULL;
}

void sf_secret_freep(struct sf_secret **secret)
{
	*secret = sf_secret_free(*secret);
}

void sf_secret_wipe(void *memory, size_t size)
{
	if (size > 0)
		explicit_bzero(memory, size);
}
