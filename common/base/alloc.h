/*
 * Allocators that wipe what they free, for libraries that copy our secrets (libcurl, cJSON,
 * libcrypto).
 * Same contracts as malloc(3); growth copies and wipes. Alignment is that of max_align_t.
 */
#pragma once

#include <stddef.h>

void *sf_alloc_malloc(size_t size);
void *sf_alloc_calloc(size_t count, size_t size);
void *sf_alloc_realloc(void *memory, size_t size);
char *sf_alloc_strdup(const char *text);
void sf_alloc_free(void *memory);

/* The same shapes with the file and line that libcrypto passes (CRYPTO_set_mem_functions(3)). */
void *sf_alloc_crypto_malloc(size_t size, const char *file, int line);
void *sf_alloc_crypto_realloc(void *memory, size_t size, const char *file, int line);
void sf_alloc_crypto_free(void *memory, const char *file, int line);
