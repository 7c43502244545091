/*
 * Fuzzes the text functions with any bytes as numbers, durations and text to show. Numbers must be
 * read whole or refused; escaped text must not control a terminal.
 */
#include "text.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void try_numbers(const char *value)
{
	char again[32];
	struct sf_text text = SF_TEXT(again);
	uint32_t small = 0, seconds = 0;
	uint64_t large = 0;

	if (sf_text_u64(value, 1, UINT64_MAX, &large)) {
		require(sf_text_addf(&text, "%" PRIu64, large));
		require(sf_text_ends(value, again) && sf_text_has_only(value, "0123456789"));
	}
	require(!sf_text_u32(value, 5, 100, &small) || (small == large && small >= 5));
	require(!sf_text_duration(value, 60, 86400, &seconds) ||
		(seconds >= 60 && seconds <= 86400 && seconds >= small));
}

/* Each byte of text again, in its order. */
static void require_decodes(const char *encoded, const char *text)
{
	while (*encoded) {
		const int byte = *encoded == '%' ? sf_text_percent_byte(encoded, strlen(encoded))
						 : (unsigned char)*encoded;

		require(byte == (unsigned char)*text++);
		encoded += *encoded == '%' ? 3 : 1;
	}
	require(*text == '\0');
}

static void try_showing(const char *bytes, size_t size)
{
	char shown[64], encoded[256];
	struct sf_text text = SF_TEXT(encoded);

	for (size_t room = 1; room <= sizeof(shown); room += 9) {
		sf_text_escape(shown, room, bytes, size);
		require(strlen(shown) < room && !strchr(shown, '\''));
		require(sf_text_is_clean(shown, strlen(shown)));
	}
	if (sf_text_add_percent(&text, bytes, ""))
		require(
		    encoded[0] == '\0' ||
		    sf_text_has_only(encoded, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					      "0123456789-._~%"));
	else
		require(text.overflow && !sf_text_add(&text, "x"));
	if (!text.overflow)
		require_decodes(encoded, bytes);
	(void)sf_text_percent_byte(bytes, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char copy[1024];
	size_t len = size < sizeof(copy) ? size : sizeof(copy) - 1;

	if (len > 0)
		memcpy(copy, data, len);
	copy[len] = '\0';
	try_numbers(copy);
	try_showing(copy, len);
	require(sf_text_is_hex(copy, strlen(copy)) ==
		(strspn(copy, "0123456789abcdef") == strlen(copy)));
	require(!sf_text_is_printable(copy) || sf_text_is_clean(copy, strlen(copy)));
	require(sf_text_equal_nocase(copy, copy));
	return 0;
}
