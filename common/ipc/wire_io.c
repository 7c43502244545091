/* Send and receive frames, each within a deadline. wire.c checks them. */
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "clock.h"

#include "banned.h"

/* Wait until fd is ready for events. Fails with UNAVAILABLE at the deadline. */
static enum sf_err wait_for(int fd, short events, int64_t deadline_ms, struct sf_error *e)
{
	for (;;) {
		struct pollfd poll_fd = {.fd = fd, .events = events};
		int left_ms = sf_clock_left_ms(deadline_ms);

		if (left_ms == 0)
			return SF_FAIL(e, SF_E_UNAVAILABLE, ETIMEDOUT, "the time is over");

		int n = poll(&poll_fd, 1, left_ms);

		if (n > 0)
			return SF_OK;
		if (n < 0 && errno != EINTR)
			return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot wait for a frame");
	}
}

/* The frame is checked as the other side will check it: an invalid one would look hostile there. */
enum sf_err sf_wire_send(
    int fd, const struct sf_frame *frame, int64_t deadline_ms, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame checked;
	struct sf_error flaw; /* of the check; the caller gets BUG, because this side built it */

	if (frame->overflow)
		return SF_FAIL(e, SF_E_BUG, 0, "a frame to send does not fit (type %u)",
		    (unsigned)frame->type);
	if (sf_wire_check(frame->bytes, frame->len, &checked, &flaw) != SF_OK)
		return SF_FAIL(e, SF_E_BUG, 0, "to send: %s", flaw.detail);
	for (;;) {
		if (send(fd, frame->bytes, frame->len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			return SF_OK;
		if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN)
			return SF_FAIL(e, SF_E_WORKER, EPIPE, "the other side is gone");
		if (errno == EAGAIN) {
			enum sf_err r = wait_for(fd, POLLOUT, deadline_ms, e);

			if (r != SF_OK)
				return r;
		} else if (errno != EINTR) {
			return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot send a frame");
		}
	}
}

enum sf_err sf_wire_recv(
    int fd, int64_t deadline_ms, struct sf_frame *ret_frame, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame = {0};
	struct iovec iov = {.iov_base = frame.bytes, .iov_len = sizeof(frame.bytes)};

	for (;;) {
		struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
		enum sf_err r = wait_for(fd, POLLIN, deadline_ms, e);

		if (r != SF_OK)
			return r;

		ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

		if (n == 0) {
			sf_wire_begin(ret_frame, SF_WIRE_END);
			return SF_OK;
		}
		/* Too long for a frame, or with descriptors, which no program here accepts. */
		if (n > 0 && (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
			return SF_FAIL(
			    e, SF_E_PROTOCOL, 0, "a packet is too long or has descriptors");
		if (n > 0)
			return sf_wire_check(frame.bytes, (size_t)n, ret_frame, e);
		/*
		 * If the other side closed the socket without reading everything, recvmsg fails
		 * once with ECONNRESET before it returns the frames that are still queued. The
		 * last of them has the result, so try again.
		 */
		if (errno != EINTR && errno != EAGAIN && errno != ECONNRESET)
			return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot receive a frame");
	}
}
