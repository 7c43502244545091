/* Encode and decode facts. Nothing here decides about them (policy/identity.c). */
#include "facts_frame.h"

#include <stddef.h>
#include <stdint.h>

#include "banned.h"

/* The texts and the booleans. The encoder and the decoder use the same rows. */
static const struct {
	uint16_t tag; /* enum sf_wire_tag */
	uint16_t offset, size;
} texts[] = {
    {SF_TAG_ID_URL, offsetof(struct sf_facts, id_url), SF_FACTS_URL_SIZE},
    {SF_TAG_INSTANCE_URL, offsetof(struct sf_facts, instance_url), SF_FACTS_URL_SIZE},
    {SF_TAG_TOKEN_PREFIX, offsetof(struct sf_facts, token_prefix),
	sizeof((struct sf_facts *)NULL)->token_prefix},
    {SF_TAG_USER_ID, offsetof(struct sf_facts, user_id), SF_FACTS_ID_SIZE},
    {SF_TAG_ORG_ID, offsetof(struct sf_facts, organization_id), SF_FACTS_ID_SIZE},
    {SF_TAG_USER_TYPE, offsetof(struct sf_facts, user_type), SF_FACTS_NAME_SIZE},
    {SF_TAG_USERNAME, offsetof(struct sf_facts, username), SF_FACTS_NAME_SIZE},
};

/* Three values each: true, false, or not given by Salesforce. */
static const struct {
	uint16_t tag; /* enum sf_wire_tag */
	uint16_t offset;
} flags[] = {
    {SF_TAG_ASSERTED, offsetof(struct sf_facts, asserted_user)},
    {SF_TAG_ACTIVE, offsetof(struct sf_facts, active)},
    {SF_TAG_COMMUNITY, offsetof(struct sf_facts, community)},
    {SF_TAG_INTEGRATION, offsetof(struct sf_facts, integration_user)},
};

void sf_facts_to_frame(const struct sf_facts *facts, struct sf_frame *frame)
{
	const char *base = (const char *)facts;

	sf_wire_begin(frame, SF_WIRE_FACTS);
	for (size_t i = 0; i < SF_COUNT(texts); i++)
		if (base[texts[i].offset] != '\0')
			sf_wire_put_text(frame, texts[i].tag, base + texts[i].offset);
	for (size_t i = 0; i < SF_COUNT(flags); i++) {
		/* Absent is not false: the rules must see the difference. */
		const enum sf_given *given = (const void *)(base + flags[i].offset);

		if (*given != SF_GIVEN_ABSENT)
			sf_wire_put_flag(frame, flags[i].tag, *given == SF_GIVEN_TRUE);
	}
	if (facts->permission_count > SF_FACTS_PERMISSIONS_MAX) {
		frame->overflow = true;
		return;
	}
	for (size_t i = 0; i < facts->permission_count; i++)
		sf_wire_put_text(frame, SF_TAG_PERMISSION, facts->permissions[i]);
}

/* Read the repeated field PERMISSION. One more than there is room for is an error, not cut off. */
static enum sf_err read_permissions(
    const struct sf_frame *frame, struct sf_facts *facts, struct sf_error *e)
{
	char extra[SF_FACTS_NAME_SIZE];

	for (size_t i = 0;; i++) {
		bool found = false;
		bool fits = i < SF_FACTS_PERMISSIONS_MAX;
		enum sf_err r = sf_wire_text_at(frame, SF_TAG_PERMISSION, i,
		    fits ? facts->permissions[i] : extra, SF_FACTS_NAME_SIZE, &found, e);

		if (r != SF_OK || !found)
			return r;
		if (!fits)
			return SF_FAIL(e, SF_E_PROTOCOL, 0, "facts have more than %d permissions",
			    SF_FACTS_PERMISSIONS_MAX);
		facts->permission_count = i + 1;
	}
}

enum sf_err sf_facts_from_frame(
    const struct sf_frame *frame, struct sf_facts *ret_facts, struct sf_error *e)
{
	struct sf_facts facts = {0};
	char *base = (char *)&facts;

	if (frame->type != SF_WIRE_FACTS)
		return SF_FAIL(
		    e, SF_E_PROTOCOL, 0, "a frame of type %u is not facts", (unsigned)frame->type);
	for (size_t i = 0; i < SF_COUNT(texts); i++) {
		enum sf_err r =
		    sf_wire_opt_text(frame, texts[i].tag, base + texts[i].offset, texts[i].size, e);

		if (r != SF_OK)
			return r;
	}
	for (size_t i = 0; i < SF_COUNT(flags); i++) {
		enum sf_given *given = (void *)(base + flags[i].offset);
		bool is_true = false;

		if (!sf_wire_has(frame, flags[i].tag))
			continue;

		enum sf_err r = sf_wire_flag(frame, flags[i].tag, &is_true, e);

		if (r != SF_OK)
			return r;
		*given = is_true ? SF_GIVEN_TRUE : SF_GIVEN_FALSE;
	}

	enum sf_err r = read_permissions(frame, &facts, e);

	if (r == SF_OK)
		*ret_facts = facts;
	return r;
}
