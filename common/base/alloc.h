/*
 * Allocators that wipe what they free, for the libraries that copy secrets (libcurl, cJSON,
 * libcrypto). Contracts, alignment and failures (NULL) are those of malloc(3). Growing a block
 * copies it and wipes the old one. A block must be freed by sf_alloc_free, never by free(3).
 */
#pragma once

#include <stddef.h>

/* Sizes are in bytes. NULL: no memory, or the size overflows. */
void *sf_alloc_malloc(size_t size);
void *sf_alloc_calloc(size_t count, size_t size);
/* If it fails, memory is unchanged and still the caller's. Size 0 frees memory, returns NULL. */
void *sf_alloc_realloc(void *memory, size_t size);
char *sf_alloc_strdup(const char *text);
void sf_alloc_free(void *memory);

/* The same with the file and line that libcrypto passes (CRYPTO_set_mem_functions(3)); ignored. */
void *sf_alloc_crypto_malloc(size_t size, const char *file, int line);
void *sf_alloc_crypto_realloc(void *memory, size_t size, const char *file, int line);
void sf_alloc_crypto_free(void *memory, const char *file, int line);
