/* SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash that an outsider cannot steer. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SF_SIPHASH_KEY_SIZE 16

uint64_t sf_siphash(const uint8_t key[static SF_SIPHASH_KEY_SIZE], const void *bytes, size_t len);
