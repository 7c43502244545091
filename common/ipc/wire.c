/*
 * Build, check and read frames. wire.def has the fields of each type; sending and receiving is in
 * wire_io.c.
 */
#include "wire.h"

#include <string.h>

#include "text.h"

#include "banned.h"

#define TYPE_SIZE   1
#define HEADER_SIZE 3 /* tag, length */

/* The columns of wire.def: how often a field may occur in a frame, and the form of its value. */
enum presence { ONE, MAYBE, MANY };
enum kind { TEXT, SECRET, U32, U64, FLAG };
#define SF_TAG_NOTHING 0

static const struct field {
	uint8_t type;     /* enum sf_wire_type; bytes, because sshd loads this table */
	uint8_t tag;      /* enum sf_wire_tag, or SF_TAG_NOTHING */
	uint8_t presence; /* enum presence */
	uint8_t kind;     /* enum kind */
} fields[] = {
#define SF_FIELD(frame, tag, presence, kind) {SF_WIRE_##frame, SF_TAG_##tag, presence, kind},
#include "wire.def"
#undef SF_FIELD
};

/* Whether wire.def has this type of frame. */
static bool is_known(unsigned type)
{
	for (size_t i = 0; i < SF_COUNT(fields); i++)
		if (fields[i].type == type)
			return true;
	return false;
}

/* The row for a tag in a type of frame. NULL: the type does not have this field. */
static const struct field *find_field(unsigned type, unsigned tag)
{
	for (size_t i = 0; i < SF_COUNT(fields); i++)
		if (fields[i].type == type && fields[i].tag == tag && tag != SF_TAG_NOTHING)
			return &fields[i];
	return NULL;
}

/* Whether a value is well-formed for its kind. */
static bool is_valid(enum kind kind, const uint8_t *value, size_t len)
{
	switch (kind) {
	case TEXT:
		return sf_text_is_clean((const char *)value, len);
	case SECRET:
		return true;
	case U32:
		return len == sizeof(uint32_t);
	case U64:
		return len == sizeof(uint64_t);
	case FLAG:
		return len == 1 && value[0] <= 1;
	}
	return false;
}

/* A field in a frame; value points into it. */
struct view {
	uint8_t tag;
	const uint8_t *value;
	size_t len;
};

/* Read the field at *at and move *at behind it. False: the bytes end before the field does. */
static bool next_view(const uint8_t *bytes, size_t len, size_t *at, struct view *ret_view)
{
	if (len - *at < HEADER_SIZE)
		return false;

	const uint8_t *header = bytes + *at;
	size_t value_len = (size_t)header[1] << 8 | header[2];

	if (len - *at - HEADER_SIZE < value_len)
		return false;
	*ret_view = (struct view){header[0], header + HEADER_SIZE, value_len};
	*at += HEADER_SIZE + value_len;
	return true;
}

/* The rule of wire.def that the bytes break, with the tag; NULL: they are a valid frame. */
static const char *find_flaw(const uint8_t *bytes, size_t len, unsigned *ret_tag)
{
	bool seen[SF_TAG_COUNT] = {false};

	*ret_tag = 0;
	if (len > SF_WIRE_FRAME_MAX)
		return "is longer than 16 KiB";
	if (len < TYPE_SIZE || !is_known(bytes[0]))
		return "has no known type";
	for (size_t at = TYPE_SIZE; at < len;) {
		struct view view;

		if (!next_view(bytes, len, &at, &view))
			return "is cut short";
		*ret_tag = view.tag;

		const struct field *field = find_field(bytes[0], view.tag);

		if (!field)
			return "has a field that does not belong there";
		if (seen[field->tag] && field->presence != MANY)
			return "has a field twice";
		if (!is_valid(field->kind, view.value, view.len))
			return "has a field of the wrong form";
		seen[field->tag] = true;
	}
	for (size_t i = 0; i < SF_COUNT(fields); i++) {
		*ret_tag = fields[i].tag;
		if (fields[i].type == bytes[0] && fields[i].presence == ONE && !seen[*ret_tag])
			return "lacks a field";
	}
	return NULL;
}

enum sf_err sf_wire_check(
    const uint8_t *bytes, size_t len, struct sf_frame *ret_frame, struct sf_error *e)
{
	unsigned tag = 0;
	const char *flaw = find_flaw(bytes, len, &tag);

	if (flaw)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "a frame %s (type %u, tag %u)", flaw,
		    len > 0 ? bytes[0] : 0U, tag);
	ret_frame->type = (enum sf_wire_type)bytes[0];
	ret_frame->len = len;
	ret_frame->overflow = false;
	memcpy(ret_frame->bytes, bytes, len);
	return SF_OK;
}

void sf_frame_wipep(struct sf_frame *frame)
{
	sf_secret_wipe(frame, sizeof(*frame));
}

/* --- building --- */

void sf_wire_begin(struct sf_frame *frame, enum sf_wire_type type)
{
	frame->type = type;
	frame->len = TYPE_SIZE;
	frame->overflow = false;
	frame->bytes[0] = (uint8_t)type;
}

/* Append a field. NULL or a value that does not fit sets overflow, so that sending fails. */
static void put(struct sf_frame *frame, enum sf_wire_tag tag, const void *value, size_t len)
{
	if (frame->overflow || !value || len > UINT16_MAX ||
	    sizeof(frame->bytes) - frame->len < HEADER_SIZE + len) {
		frame->overflow = true;
		return;
	}

	uint8_t *at = frame->bytes + frame->len;

	at[0] = (uint8_t)tag;
	at[1] = (uint8_t)(len >> 8);
	at[2] = (uint8_t)len;
	if (len > 0)
		memcpy(at + HEADER_SIZE, value, len);
	frame->len += HEADER_SIZE + len;
}

void sf_wire_put_text(struct sf_frame *frame, enum sf_wire_tag tag, const char *text)
{
	put(frame, tag, text, text ? strlen(text) : 0);
}

void sf_wire_put_secret(
    struct sf_frame *frame, enum sf_wire_tag tag, const struct sf_secret *secret)
{
	put(frame, tag, secret ? sf_secret_reveal(secret) : NULL, sf_secret_len(secret));
}

/* Append a number, big-endian in len bytes. */
static void put_number(struct sf_frame *frame, enum sf_wire_tag tag, uint64_t number, size_t len)
{
	uint8_t bytes[sizeof(number)];

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(number >> 8 * (len - 1 - i));
	put(frame, tag, bytes, len);
}

void sf_wire_put_u32(struct sf_frame *frame, enum sf_wire_tag tag, uint32_t number)
{
	put_number(frame, tag, number, sizeof(number));
}

void sf_wire_put_u64(struct sf_frame *frame, enum sf_wire_tag tag, uint64_t number)
{
	put_number(frame, tag, number, sizeof(number));
}

void sf_wire_put_flag(struct sf_frame *frame, enum sf_wire_tag tag, bool flag)
{
	put_number(frame, tag, flag, 1);
}

/* --- reading fields --- */

/*
 * Find the index-th field with this tag. False: there is none, or wire.def has another kind for it.
 * The value is checked again, because a frame may have been built here, not received.
 */
static bool find_view(const struct sf_frame *frame, enum sf_wire_tag tag, enum kind kind,
    size_t index, struct view *ret_view)
{
	const struct field *field = find_field(frame->type, tag);
	struct view view;

	if (!field || field->kind != kind)
		return false;
	for (size_t at = TYPE_SIZE; next_view(frame->bytes, frame->len, &at, &view);) {
		if (view.tag != tag || index-- > 0)
			continue;
		*ret_view = view;
		return is_valid(kind, view.value, view.len);
	}
	return false;
}

/* Fail with PROTOCOL: the frame does not have a field that the getter can read. */
static enum sf_err fail_missing(
    const struct sf_frame *frame, enum sf_wire_tag tag, struct sf_error *e)
{
	return SF_FAIL(e, SF_E_PROTOCOL, 0, "frame %u has no usable field %u",
	    (unsigned)frame->type, (unsigned)tag);
}

bool sf_wire_has(const struct sf_frame *frame, enum sf_wire_tag tag)
{
	struct view view;

	for (size_t at = TYPE_SIZE; next_view(frame->bytes, frame->len, &at, &view);)
		if (view.tag == tag)
			return true;
	return false;
}

enum sf_err sf_wire_text_at(const struct sf_frame *frame, enum sf_wire_tag tag, size_t index,
    char *ret, size_t size, bool *ret_found, struct sf_error *e)
{
	struct view view;

	*ret_found = find_view(frame, tag, TEXT, index, &view);
	if (!*ret_found)
		return SF_OK;
	if (view.len >= size)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "frame %u: field %u is longer than %zu",
		    (unsigned)frame->type, (unsigned)tag, size - 1);
	memcpy(ret, view.value, view.len);
	ret[view.len] = '\0';
	return SF_OK;
}

enum sf_err sf_wire_text(
    const struct sf_frame *frame, enum sf_wire_tag tag, char *ret, size_t size, struct sf_error *e)
{
	bool found = false;
	enum sf_err r = sf_wire_text_at(frame, tag, /* index= */ 0, ret, size, &found, e);

	return r == SF_OK && !found ? fail_missing(frame, tag, e) : r;
}

enum sf_err sf_wire_opt_text(
    const struct sf_frame *frame, enum sf_wire_tag tag, char *ret, size_t size, struct sf_error *e)
{
	if (sf_wire_has(frame, tag))
		return sf_wire_text(frame, tag, ret, size, e);
	ret[0] = '\0';
	return SF_OK;
}

enum sf_err sf_wire_secret(const struct sf_frame *frame, enum sf_wire_tag tag,
    struct sf_secret **ret_secret, struct sf_error *e)
{
	struct view view;

	if (!find_view(frame, tag, SECRET, 0, &view))
		return fail_missing(frame, tag, e);

	struct sf_secret *secret = sf_secret_from(view.value, view.len);

	if (!secret)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
	*ret_secret = secret;
	return SF_OK;
}

/* Read a number of any kind. Its length has been checked against its kind. */
static enum sf_err get_number(const struct sf_frame *frame, enum sf_wire_tag tag, enum kind kind,
    uint64_t *ret, struct sf_error *e)
{
	struct view view;
	uint64_t number = 0;

	if (!find_view(frame, tag, kind, 0, &view))
		return fail_missing(frame, tag, e);
	for (size_t i = 0; i < view.len; i++)
		number = number << 8 | view.value[i];
	*ret = number;
	return SF_OK;
}

enum sf_err sf_wire_u32(
    const struct sf_frame *frame, enum sf_wire_tag tag, uint32_t *ret, struct sf_error *e)
{
	uint64_t number = 0;
	enum sf_err r = get_number(frame, tag, U32, &number, e);

	if (r == SF_OK)
		*ret = (uint32_t)number;
	return r;
}

enum sf_err sf_wire_u64(
    const struct sf_frame *frame, enum sf_wire_tag tag, uint64_t *ret, struct sf_error *e)
{
	return get_number(frame, tag, U64, ret, e);
}

enum sf_err sf_wire_flag(
    const struct sf_frame *frame, enum sf_wire_tag tag, bool *ret, struct sf_error *e)
{
	uint64_t number = 0;
	enum sf_err r = get_number(frame, tag, FLAG, &number, e);

	if (r == SF_OK)
		*ret = number == 1;
	return r;
}
