/*
 * Reads and writes the stored form of a token: from a job's frame, or on descriptor 4 (the record).
 * Does not decide whether a token is kept.
 */
#include "token_text.h"

#include <errno.h>
#include <unistd.h>

#include "file.h"
#include "wire.h"

#include "banned.h"

enum sf_err sf_token_text_read(
    const struct sf_secret *given, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *record = NULL;
	const struct sf_secret *stored = given;
	bool is_ours = false;

	if (!stored) {
		/* Rewind: the process that wrote the record shares the file offset. */
		if (lseek(SF_WIRE_RECORD_FD, 0, SEEK_SET) < 0 && errno != ESPIPE)
			return SF_FAIL(e, SF_E_STORE, errno, "descriptor 4 has no record to read");
		record = sf_secret_read(SF_WIRE_RECORD_FD, SF_TOKEN_STORED_MAX);
		if (!record)
			return SF_FAIL(e, SF_E_STORE, errno, "cannot read the record");
		stored = record;
	}

	enum sf_err r = sf_token_parse(stored, &is_ours, ret_token, e);

	if (r != SF_OK)
		return r;
	if (!is_ours)
		return SF_FAIL(e, SF_E_STORE, 0, "the stored token is malformed");
	return SF_OK;
}

enum sf_err sf_token_text_write(const struct sf_token *token, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	enum sf_err r = sf_token_format(token, &stored, e);

	if (r != SF_OK)
		return r;
	if (!sf_file_write_all(SF_WIRE_RECORD_FD, sf_secret_reveal(stored), sf_secret_len(stored)))
		return SF_FAIL(e, SF_E_STORE, errno, "cannot write the record");
	return SF_OK;
}
