/*
 * Secrets: passwords, client secrets, device codes, tokens. They are bounded, wiped when freed, and
 * of a type that no printf format accepts. Only the files listed in tests/lint/reveal.sh may call
 * sf_secret_reveal.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"

struct sf_secret; /* opaque */

/* An empty secret with room for capacity bytes, which never grows. NULL: no memory. */
struct sf_secret *sf_secret_new(size_t capacity);

/* A copy of len bytes, with no room for more. NULL: no memory. */
struct sf_secret *sf_secret_from(const void *bytes, size_t len);

/* A copy of another secret. NULL: no memory, or secret is NULL. */
struct sf_secret *sf_secret_copy(const struct sf_secret *secret);

/*
 * Append bytes, a text, or another secret. False: the capacity would be exceeded (or other is
 * NULL), and the secret is unchanged.
 */
SF_CHECKED bool sf_secret_add(struct sf_secret *secret, const void *bytes, size_t len);
SF_CHECKED bool sf_secret_add_text(struct sf_secret *secret, const char *text);
SF_CHECKED bool sf_secret_add_secret(struct sf_secret *secret, const struct sf_secret *other);

/*
 * Read fd to its end into a new secret of at most max bytes. NULL: no memory, a read error, or more
 * than max bytes (errno is E2BIG).
 */
struct sf_secret *sf_secret_read(int fd, size_t max);

/* The same, but reads no more once the text begins with a line end or has an empty line. */
struct sf_secret *sf_secret_read_paragraph(int fd, size_t max);

/* Wipe the content. The capacity remains. */
void sf_secret_clear(struct sf_secret *secret);

/*
 * The bytes, followed by a NUL that does not count in the length; "" for NULL. They belong to the
 * secret: the pointer is invalid after sf_secret_free.
 */
const char *sf_secret_reveal(const struct sf_secret *secret);
size_t sf_secret_len(const struct sf_secret *secret); /* 0 for NULL */

/*
 * Whether both are equal. The time depends on the length of a alone, so that it does not tell how
 * many bytes match. NULL equals nothing, not even NULL: an absent secret proves nothing.
 */
bool sf_secret_equal(const struct sf_secret *a, const struct sf_secret *b);

/* Wipe and free. NULL is allowed. Returns NULL and preserves errno. */
struct sf_secret *sf_secret_free(struct sf_secret *secret);
void sf_secret_freep(struct sf_secret **secret);

/* Wipe memory that held a secret; the compiler cannot drop the call. For copies on the stack. */
void sf_secret_wipe(void *memory, size_t size);
