/* The limit of starts: a ring of the last ones in a file that is root's alone. */
#include "rate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "text.h"

#include "banned.h"

#define WINDOW_MS     60000
#define LOCK_WAIT_MS  2000
#define LOCK_PAUSE_MS 5
#define MAGIC         "sfstart2"

/* The file, as it is. It lives on one machine until the next boot. */
struct ring {
	char magic[8];
	uint64_t next; /* slot to be written next */
	struct start {
		int64_t at_ms; /* 0: never used */
		char source[SF_RATE_SOURCE_SIZE];
	} starts[SF_RATE_STARTS];
};

static enum sf_err open_ring(int dir, int *ret_fd, struct sf_error *e)
{
	const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int64_t until_ms = sf_clock_now_ms() + LOCK_WAIT_MS;
	SF_CLEANUP(sf_fd_closep) int fd = openat(dir, "starts", flags, 0600);
	struct stat st;

	if (fd < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot open the file of starts");
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1 ||
	    (st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & 077) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, 0, "the file of starts is not root's alone");
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot lock the file of starts");
		if (sf_clock_left_ms(until_ms) == 0)
			return SF_FAIL(e, SF_E_SYSTEM, 0,
			    "the file of starts is locked for more than %d ms", LOCK_WAIT_MS);
		sf_clock_sleep_until(sf_clock_now_ms() + LOCK_PAUSE_MS);
	}
	*ret_fd = SF_TAKE_FD(fd);
	return SF_OK;
}

/* A missing or damaged file starts afresh. */
static enum sf_err read_ring(int fd, struct ring *ret_ring, struct sf_error *e)
{
	ssize_t got = pread(fd, ret_ring, sizeof(*ret_ring), 0);

	if (got == (ssize_t)sizeof(*ret_ring) &&
	    memcmp(ret_ring->magic, MAGIC, sizeof(ret_ring->magic)) == 0 &&
	    ret_ring->next < SF_RATE_STARTS)
		return SF_OK;
	if (got < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot read the file of starts");
	memset(ret_ring, 0, sizeof(*ret_ring));
	memcpy(ret_ring->magic, MAGIC, sizeof(ret_ring->magic));
	return SF_OK;
}

/*
 * When the limit allows one more: a window after the limit-th latest start, of this source or
 * (source NULL) of all. Slots reserved for later count as well.
 */
static int64_t earliest(const struct ring *ring, const char *source, uint32_t limit, int64_t now_ms)
{
	int64_t latest[SF_RATE_STARTS]; /* descending, at most limit of them */
	size_t count = 0, max = limit < SF_RATE_STARTS ? limit : SF_RATE_STARTS;

	for (size_t i = 0; i < SF_RATE_STARTS; i++) {
		const struct start *start = &ring->starts[i];
		size_t at = count;

		/* Later than any reservation can be: not a time of this clock. */
		if (start->at_ms <= 0 || start->at_ms > now_ms + SF_RATE_WAIT_MAX_MS + WINDOW_MS ||
		    (source && strncmp(start->source, source, sizeof(start->source)) != 0))
			continue;
		while (at > 0 && latest[at - 1] < start->at_ms)
			at--;
		if (at >= max)
			continue;
		if (count < max)
			count++;
		memmove(&latest[at + 1], &latest[at], (count - at - 1) * sizeof(latest[0]));
		latest[at] = start->at_ms;
	}
	if (count < max)
		return now_ms;
	return latest[max - 1] + WINDOW_MS > now_ms ? latest[max - 1] + WINDOW_MS : now_ms;
}

enum sf_err sf_rate_reserve(int dir, const struct sf_rate *limits, const char *source,
    int64_t now_ms, int64_t *ret_at_ms, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	struct ring ring;
	enum sf_err r = open_ring(dir, &fd, e);

	if (r == SF_OK)
		r = read_ring(fd, &ring, e);
	if (r != SF_OK)
		return r;

	int64_t for_all = earliest(&ring, NULL, limits->per_min, now_ms);
	int64_t for_source = earliest(&ring, source, limits->source_per_min, now_ms);
	int64_t at_ms = for_all > for_source ? for_all : for_source;

	if (at_ms > now_ms + SF_RATE_WAIT_MAX_MS)
		return SF_FAIL(e, SF_E_RATE, 0, "start_rate: %s",
		    for_source > now_ms + SF_RATE_WAIT_MAX_MS
			? "this source has started too many sign-ins"
			: "too many sign-ins were started on this host");
	ring.starts[ring.next] = (struct start){.at_ms = at_ms};
	if (!sf_text_copy(ring.starts[ring.next].source, SF_RATE_SOURCE_SIZE, source))
		return SF_FAIL(e, SF_E_BUG, 0, "a source is longer than %d", SF_RATE_SOURCE_SIZE);
	ring.next = (ring.next + 1) % SF_RATE_STARTS;
	if (pwrite(fd, &ring, sizeof(ring), 0) != (ssize_t)sizeof(ring))
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot write the file of starts");
	*ret_at_ms = at_ms;
	return SF_OK;
}

void sf_rate_source(const char *rhost, char ret[static SF_RATE_SOURCE_SIZE])
{
	struct sf_text text = sf_text_over(ret, SF_RATE_SOURCE_SIZE);
	struct in6_addr address;

	if (rhost[0] == '\0') {
		(void)sf_text_addf(&text, "local user %u", (unsigned)getuid());
	} else if (inet_pton(AF_INET6, rhost, &address) == 1 && !IN6_IS_ADDR_V4MAPPED(&address)) {
		for (size_t i = 0; i < 8; i++)
			(void)sf_text_addf(&text, "%02x", address.s6_addr[i]);
	} else {
		/* Of a long name the end, which is the domain: nobody else can choose that. */
		size_t len = strlen(rhost), max = SF_RATE_SOURCE_SIZE - 1;

		(void)sf_text_add(&text, len > max ? rhost + len - max : rhost);
	}
}
