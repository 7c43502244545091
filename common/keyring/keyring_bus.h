/*
 * What is asked of the Secret Service in one message each. A proxy of libsecret would ask for all
 * properties of its object, and watch them, which costs a person's git a millisecond.
 */
#pragma once

#include <gio/gio.h>

enum sf_keyring_state {
	SF_KEYRING_GONE, /* no answer; error says why */
	SF_KEYRING_NONE, /* there is no default collection */
	SF_KEYRING_OPEN,
	SF_KEYRING_LOCKED
};

/*
 * What the default collection of service is. Neither searches nor prompts, with any provider; may
 * take for ever.
 */
enum sf_keyring_state sf_keyring_bus_state(GDBusProxy *service, GError **error);
