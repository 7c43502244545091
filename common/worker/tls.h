/*
 * libcrypto and libssl before the sandbox.
 */
#pragma once

#include "attr.h"
#include "err.h"

/*
 * Once per process, before anything uses libcrypto: allocators that wipe, then all that libssl does
 * only once (configuration, providers, error texts, randomness). Fails with SYSTEM.
 */
SF_CHECKED enum sf_err sf_tls_start(struct sf_error *e);
