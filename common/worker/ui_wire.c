/* struct sf_ui over frames: the module or the command shows and asks. Nothing is shown here. */
#include "ui_wire.h"

#include <errno.h>
#include <poll.h>

#include "clock.h"
#include "job.h"
#include "wire.h"

#include "banned.h"

/* Send what to show. There is no reply: the other side ends the job if it cannot show it. */
static enum sf_err show(struct sf_ui *ui, const struct sf_show *what, struct sf_error *e)
{
	const struct sf_ui_wire *wire = ui->context;
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;

	sf_show_to_frame(what, &frame);
	return sf_wire_send(wire->fd, &frame, wire->deadline_ms, e);
}

/*
 * Wait between two polls. *ret_gone is true if the other side has hung up or sent a frame, which
 * only the end of the sign-in can be at this time.
 */
static enum sf_err wait_until(
    struct sf_ui *ui, int64_t deadline_ms, bool *ret_gone, struct sf_error *e)
{
	const struct sf_ui_wire *wire = ui->context;

	for (;;) {
		/* No events: poll reports a hang-up in any case, and a frame may wait. */
		struct pollfd watched = {.fd = wire->fd};
		int left_ms = sf_clock_left_ms(deadline_ms);
		int n = poll(&watched, 1, left_ms);

		if (n < 0 && errno != EINTR)
			return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot poll descriptor 3");
		if (n <= 0 && left_ms > 0)
			continue;
		*ret_gone = n > 0;
		return SF_OK;
	}
}

/* Frames alternate strictly: the one after ASK is RESPONSE or END. */
static enum sf_err ask(
    struct sf_ui *ui, enum sf_ask what, struct sf_secret **ret_response, struct sf_error *e)
{
	const struct sf_ui_wire *wire = ui->context;
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;

	sf_ask_to_frame(what, &frame);

	enum sf_err r = sf_wire_send(wire->fd, &frame, wire->deadline_ms, e);

	if (r == SF_OK)
		r = sf_wire_recv(wire->fd, wire->deadline_ms, &frame, e);
	if (r == SF_E_UNAVAILABLE)
		return SF_FAIL(e, SF_E_EXPIRED, 0, "the person did not respond in time");
	if (r != SF_OK)
		return r;
	if (frame.type == SF_WIRE_END)
		return SF_FAIL(e, SF_E_INTERRUPTED, 0, "the caller ended the sign-in");
	if (frame.type != SF_WIRE_RESPONSE)
		return SF_FAIL(
		    e, SF_E_PROTOCOL, 0, "frame %d instead of RESPONSE", (int)frame.type);
	return sf_wire_secret(&frame, SF_TAG_TEXT, ret_response, e);
}

void sf_ui_wire_open(int fd, int64_t deadline_ms, struct sf_ui_wire *ret_ui)
{
	*ret_ui = (struct sf_ui_wire){
	    .ui = {.show = show, .wait = wait_until, .ask = ask, .context = ret_ui},
	    .fd = fd,
	    .deadline_ms = deadline_ms,
	};
}
