#include "ui_wire.h"

#include <errno.h>
#include <poll.h>

#include "clock.h"
#include "job.h"
#include "wire.h"

#include "banned.h"

static enum sf_err show(struct sf_ui *ui, const struct sf_show *what, struct sf_error *e)
{
	const struct sf_ui_wire *wire = ui->context;
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;

	sf_show_to_frame(what, &frame);
	return sf_wire_send(wire->fd, &frame, wire->deadline_ms, e);
}

static enum sf_err wait_until(
    struct sf_ui *ui, int64_t deadline_ms, bool *ret_gone, struct sf_error *e)
{
	const struct sf_ui_wire *wire = ui->context;

	for (;;) {
		/* No events are asked for: a hang-up shows all the same, and a frame can wait. */
		struct pollfd watched = {.fd = wire->fd};
		int left_ms = sf_clock_left_ms(deadline_ms);
		int n = poll(&watched, 1, left_ms);

		if (n < 0 && errno != EINTR)
			return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot wait for the other side");
		if (n <= 0 && left_ms > 0)
			continue;
		*ret_gone = n > 0;
		return SF_OK;
	}
}

void sf_ui_wire_open(int fd, int64_t deadline_ms, struct sf_ui_wire *ret_ui)
{
	*ret_ui = (struct sf_ui_wire){
	    .ui = {.show = show, .wait = wait_until, .context = ret_ui},
	    .fd = fd,
	    .deadline_ms = deadline_ms,
	};
}
