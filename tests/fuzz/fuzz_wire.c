/*
 * Fuzzes the frame parser with any bytes. It must refuse them, or accept all of them as a frame. A
 * job, facts, address or result must be the same after it is formatted and parsed again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "facts_frame.h"
#include "job.h"
#include "wire.h"

#include "banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The fields of a frame may come in any order; written twice, they come in one. */
static void require_checked(const struct sf_frame *frame, struct sf_frame *ret_frame)
{
	struct sf_error e;

	require(!frame->overflow);
	require(sf_wire_check(frame->bytes, frame->len, ret_frame, &e) == SF_OK);
}

static void require_same(const struct sf_frame *a, const struct sf_frame *b)
{
	require(a->type == b->type && a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0);
}

static void try_job(const struct sf_frame *frame)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {.token = NULL};
	SF_CLEANUP(sf_job_clear) struct sf_job back = {.token = NULL};
	struct sf_frame once, twice, checked;
	struct sf_error e;

	if (sf_job_from_frame(frame, &job, &e) != SF_OK)
		return;
	sf_job_to_frame(&job, &once);
	require_checked(&once, &checked);
	require(sf_job_from_frame(&checked, &back, &e) == SF_OK);
	sf_job_to_frame(&back, &twice);
	require_same(&once, &twice);
}

static void try_facts(const struct sf_frame *frame)
{
	struct sf_facts facts, back;
	struct sf_frame once, checked;
	struct sf_error e;

	if (sf_facts_from_frame(frame, &facts, &e) != SF_OK)
		return;
	sf_facts_to_frame(&facts, &once);
	require_checked(&once, &checked);
	require(sf_facts_from_frame(&checked, &back, &e) == SF_OK);
	require(memcmp(&facts, &back, sizeof(facts)) == 0);
	facts.permission_count = SF_FACTS_PERMISSIONS_MAX + 1;
	sf_facts_to_frame(&facts, &once);
	require(once.overflow);
}

static void try_show(const struct sf_frame *frame)
{
	struct sf_show show, back;
	struct sf_frame once, checked;
	struct sf_error e;

	if (sf_show_from_frame(frame, &show, &e) != SF_OK)
		return;
	sf_show_to_frame(&show, &once);
	require_checked(&once, &checked);
	require(sf_show_from_frame(&checked, &back, &e) == SF_OK);
	require(memcmp(&show, &back, sizeof(show)) == 0);
}

static void try_end(const struct sf_frame *frame)
{
	struct sf_job_result end, back;
	struct sf_frame once, twice, checked;
	struct sf_error e;

	if (sf_job_result_from_frame(frame, &end, &e) != SF_OK)
		return;
	require((end.error.code == SF_OK) == (frame->type == SF_WIRE_DONE));
	sf_job_result_to_frame(&end, &once);
	require_checked(&once, &checked);
	require(sf_job_result_from_frame(&checked, &back, &e) == SF_OK);
	if (sf_outcome_from_frame(frame, &end.outcome, &e) == SF_OK) {
		sf_job_result_to_frame(&end, &once);
		require_checked(&once, &checked);
		require(sf_outcome_from_frame(&checked, &back.outcome, &e) == SF_OK);
	}
	sf_job_result_to_frame(&back, &twice);
	require_same(&once, &twice);
	require(sf_token_state_name(end.token)[0] != '\0');
}

static void try_ask(const struct sf_frame *frame)
{
	enum sf_ask what;
	struct sf_frame once;
	struct sf_error e;

	if (sf_ask_from_frame(frame, &what, &e) != SF_OK)
		return;
	sf_ask_to_frame(what, &once);
	require_same(frame, &once);
}

/* No getter reads outside, whatever it is asked for. */
static void try_getters(const struct sf_frame *frame)
{
	for (int tag = 0; tag <= SF_TAG_COUNT; tag++) {
		SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = NULL;
		char text[16];
		uint32_t number;
		uint64_t large;
		bool flag, found;
		struct sf_error e;

		(void)!sf_wire_text(frame, (enum sf_wire_tag)tag, text, sizeof(text), &e);
		(void)!sf_wire_text_at(
		    frame, (enum sf_wire_tag)tag, 1, text, sizeof(text), &found, &e);
		(void)!sf_wire_secret(frame, (enum sf_wire_tag)tag, &secret, &e);
		(void)!sf_wire_u32(frame, (enum sf_wire_tag)tag, &number, &e);
		(void)!sf_wire_u64(frame, (enum sf_wire_tag)tag, &large, &e);
		(void)!sf_wire_flag(frame, (enum sf_wire_tag)tag, &flag, &e);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame = {.len = 0};
	struct sf_error e;

	if (sf_wire_check(data, size, &frame, &e) != SF_OK)
		return 0;
	require(frame.len == size && memcmp(frame.bytes, data, size) == 0);
	try_getters(&frame);
	try_job(&frame);
	try_facts(&frame);
	try_show(&frame);
	try_ask(&frame);
	try_end(&frame);
	return 0;
}
