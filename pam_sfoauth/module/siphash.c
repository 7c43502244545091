#include "siphash.h"

#include "banned.h"

static uint64_t load_le64(const uint8_t *bytes)
{
	uint64_t word = 0;

	for (unsigned i = 0; i < 8; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

static uint64_t rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static void rounds(uint64_t v[static 4], unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

uint64_t sf_siphash(const uint8_t key[static SF_SIPHASH_KEY_SIZE], const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	uint64_t k0 = load_le64(key), k1 = load_le64(key + 8);
	uint64_t v[4] = {k0 ^ 0x736f6d6570736575U, k1 ^ 0x646f72616e646f6dU,
	    k0 ^ 0x6c7967656e657261U, k1 ^ 0x7465646279746573U};
	uint64_t last = (uint64_t)len << 56;

	for (size_t left = len; left >= 8; left -= 8, at += 8) {
		uint64_t word = load_le64(at);

		v[3] ^= word;
		rounds(v, 2);
		v[0] ^= word;
	}
	for (size_t i = 0; i < len % 8; i++)
		last |= (uint64_t)at[i] << (8 * i);
	v[3] ^= last;
	rounds(v, 2);
	v[0] ^= last;
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
