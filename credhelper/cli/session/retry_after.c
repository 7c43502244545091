/*
 * The stamp of a Retry-After: two times and the row of the reply, as text. Knows nothing of locks;
 * a stamp is written and read whole.
 */
#include "retry_after.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "messages.h"
#include "text.h"

#include "banned.h"

#define STAMP_SIZE 80 /* "WRITTEN WAIT ROW": two numbers and a row of struct sf_job_result */

static const char suffix[] = ".later";

/* A stamp that was read. */
struct stamp {
	uint32_t left_s; /* until Salesforce may be asked; 0: now */
	char row[sizeof(((struct sf_job_result *)NULL)->row)];
};

void sf_retry_after_note(const struct sf_state_dir_place *place, const struct sf_job_result *result)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	char line[STAMP_SIZE];
	struct sf_text text = SF_TEXT(line);
	struct sf_error ignored;
	uint32_t wait_s = result->outcome.retry_s;

	if (wait_s == 0 || result->row[0] == '\0')
		return;
	if (wait_s > SF_RETRY_AFTER_MAX_S)
		wait_s = SF_RETRY_AFTER_MAX_S;
	if (sf_text_addf(&text, "%lld %u %s", (long long)sf_clock_wall_s(), wait_s, result->row) &&
	    sf_state_dir_file(place, suffix, O_WRONLY | O_CREAT | O_TRUNC, &fd, &ignored) == SF_OK)
		(void)!sf_file_write_all(fd, line, text.len);
}

/* Take a number and the blank behind it off the front of *text. */
static bool take_number(char **text, uint32_t *ret)
{
	char *blank = strchr(*text, ' ');

	if (!blank)
		return false;
	*blank = '\0';
	if (!sf_text_u32(*text, 0, UINT32_MAX, ret))
		return false;
	*text = blank + 1;
	return true;
}

/* Parse a stamp. False: it is none, or says nothing about now. */
static bool read_stamp(char *text, int64_t now_s, struct stamp *ret)
{
	uint32_t written_s, wait_s;

	if (!take_number(&text, &written_s) || !take_number(&text, &wait_s) ||
	    wait_s > SF_RETRY_AFTER_MAX_S || !sf_text_has_only(text, SF_TEXT_NAME) ||
	    !sf_text_copy(ret->row, sizeof(ret->row), text))
		return false;
	/* A clock that was set back must not make the wait longer than it was. */
	if (now_s < written_s || now_s - written_s >= wait_s)
		return false;
	ret->left_s = wait_s - (uint32_t)(now_s - written_s);
	return true;
}

enum sf_err sf_retry_after_check(
    const struct sf_state_dir_place *place, struct sf_job_result *ret_result, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	char line[STAMP_SIZE] = "";
	struct stamp stamp;
	struct sf_job_result result = {0};

	if (sf_state_dir_file(place, suffix, O_RDONLY, &fd, e) != SF_OK || fd < 0 ||
	    read(fd, line, sizeof(line) - 1) <= 0 || !read_stamp(line, sf_clock_wall_s(), &stamp))
		return SF_OK;
	(void)SF_FAIL_MESSAGE(e, SF_E_UNAVAILABLE, SF_MESSAGE_E_ASKED_TO_WAIT,
	    SF_WITH({"seconds", SF_NUMBER(stamp.left_s)}));
	result.error = *e;
	result.outcome.retry_s = stamp.left_s;
	memcpy(result.row, stamp.row, sizeof(result.row));
	if (ret_result)
		*ret_result = result;
	return e->code;
}
