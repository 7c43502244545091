/* Writes to descriptors within a deadline, and detects a hang-up. Does not read. */
#include "stream.h"

#include <errno.h>
#include <poll.h>

#include "clock.h"
#include "file.h"

#include "banned.h"

#define PIPE_PIECE 4096 /* PIPE_BUF: after POLLOUT a pipe takes this much without blocking */

bool sf_stream_write(int fd, int64_t deadline_ms, const char *bytes, size_t len)
{
	for (size_t done = 0; done < len;) {
		struct pollfd ready = {.fd = fd, .events = POLLOUT};
		size_t piece = len - done < PIPE_PIECE ? len - done : PIPE_PIECE;

		if (poll(&ready, 1, sf_clock_left_ms(deadline_ms)) != 1) {
			errno = ETIMEDOUT;
			return false;
		}
		if (!sf_file_write_all(fd, bytes + done, piece))
			return false;
		done += piece;
	}
	return true;
}

bool sf_stream_has_hung_up(int fd)
{
	struct pollfd watched = {.fd = fd};

	return fd >= 0 && poll(&watched, 1, 0) == 1 && (watched.revents & POLLHUP);
}
