/*
 * Frames between the programs of sfoauth, over socketpair(AF_UNIX, SOCK_SEQPACKET). One packet is
 * one frame of at most 16 KiB: type (u8), then fields (tag u8, length u16 big-endian, bytes).
 * A frame is refused as a whole if its type is unknown, if a field is not in the table wire.def for
 * this type, is missing, repeated or malformed, or if bytes are left over.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "secret.h"

#define SF_WIRE_FRAME_MAX (16 * 1024) /* bytes */

/* Descriptors of a program that sf_spawn starts. */
#define SF_WIRE_FD        3 /* the frames */
#define SF_WIRE_RECORD_FD 4 /* record: write-only for a new token, read-only for job REVOKE */
#define SF_WIRE_SECRET_FD 5 /* file with the client secret or key, or body of a POST */
#define SF_WIRE_BODY_FD   6 /* body of a GET, refresh state, or listener on 127.0.0.1 */
#define SF_WIRE_MORE_FD   7 /* listener on ::1 */

enum sf_wire_type {
	SF_WIRE_END = 0, /* not a frame: the other side has closed the socket */
	/* to the worker */
	SF_WIRE_JOB = 1,
	SF_WIRE_RESPONSE = 2,
	SF_WIRE_VERDICT = 3,
	/* from the worker */
	SF_WIRE_SHOW = 16,
	SF_WIRE_ASK = 17,
	SF_WIRE_FACTS = 18,
	SF_WIRE_DONE = 19,
	SF_WIRE_FAIL = 20,
	/* to the keyring program */
	SF_WIRE_FIND = 32,
	SF_WIRE_STORE = 33,
	SF_WIRE_ERASE = 34,
	/* from the keyring program, besides DONE and FAIL */
	SF_WIRE_ITEM = 48,
	SF_WIRE_NONE = 49,
	SF_WIRE_LOCKED = 50,
	SF_WIRE_NO_KEYRING = 51,
};

/*
 * Texts are clean UTF-8 (sf_text_is_clean) without a final NUL; numbers are big-endian; a flag is
 * one byte, 0 or 1; secrets are any bytes.
 */
enum sf_wire_tag {
	SF_TAG_KIND = 1,    /* u32: enum sf_job_kind */
	SF_TAG_LOGIN_URL,   /* text */
	SF_TAG_CLIENT_ID,   /* text */
	SF_TAG_SCOPE,       /* text, space-separated */
	SF_TAG_FLOW,        /* text */
	SF_TAG_PROXY,       /* text */
	SF_TAG_CA_FILE,     /* text */
	SF_TAG_DEADLINE_MS, /* u64, clock.h */
	SF_TAG_KEEP,        /* flag: write a record to descriptor 4 */
	SF_TAG_LIFE_S,      /* u32 */
	SF_TAG_ALSO,        /* text, repeated */
	SF_TAG_PATH,        /* text */
	/* secret: stored form; only to the worker, and to and from the keyring program */
	SF_TAG_TOKEN,
	SF_TAG_YES,         /* flag */
	SF_TAG_URI,         /* text */
	SF_TAG_CODE,        /* text */
	SF_TAG_TEXT,        /* text in ASK, secret in RESPONSE */
	SF_TAG_ERR,         /* u32: enum sf_err */
	SF_TAG_ROW,         /* text: row of reply_class.def, selects words only */
	SF_TAG_SYS,         /* u32 */
	SF_TAG_DETAIL,      /* text */
	SF_TAG_TOKEN_STATE, /* u32: enum sf_token_state */
	SF_TAG_LANDLOCK,    /* u32: ABI, 0 = none */
	SF_TAG_TRAPPED,     /* u32: number of a denied system call + 1, 0 = none */
	SF_TAG_STATUS,      /* u32: HTTP status */
	SF_TAG_ID_URL,      /* this and the following: facts.h */
	SF_TAG_INSTANCE_URL,
	SF_TAG_TOKEN_PREFIX,
	SF_TAG_USER_ID,
	SF_TAG_ORG_ID,
	SF_TAG_ASSERTED,
	SF_TAG_ACTIVE,
	SF_TAG_USER_TYPE,
	SF_TAG_USERNAME,
	SF_TAG_COMMUNITY,
	SF_TAG_INTEGRATION,
	SF_TAG_PERMISSION, /* text, repeated */
	SF_TAG_ORIGIN,     /* text, canonical origin */
	SF_TAG_LABEL,      /* text */
	SF_TAG_MAY_PROMPT, /* flag */
	SF_TAG_CALL,       /* text: name of the denied system call */
	SF_TAG_AUTH,       /* u32: enum sf_client_auth */
	SF_TAG_CALLBACK,   /* text */
	SF_TAG_PROMPT,     /* text */
	SF_TAG_SITE_URL,   /* text */
	SF_TAG_PASSPHRASE, /* secret */
	SF_TAG_EXPIRES_AT, /* u64: s since the epoch */
	SF_TAG_RETRY_S,    /* u32 */
	SF_TAG_WORDS,      /* text: Salesforce's own words for an error */
	SF_TAG_SERVER_S,   /* u64: s since the epoch */
	SF_TAG_LANGUAGE,   /* u32: enum sf_language */
	SF_TAG_APP,        /* u32: enum sf_app_fault */
	SF_TAG_ASKS_FIRST, /* flag */
	SF_TAG_METHOD,     /* text */
	SF_TAG_TAKES_OLD,  /* flag: items without an app, of older versions, count as well */
	SF_TAG_PARK,       /* text: name of a kernel key */
	SF_TAG_COUNT
};

struct sf_frame {
	enum sf_wire_type type;
	size_t len;                       /* of bytes */
	bool overflow;                    /* a put did not fit: sf_wire_send fails */
	uint8_t bytes[SF_WIRE_FRAME_MAX]; /* type byte and fields, as on the wire */
};

/* For SF_CLEANUP: wipes the frame, which may contain a secret. */
void sf_frame_wipep(struct sf_frame *frame);

/*
 * Build a frame: begin, put, send. A put cannot fail: if the value does not fit or is not valid,
 * sf_wire_send fails with BUG.
 */
void sf_wire_begin(struct sf_frame *frame, enum sf_wire_type type);
void sf_wire_put_text(struct sf_frame *frame, enum sf_wire_tag tag, const char *text);
void sf_wire_put_secret(
    struct sf_frame *frame, enum sf_wire_tag tag, const struct sf_secret *secret);
void sf_wire_put_u32(struct sf_frame *frame, enum sf_wire_tag tag, uint32_t number);
void sf_wire_put_u64(struct sf_frame *frame, enum sf_wire_tag tag, uint64_t number);
void sf_wire_put_flag(struct sf_frame *frame, enum sf_wire_tag tag, bool flag);

/*
 * Send a frame, without SIGPIPE. Fails with WORKER (the other side has closed the socket; sys is
 * EPIPE), BUG (the frame is not valid), UNAVAILABLE with sys ETIMEDOUT (deadline) or SYSTEM.
 */
SF_CHECKED enum sf_err sf_wire_send(
    int fd, const struct sf_frame *frame, int64_t deadline_ms, struct sf_error *e);

/*
 * Wait for one frame. The end of file is not an error: the type is SF_WIRE_END. Fails with PROTOCOL
 * (wire.def does not allow the packet), UNAVAILABLE with sys ETIMEDOUT (deadline) or SYSTEM.
 */
SF_CHECKED enum sf_err sf_wire_recv(
    int fd, int64_t deadline_ms, struct sf_frame *ret_frame, struct sf_error *e);

/* Check bytes like sf_wire_recv, without a descriptor. Fails with PROTOCOL. */
SF_CHECKED enum sf_err sf_wire_check(
    const uint8_t *bytes, size_t len, struct sf_frame *ret_frame, struct sf_error *e);

/*
 * Read the fields of a checked frame. A getter fails with PROTOCOL if the field is missing, has
 * another kind in wire.def, or is a text of size bytes or more; sf_wire_secret also with NOMEM.
 */
bool sf_wire_has(const struct sf_frame *frame, enum sf_wire_tag tag);
SF_CHECKED enum sf_err sf_wire_text(
    const struct sf_frame *frame, enum sf_wire_tag tag, char *ret, size_t size, struct sf_error *e);
/* Like sf_wire_text, but "" if the field is missing. */
SF_CHECKED enum sf_err sf_wire_opt_text(
    const struct sf_frame *frame, enum sf_wire_tag tag, char *ret, size_t size, struct sf_error *e);
SF_CHECKED enum sf_err sf_wire_secret(const struct sf_frame *frame, enum sf_wire_tag tag,
    struct sf_secret **ret_secret, struct sf_error *e);
SF_CHECKED enum sf_err sf_wire_u32(
    const struct sf_frame *frame, enum sf_wire_tag tag, uint32_t *ret, struct sf_error *e);
SF_CHECKED enum sf_err sf_wire_u64(
    const struct sf_frame *frame, enum sf_wire_tag tag, uint64_t *ret, struct sf_error *e);
SF_CHECKED enum sf_err sf_wire_flag(
    const struct sf_frame *frame, enum sf_wire_tag tag, bool *ret, struct sf_error *e);
/* Read the index-th field, from 0, of a repeated tag. *ret_found: whether there is one. */
SF_CHECKED enum sf_err sf_wire_text_at(const struct sf_frame *frame, enum sf_wire_tag tag,
    size_t index, char *ret, size_t size, bool *ret_found, struct sf_error *e);
