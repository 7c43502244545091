/* The audit reasons of the rules. The rules themselves are in identity.c, hosts.c and owner.c. */
#include "rule.h"

#include "banned.h"

const char *sf_rule_name(enum sf_rule rule)
{
	static const char *const names[SF_RULE_COUNT] = {[SF_RULE_NONE] = "ok",
#define X(name, reason) [SF_RULE_##name] = reason,
	    SF_RULES(X)
#undef X
	};

	return rule < SF_RULE_COUNT ? names[rule] : "bug";
}
