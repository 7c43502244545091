/* What a form says, and that no encoded copy of a secret outlives it. */
#include "form.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "form_value.h"
#include "http.h"

#include "banned.h"

#define HEAD_LEN   64
#define MARK_LEN   64
#define REGION_MAX (256UL * 1024 * 1024) /* a sanitizer's shadow is larger, and nobody's heap */
#define PIECE_SIZE (1024 * 1024)

static void test_encodes(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *token = sf_secret_from("00D!t", 5);

	(void)state;
	assert_true(sf_form_add(form, "a", "AZaz09-._~ +/?&=%\n\xc3\xa4"));
	assert_true(sf_form_add(form, "b", "") && sf_form_add_secret(form, "c", token));
	assert_string_equal(
	    sf_secret_reveal(form), "a=AZaz09-._~%20%2B%2F%3F%26%3D%25%0A%C3%A4&b=&c=00D%21t");
}

static void test_too_long(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(8);

	(void)state;
	assert_false(sf_form_add(form, "a", "1234567"));
	sf_secret_clear(form);
	assert_false(sf_form_add(form, "a", "12+45"));
	sf_secret_clear(form);
	assert_true(sf_form_add(form, "a", "123+"));
}

static void test_query(void **state)
{
	char address[16];
	struct sf_text text = SF_TEXT(address);

	(void)state;
	assert_true(sf_text_add(&text, "/?x=y") && sf_form_add_query(&text, "a", "b c"));
	assert_string_equal(address, "/?x=y&a=b%20c");
	assert_false(sf_form_add_query(&text, "d", "e"));
	assert_true(text.overflow);
}

static void test_decodes(void **state)
{
	static const struct {
		const char *encoded, *decoded;
		enum sf_form_value value;
	} rows[] = {
	    {"", "", SF_FORM_VALUE_WHOLE},
	    {"a+b%20c", "a b c", SF_FORM_VALUE_WHOLE},
	    {"%41%c3%A4%2541", "A\xc3\xa4%41", SF_FORM_VALUE_WHOLE},
	    {"\xff%ff", "\xff\xff", SF_FORM_VALUE_WHOLE},
	    {"a%", "a", SF_FORM_VALUE_BROKEN},
	    {"a%4", "a", SF_FORM_VALUE_BROKEN},
	    {"a%4g", "a", SF_FORM_VALUE_BROKEN},
	    {"a%g4", "a", SF_FORM_VALUE_BROKEN},
	    {"a%%41", "a", SF_FORM_VALUE_BROKEN},
	    {"a%00b", "a", SF_FORM_VALUE_BROKEN},
	    {"1234567", "1234567", SF_FORM_VALUE_WHOLE},
	    {"12345678", "1234567", SF_FORM_VALUE_CUT},
	    {"123456%378", "1234567", SF_FORM_VALUE_CUT},
	};
	char value[8];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const char *encoded = rows[i].encoded;

		if (sf_form_value_decode(encoded, strlen(encoded), value, sizeof(value)) !=
			rows[i].value ||
		    strcmp(value, rows[i].decoded) != 0)
			fail_msg("%s is decoded as %s", encoded, value);
	}
	assert_int_equal(
	    sf_form_value_decode("a\0b", 3, value, sizeof(value)), SF_FORM_VALUE_BROKEN);
	/* An escape that len cuts off is none, whatever follows. */
	assert_int_equal(
	    sf_form_value_decode("%41", 2, value, sizeof(value)), SF_FORM_VALUE_BROKEN);
}

/* How often mark stands in len bytes of this process's memory from start. */
static size_t count_in(int memory, unsigned long start, size_t len, const char *mark)
{
	static char piece[PIECE_SIZE + MARK_LEN];
	size_t count = 0;

	for (size_t at = 0; at < len; at += PIECE_SIZE) {
		size_t want = len - at < sizeof(piece) ? len - at : sizeof(piece);
		ssize_t got = pread(memory, piece, want, (off_t)(start + at));
		const char *found = piece, *end = piece + (got > 0 ? got : 0);

		while (
		    found < end && (found = memmem(found, (size_t)(end - found), mark, MARK_LEN))) {
			count++;
			found += MARK_LEN;
		}
		memset(piece, 0, sizeof(piece));
	}
	return count;
}

/* Copies of mark in all writable memory, mark's own included. */
static size_t count_copies(const char *mark)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char line[512];
	size_t count = 0;

	assert_non_null(maps);
	assert_true(memory >= 0);
	while (fgets(line, sizeof(line), maps)) {
		char *end = NULL;
		unsigned long start = strtoul(line, &end, 16);
		unsigned long stop = strtoul(end + 1, &end, 16);

		if (strncmp(end, " rw", 3) == 0 && stop - start <= REGION_MAX)
			count += count_in(memory, start, stop - start, mark);
	}
	(void)fclose(maps);
	close(memory);
	return count;
}

/* MARK_LEN characters that nobody else has, every second one to be encoded, and as they become. */
static void make_mark(char ret[static MARK_LEN + 1])
{
	for (size_t i = 0; i < MARK_LEN / 2; i++)
		ret[2 * i] = '+', ret[2 * i + 1] = (char)('a' + (i * 7 + (size_t)getpid()) % 26);
	ret[MARK_LEN] = '\0';
}

static void encode_mark(const char *plain, char ret[static MARK_LEN])
{
	/* The first MARK_LEN characters of %2Bx%2By... */
	for (size_t i = 0; i < MARK_LEN; i++)
		ret[i] = i % 4 < 3 ? "%2B"[i % 4] : plain[i / 4 * 2 + 1];
}

static void test_wipes(void **state)
{
	/* free(3) itself overwrites the first bytes of a block. */
	char value[HEAD_LEN + MARK_LEN + 1], encoded[MARK_LEN];
	struct sf_secret *form = sf_secret_new(SF_FORM_MAX);

	(void)state;
	memset(value, 'x', HEAD_LEN);
	make_mark(value + HEAD_LEN);
	encode_mark(value + HEAD_LEN, encoded);
	assert_int_equal(count_copies(encoded), 1);
	assert_true(sf_form_add(form, "code", value));
	/* Ours and the form's: libcurl's is gone already. */
	assert_int_equal(count_copies(encoded), 2);
	sf_secret_free(form);
	assert_int_equal(count_copies(encoded), 1);
}

static int start(void **state)
{
	struct sf_error e;

	(void)state;
	return sf_http_start(&e) == SF_OK ? 0 : 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"all but RFC 3986's unreserved characters is encoded", test_encodes, NULL, NULL, NULL},
	    {"a value that does not fit is refused", test_too_long, NULL, NULL, NULL},
	    {"a query is encoded in the same way", test_query, NULL, NULL, NULL},
	    {"a value is decoded once, up to what is broken", test_decodes, NULL, NULL, NULL},
	    {"an encoded secret is wiped", test_wipes, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("form", tests, start, NULL);
}
