/* Facts into and out of a frame of type SF_WIRE_FACTS. */
#pragma once

#include "attr.h"
#include "err.h"
#include "facts.h"
#include "wire.h"

void sf_facts_to_frame(const struct sf_facts *facts, struct sf_frame *frame);
/* Fails with PROTOCOL on texts that are too long or not clean. */
SF_CHECKED enum sf_err sf_facts_from_frame(
    const struct sf_frame *frame, struct sf_facts *ret_facts, struct sf_error *e);
