/*
 * Files about a refresh token: was it sent without a known reply, and does the org rotate refresh
 * tokens? The worker writes the mark; the names of the files come from state_dir.c.
 */
#include "refresh_state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "token.h"
#include "messages.h"

#include "banned.h"

static const char mark_suffix[] = ".sent", rotation_suffix[] = ".rotation";
/* Equal length, so that one overwrites the other without truncation. */
static const char rotates_text[] = "yes\n", stays_text[] = "no\n\n";

enum rotation { ROTATES, UNKNOWN, STAYS };

/* At most two generations, each cancelled. */
#define MARK_SIZE (2 * SF_TOKEN_GENERATION_SIZE + 1)

/*
 * How often was the token of this generation sent without a known reply? Each time the worker wrote
 * the generation, and "-" after it if the reply says that the token was not used.
 */
static enum sf_err count_sent(const struct sf_state_dir_place *place, const char *generation,
    int *ret_count, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	char text[MARK_SIZE] = "";
	const size_t len = strlen(generation);
	enum sf_err r = sf_state_dir_file(place, mark_suffix, O_RDONLY, &fd, e);

	*ret_count = 0;
	if (r != SF_OK || fd < 0)
		return r;
	if (read(fd, text, sizeof(text) - 1) < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot read the mark of a refresh");
	for (const char *p = text; len > 0 && strncmp(p, generation, len) == 0;) {
		p += len;
		*ret_count += *p != '-';
		p += *p == '-';
	}
	return SF_OK;
}

enum sf_err sf_refresh_state_open(
    const struct sf_state_dir_place *place, const char *generation, int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	int count = 0;
	enum sf_err r = count_sent(place, generation, &count, e);

	/*
	 * O_APPEND: the byte that cancels the mark goes after it. O_DSYNC: the mark must survive a
	 * power failure, because Salesforce may have received the token by then.
	 */
	if (r == SF_OK)
		r = sf_state_dir_file(
		    place, mark_suffix, O_WRONLY | O_CREAT | O_APPEND | O_DSYNC, &fd, e);
	if (r != SF_OK)
		return r;
	/* That the token may have been used stays known, also if this process ends right now. */
	if (ftruncate(fd, count > 0 ? (off_t)strlen(generation) : 0) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot empty the mark of a refresh");
	*ret_fd = SF_TAKE_FD(fd);
	return SF_OK;
}

/*
 * Does the org rotate refresh tokens? A note that cannot be read counts as unknown.
 */
static enum rotation read_rotation(const struct sf_state_dir_place *place)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	char text[sizeof(stays_text)] = "";
	struct sf_error ignored;

	if (sf_state_dir_file(place, rotation_suffix, O_RDONLY, &fd, &ignored) != SF_OK || fd < 0 ||
	    read(fd, text, sizeof(text) - 1) != sizeof(text) - 1)
		return UNKNOWN;
	if (strcmp(text, stays_text) == 0)
		return STAYS;
	return strcmp(text, rotates_text) == 0 ? ROTATES : UNKNOWN;
}

enum sf_err sf_refresh_state_check(
    const struct sf_state_dir_place *place, const char *generation, struct sf_error *e)
{
	/* How many uses without a known reply leave one more. */
	static const int most[] = {[ROTATES] = 0, [UNKNOWN] = 1, [STAYS] = INT_MAX};
	int count = 0;
	enum sf_err r = count_sent(place, generation, &count, e);

	if (r == SF_OK && count > most[read_rotation(place)])
		return SF_FAIL_MESSAGE(e, SF_E_SPENT, SF_MESSAGE_E_SPENT, NULL);
	return r;
}

void sf_refresh_state_learn(const struct sf_state_dir_place *place, bool rotates)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	const char *text = rotates ? rotates_text : stays_text;
	struct sf_error ignored;

	if (sf_state_dir_file(place, rotation_suffix, O_WRONLY | O_CREAT, &fd, &ignored) == SF_OK)
		(void)!sf_file_write_all(fd, text, strlen(text));
}
