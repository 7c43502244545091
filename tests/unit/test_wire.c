/* Frames of the wire protocol: each type takes its own fields, and no frame cut short passes. */
#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

/* The table once more, for who must not break it: t text, s secret, 4 u32, 8 u64, f flag. */
static const struct {
	uint8_t type;
	struct {
		uint8_t tag;
		char kind;
		char count; /* '1' must, '?' may, '*' may repeat */
	} fields[26];
} table[] = {
    {SF_WIRE_JOB,
	{
	    {SF_TAG_KIND, '4', '1'},
	    {SF_TAG_LOGIN_URL, 't', '1'},
	    {SF_TAG_CLIENT_ID, 't', '1'},
	    {SF_TAG_SCOPE, 't', '?'},
	    {SF_TAG_FLOW, 't', '?'},
	    {SF_TAG_PROXY, 't', '?'},
	    {SF_TAG_CA_FILE, 't', '?'},
	    {SF_TAG_DEADLINE_MS, '8', '1'},
	    {SF_TAG_KEEP, 'f', '1'},
	    {SF_TAG_LIFE_S, '4', '1'},
	    {SF_TAG_ALSO, 't', '*'},
	    {SF_TAG_PATH, 't', '?'},
	    {SF_TAG_METHOD, 't', '?'},
	    {SF_TAG_PARK, 't', '?'},
	    {SF_TAG_TOKEN, 's', '?'},
	    {SF_TAG_AUTH, '4', '?'},
	    {SF_TAG_USERNAME, 't', '?'},
	    {SF_TAG_CALLBACK, 't', '?'},
	    {SF_TAG_PROMPT, 't', '?'},
	    {SF_TAG_ASKS_FIRST, 'f', '?'},
	    {SF_TAG_PERMISSION, 't', '?'},
	    {SF_TAG_SITE_URL, 't', '?'},
	    {SF_TAG_LANGUAGE, '4', '?'},
	    {SF_TAG_PASSPHRASE, 's', '?'},
	}},
    {SF_WIRE_RESPONSE, {{SF_TAG_TEXT, 's', '1'}}},
    {SF_WIRE_VERDICT, {{SF_TAG_YES, 'f', '1'}}},
    {SF_WIRE_SHOW, {{SF_TAG_URI, 't', '1'}, {SF_TAG_CODE, 't', '?'}, {SF_TAG_LIFE_S, '4', '1'}}},
    {SF_WIRE_ASK, {{SF_TAG_TEXT, 't', '1'}}},
    {SF_WIRE_FACTS,
	{
	    {SF_TAG_ID_URL, 't', '?'},
	    {SF_TAG_INSTANCE_URL, 't', '?'},
	    {SF_TAG_TOKEN_PREFIX, 't', '?'},
	    {SF_TAG_USER_ID, 't', '?'},
	    {SF_TAG_ORG_ID, 't', '?'},
	    {SF_TAG_ASSERTED, 'f', '?'},
	    {SF_TAG_ACTIVE, 'f', '?'},
	    {SF_TAG_USER_TYPE, 't', '?'},
	    {SF_TAG_USERNAME, 't', '?'},
	    {SF_TAG_COMMUNITY, 'f', '?'},
	    {SF_TAG_INTEGRATION, 'f', '?'},
	    {SF_TAG_PERMISSION, 't', '*'},
	}},
    {SF_WIRE_DONE,
	{
	    {SF_TAG_TOKEN_STATE, '4', '1'},
	    {SF_TAG_LANDLOCK, '4', '1'},
	    {SF_TAG_TRAPPED, '4', '1'},
	    {SF_TAG_CALL, 't', '?'},
	    {SF_TAG_STATUS, '4', '1'},
	    {SF_TAG_EXPIRES_AT, '8', '?'},
	    {SF_TAG_SERVER_S, '8', '?'},
	    {SF_TAG_ORG_ID, 't', '?'},
	}},
    {SF_WIRE_FAIL,
	{
	    {SF_TAG_ERR, '4', '1'},
	    {SF_TAG_ROW, 't', '?'},
	    {SF_TAG_APP, '4', '?'},
	    {SF_TAG_SYS, '4', '1'},
	    {SF_TAG_DETAIL, 't', '?'},
	    {SF_TAG_TOKEN_STATE, '4', '1'},
	    {SF_TAG_LANDLOCK, '4', '1'},
	    {SF_TAG_TRAPPED, '4', '1'},
	    {SF_TAG_CALL, 't', '?'},
	    {SF_TAG_STATUS, '4', '1'},
	    {SF_TAG_RETRY_S, '4', '?'},
	    {SF_TAG_WORDS, 't', '?'},
	    {SF_TAG_SERVER_S, '8', '?'},
	    {SF_TAG_ORG_ID, 't', '?'},
	}},
    {SF_WIRE_FIND,
	{
	    {SF_TAG_ORIGIN, 't', '1'},
	    {SF_TAG_CLIENT_ID, 't', '?'},
	    {SF_TAG_TAKES_OLD, 'f', '?'},
	    {SF_TAG_USERNAME, 't', '?'},
	    {SF_TAG_MAY_PROMPT, 'f', '1'},
	}},
    {SF_WIRE_STORE,
	{
	    {SF_TAG_ORIGIN, 't', '1'},
	    {SF_TAG_CLIENT_ID, 't', '?'},
	    {SF_TAG_TAKES_OLD, 'f', '?'},
	    {SF_TAG_USERNAME, 't', '1'},
	    {SF_TAG_LABEL, 't', '1'},
	    {SF_TAG_TOKEN, 's', '1'},
	    {SF_TAG_MAY_PROMPT, 'f', '1'},
	}},
    {SF_WIRE_ERASE,
	{
	    {SF_TAG_ORIGIN, 't', '1'},
	    {SF_TAG_CLIENT_ID, 't', '?'},
	    {SF_TAG_TAKES_OLD, 'f', '?'},
	    {SF_TAG_USERNAME, 't', '?'},
	    {SF_TAG_MAY_PROMPT, 'f', '1'},
	}},
    {SF_WIRE_ITEM,
	{{SF_TAG_TOKEN, 's', '1'}, {SF_TAG_USERNAME, 't', '?'}, {SF_TAG_LABEL, 't', '?'}}},
    {SF_WIRE_NONE, {{0}}},
    {SF_WIRE_LOCKED, {{0}}},
    {SF_WIRE_NO_KEYRING, {{0}}},
};

/* A frame as bytes, built without the functions under test. */
struct packet {
	size_t len;
	uint8_t bytes[SF_WIRE_FRAME_MAX + 16];
};

static void add(struct packet *packet, unsigned tag, const void *value, size_t len)
{
	uint8_t *at = packet->bytes + packet->len;

	assert_true(packet->len + 3 + len <= sizeof(packet->bytes));
	at[0] = (uint8_t)tag;
	at[1] = (uint8_t)(len >> 8);
	at[2] = (uint8_t)len;
	if (len > 0)
		memcpy(at + 3, value, len);
	packet->len += 3 + len;
}

static void add_kind(struct packet *packet, unsigned tag, char kind)
{
	static const uint8_t number[8] = {0};

	switch (kind) {
	case 't':
		add(packet, tag, "text", 4);
		break;
	case 's':
		add(packet, tag, "\0\xff\n", 3);
		break;
	case '4':
		add(packet, tag, number, 4);
		break;
	case '8':
		add(packet, tag, number, 8);
		break;
	default:
		add(packet, tag, "\1", 1);
	}
}

/* Type and what it must have, leaving one tag out (0: none). */
static struct packet minimal(size_t row, unsigned without)
{
	struct packet packet = {.len = 1, .bytes = {table[row].type}};

	for (size_t i = 0; table[row].fields[i].tag; i++)
		if (table[row].fields[i].count == '1' && table[row].fields[i].tag != without)
			add_kind(&packet, table[row].fields[i].tag, table[row].fields[i].kind);
	return packet;
}

static enum sf_err check(const struct packet *packet)
{
	/* On the heap and exactly as long: a sanitizer sees every byte read beyond. */
	uint8_t *exact = malloc(packet->len ? packet->len : 1);
	struct sf_frame frame;
	struct sf_error e;
	enum sf_err r;

	assert_non_null(exact);
	memcpy(exact, packet->bytes, packet->len);
	r = sf_wire_check(exact, packet->len, &frame, &e);
	free(exact);
	if (r == SF_OK) {
		assert_int_equal(frame.len, packet->len);
		assert_memory_equal(frame.bytes, packet->bytes, packet->len);
	}
	return r;
}

static void every_type_that_is_not_in_the_table_is_refused(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		struct packet packet = {.len = 1, .bytes = {(uint8_t)type}};
		bool known = false, bare = false;

		for (size_t row = 0; row < SF_COUNT(table); row++) {
			if (table[row].type != type)
				continue;
			known = true;
			bare = minimal(row, 0).len == 1;
		}
		assert_int_equal(check(&packet), known && bare ? SF_OK : SF_E_PROTOCOL);
	}
}

static void every_type_takes_its_own_fields_and_no_others(void **state)
{
	static const char kinds[] = {'t', 's', '4', '8', 'f'};

	(void)state;
	for (size_t row = 0; row < SF_COUNT(table); row++) {
		for (unsigned tag = 0; tag < 256; tag++) {
			char kind = 0;

			for (size_t i = 0; table[row].fields[i].tag; i++)
				if (table[row].fields[i].tag == tag)
					kind = table[row].fields[i].kind;
			for (size_t k = 0; k < sizeof(kinds); k++) {
				struct packet packet = minimal(row, tag);
				bool fits = kind == kinds[k] || kind == 's';

				/* "text" is also a number of four bytes. */
				fits = fits || (kind == '4' && kinds[k] == 't');
				add_kind(&packet, tag, kinds[k]);
				assert_int_equal(
				    check(&packet), fits && kind ? SF_OK : SF_E_PROTOCOL);
			}
		}
	}
}

static void a_missing_field_is_refused_and_only_lists_repeat(void **state)
{
	(void)state;
	for (size_t row = 0; row < SF_COUNT(table); row++) {
		struct packet whole = minimal(row, 0);

		assert_int_equal(check(&whole), SF_OK);
		for (size_t i = 0; table[row].fields[i].tag; i++) {
			unsigned tag = table[row].fields[i].tag;
			bool must = table[row].fields[i].count == '1';
			bool repeats = table[row].fields[i].count == '*';
			struct packet packet = minimal(row, tag);

			assert_int_equal(check(&packet), must ? SF_E_PROTOCOL : SF_OK);
			add_kind(&packet, tag, table[row].fields[i].kind);
			assert_int_equal(check(&packet), SF_OK);
			add_kind(&packet, tag, table[row].fields[i].kind);
			assert_int_equal(check(&packet), repeats ? SF_OK : SF_E_PROTOCOL);
		}
	}
}

static void a_frame_cut_at_any_byte_or_with_a_byte_more_is_refused(void **state)
{
	(void)state;
	for (size_t row = 0; row < SF_COUNT(table); row++) {
		struct packet whole = minimal(row, 0);

		for (size_t len = 0; len < whole.len; len++) {
			struct packet cut = whole;

			cut.len = len;
			assert_int_equal(check(&cut), SF_E_PROTOCOL);
		}
		for (unsigned extra = 1; extra <= 3; extra++) {
			struct packet more = whole;

			more.bytes[more.len] = SF_TAG_KIND;
			more.len += extra;
			assert_int_equal(check(&more), SF_E_PROTOCOL);
		}
	}
}

static void a_frame_of_16_kib_passes_and_one_byte_more_does_not(void **state)
{
	struct packet packet = {.len = 1, .bytes = {SF_WIRE_RESPONSE}};
	static const uint8_t zeros[SF_WIRE_FRAME_MAX];

	(void)state;
	add(&packet, SF_TAG_TEXT, zeros, SF_WIRE_FRAME_MAX - 4);
	assert_int_equal(packet.len, SF_WIRE_FRAME_MAX);
	assert_int_equal(check(&packet), SF_OK);
	packet.len = 1;
	add(&packet, SF_TAG_TEXT, zeros, SF_WIRE_FRAME_MAX - 3);
	assert_int_equal(check(&packet), SF_E_PROTOCOL);
}

static void texts_with_nul_control_or_broken_utf8_and_odd_flags_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {{"a\0b", 3}, {"\x1b[2J", 4}, {"a\nb", 3}, {"\xc3", 1}, {"\xff", 1},
	    {"\xe2\x80\xae", 3}, {"\xc0\x80", 2}};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(bad); i++) {
		struct packet packet = {.len = 1, .bytes = {SF_WIRE_ASK}};

		add(&packet, SF_TAG_TEXT, bad[i].bytes, bad[i].len);
		assert_int_equal(check(&packet), SF_E_PROTOCOL);
	}

	struct packet good = {.len = 1, .bytes = {SF_WIRE_ASK}};
	struct packet flag = {.len = 1, .bytes = {SF_WIRE_VERDICT}};

	add(&good, SF_TAG_TEXT, "J\xc3\xbcrgen", 7);
	assert_int_equal(check(&good), SF_OK);
	add(&flag, SF_TAG_YES, "\2", 1);
	assert_int_equal(check(&flag), SF_E_PROTOCOL);
}

static void a_getter_refuses_what_is_missing_too_long_or_of_another_kind(void **state)
{
	struct sf_frame frame;
	struct sf_error e;
	struct sf_secret *secret = NULL;
	char text[5];
	uint32_t number = 7;
	uint64_t large = 7;
	bool flag = true, found = true;

	(void)state;
	sf_wire_begin(&frame, SF_WIRE_SHOW);
	sf_wire_put_text(&frame, SF_TAG_URI, "https");
	sf_wire_put_text(&frame, SF_TAG_CODE, "ABCD");
	assert_int_equal(sf_wire_text(&frame, SF_TAG_URI, text, sizeof(text), &e), SF_E_PROTOCOL);
	assert_int_equal(
	    sf_wire_text_at(&frame, SF_TAG_URI, 0, text, sizeof(text), &found, &e), SF_E_PROTOCOL);
	assert_int_equal(sf_wire_text(&frame, SF_TAG_CODE, text, sizeof(text), &e), SF_OK);
	assert_string_equal(text, "ABCD");
	assert_int_equal(sf_wire_u32(&frame, SF_TAG_LIFE_S, &number, &e), SF_E_PROTOCOL);
	assert_int_equal(sf_wire_u32(&frame, SF_TAG_CODE, &number, &e), SF_E_PROTOCOL);
	assert_int_equal(sf_wire_u64(&frame, SF_TAG_CODE, &large, &e), SF_E_PROTOCOL);
	assert_int_equal(sf_wire_flag(&frame, SF_TAG_CODE, &flag, &e), SF_E_PROTOCOL);
	assert_int_equal(sf_wire_secret(&frame, SF_TAG_CODE, &secret, &e), SF_E_PROTOCOL);
	assert_int_equal(sf_wire_text(&frame, SF_TAG_TEXT, text, sizeof(text), &e), SF_E_PROTOCOL);
	assert_true(number == 7 && large == 7 && flag && !secret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_type_that_is_not_in_the_table_is_refused),
	    cmocka_unit_test(every_type_takes_its_own_fields_and_no_others),
	    cmocka_unit_test(a_missing_field_is_refused_and_only_lists_repeat),
	    cmocka_unit_test(a_frame_cut_at_any_byte_or_with_a_byte_more_is_refused),
	    cmocka_unit_test(a_frame_of_16_kib_passes_and_one_byte_more_does_not),
	    cmocka_unit_test(texts_with_nul_control_or_broken_utf8_and_odd_flags_are_refused),
	    cmocka_unit_test(a_getter_refuses_what_is_missing_too_long_or_of_another_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
