/*
 * A secret: password, client secret, device code, token. Bounded, wiped when freed, and of a
 * type that no printf format takes.
 * Only files listed in tests/lint/reveal.sh may look inside.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"

struct sf_secret; /* opaque */

/* An empty secret that can grow to capacity bytes, never more. NULL if there is no memory. */
struct sf_secret *sf_secret_new(size_t capacity);

/* A copy of len bytes. NULL if there is no memory. */
struct sf_secret *sf_secret_from(const void *bytes, size_t len);

/* A copy of another secret. NULL if there is no memory or secret is NULL. */
struct sf_secret *sf_secret_copy(const struct sf_secret *secret);

/* Append; false, and the secret is unchanged, if it would exceed its capacity. */
SF_CHECKED bool sf_secret_add(struct sf_secret *secret, const void *bytes, size_t len);
SF_CHECKED bool sf_secret_add_text(struct sf_secret *secret, const char *text);
SF_CHECKED bool sf_secret_add_secret(struct sf_secret *secret, const struct sf_secret *other);

/*
 * Read all of fd up to its end into a new secret of at most max bytes. NULL: error, or more than
 * max (errno E2BIG).
 */
struct sf_secret *sf_secret_read(int fd, size_t max);

/* Drop the content, wiped; the capacity stays. */
void sf_secret_clear(struct sf_secret *secret);

/*
 * The bytes, followed by a NUL that is not part of the length. They belong to the secret and die
 * with it.
 */
const char *sf_secret_reveal(const struct sf_secret *secret);
size_t sf_secret_len(const struct sf_secret *secret); /* 0 for NULL */

/* Constant time in the length of a. Two NULLs are not equal: an absent secret matches nothing. */
bool sf_secret_equal(const struct sf_secret *a, const struct sf_secret *b);

/* Wipe and free. Takes NULL, returns NULL. */
struct sf_secret *sf_secret_free(struct sf_secret *secret);
void sf_secret_freep(struct sf_secret **secret);

/* Wipe memory that held a secret; not optimised away. For stack buffers and foreign strings. */
void sf_secret_wipe(void *memory, size_t size);
