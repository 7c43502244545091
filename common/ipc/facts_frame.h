/* Facts in a frame of type SF_WIRE_FACTS: the worker encodes, the module and the command decode. */
#pragma once

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "wire.h"

/* Begin the frame and put all facts that are not absent. If they do not fit, sending fails. */
void sf_facts_to_frame(const struct sf_facts *facts, struct sf_frame *frame);
/* Fails with PROTOCOL: another type of frame, a text that is too long, too many permissions. */
SF_CHECKED enum sf_err sf_facts_from_frame(
    const struct sf_frame *frame, struct sf_facts *ret_facts, struct sf_error *e);
