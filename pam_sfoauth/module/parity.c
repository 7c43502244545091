/*
 * Rings of atomic words. A word is 1 << 63, the flow << 48, the outcome << 32, the milliseconds; 0
 * is free. Processes that write at the same time lose at most one entry.
 */
#include "parity.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/random.h>

#include "file.h"

#include "banned.h"

#define IS_SET      (UINT64_C(1) << 63)
#define USUAL_MS    350 /* of a start, before any was seen */
#define USUAL_RANGE 300

/* A random number below limit; 0 if the kernel has none. */
static uint32_t random_below(uint32_t limit)
{
	uint32_t number = 0;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return 0;
	return number % limit;
}

static uint64_t clamp_ms(int64_t took_ms)
{
	if (took_ms < 0)
		return 0;
	return took_ms < SF_PARITY_TIME_MAX ? (uint64_t)took_ms : SF_PARITY_TIME_MAX;
}

static void add_word(struct sf_parity_ring *ring, uint64_t word)
{
	atomic_store(&ring->words[atomic_fetch_add(&ring->next, 1) % SF_PARITY_KEPT], word);
}

/* The milliseconds of a word. A damaged file must not make anybody wait longer than the limit. */
static int64_t word_ms(uint64_t word)
{
	return (int64_t)clamp_ms((int64_t)(word & UINT32_MAX));
}

void sf_parity_note_start(struct sf_parity *parity, const struct sf_parity_start *start)
{
	if (parity)
		add_word(&parity->starts, IS_SET | (uint64_t)(start->flow & 0xff) << 48 |
					      (uint64_t)((unsigned)start->outcome & 0xffff) << 32 |
					      clamp_ms(start->took_ms));
}

struct sf_parity_start sf_parity_draw_start(struct sf_parity *parity)
{
	struct sf_parity_start start = {.took_ms = USUAL_MS + random_below(USUAL_RANGE)};
	uint64_t latest, words[SF_PARITY_KEPT];
	uint32_t count = 0;

	latest = parity ? atomic_load(
			      &parity->starts
				   .words[(atomic_load(&parity->starts.next) + SF_PARITY_KEPT - 1) %
					  SF_PARITY_KEPT])
			: 0;
	if (latest == 0)
		return start;
	for (size_t i = 0; i < SF_PARITY_KEPT; i++) {
		const uint64_t word = atomic_load(&parity->starts.words[i]);

		if (word >> 32 == latest >> 32)
			words[count++] = word;
	}
	start.outcome = (enum sf_err)(latest >> 32 & 0xffff);
	if (start.outcome < SF_OK || start.outcome >= SF_ERR_COUNT)
		start.outcome = SF_OK;
	start.flow = (uint32_t)(latest >> 48 & 0xff);
	/* Drawing one of the real times gives the decoys the same jitter. */
	start.took_ms = word_ms(count > 0 ? words[random_below(count)] : latest);
	return start;
}

void sf_parity_note_refusal(struct sf_parity *parity, int64_t took_ms)
{
	/*
	 * A fast refusal is padded anyway. Remembered, it would push out the slow ones, and the
	 * next slow one would stand out.
	 */
	if (parity && took_ms > SF_PARITY_REFUSAL_MS)
		add_word(&parity->refusals, IS_SET | clamp_ms(took_ms));
}

int64_t sf_parity_refusal_ms(struct sf_parity *parity)
{
	int64_t longest_ms = SF_PARITY_REFUSAL_MS;

	for (size_t i = 0; parity && i < SF_PARITY_KEPT; i++) {
		const int64_t ms = word_ms(atomic_load(&parity->refusals.words[i]));

		if (ms > longest_ms)
			longest_ms = ms;
	}
	return longest_ms + random_below(SF_PARITY_JITTER_MS);
}
