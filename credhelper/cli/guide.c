#include "guide.h"

#include <string.h>

#include "banned.h"

/* Why each scope; a scope that is not here is the administrator's own wish. */
static const struct {
	const char *name, *label, *why;
} scopes[] = {
    {"openid", "Access unique user identifiers (openid)", "says who has signed in"},
    {"id", "Access the identity URL service (id)",
	"says of which organization, and whether active"},
    {"api", "Manage user data via APIs (api)", "sfoauth api, query, and your programs"},
    {"refresh_token", "Perform requests at any time (refresh_token)",
	"a new token every two hours without a new sign-in"},
    {"custom_permissions", "Access custom permissions (custom_permissions)",
	"logins that ask for a permission"},
    {"full", "Full access (full)", "more than any program here needs: leave it out"},
};

static void add_callbacks(const struct sf_guide *guide, struct sf_text *words)
{
	for (size_t i = 0; i < guide->callbacks->count; i++)
		(void)sf_text_addf(words, "         %s\n", guide->callbacks->items[i]);
}

static void add_scopes(const struct sf_guide *guide, struct sf_text *words)
{
	for (size_t i = 0; i < guide->scopes->count; i++) {
		const char *name = guide->scopes->items[i], *label = name, *why = "as you asked";

		for (size_t j = 0; j < SF_COUNT(scopes); j++) {
			if (strcmp(scopes[j].name, name) != 0)
				continue;
			label = scopes[j].label;
			why = scopes[j].why;
		}
		(void)sf_text_addf(words, "         %s\n             %s\n", label, why);
	}
}

static void add_flows(const struct sf_guide *guide, struct sf_text *words)
{
	(void)sf_text_add(words,
	    "     [x] Enable Device Flow\n"
	    "             sign-in from a terminal, with a code typed into a browser elsewhere\n");
	if (guide->has_secret)
		(void)sf_text_add(words,
		    "     [x] Require secret for Web Server Flow, and for Refresh Token Flow\n"
		    "             as you asked; whoever has the secret can pose as the app\n");
	else
		(void)sf_text_add(words,
		    "     [ ] Require secret for Web Server Flow          untick\n"
		    "     [ ] Require secret for Refresh Token Flow       untick\n"
		    "             programs on people's machines cannot keep a secret\n");
	(void)sf_text_add(words, "     [x] Require Proof Key for Code Exchange (PKCE)\n"
				 "             takes the place of that secret in the browser\n");
	if (!guide->is_host)
		(void)sf_text_add(words,
		    "     [x] Enable Refresh Token Rotation\n"
		    "             a stolen refresh token shows up, and both ends lose it\n");
}

static void add_policies(const struct sf_guide *guide, struct sf_text *words)
{
	(void)sf_text_add(words,
	    "   Policies tab of the app, Edit\n"
	    "     Permitted Users        All users may self-authorize, to begin with; later\n"
	    "                            Admin approved users, by permission set\n"
	    "     IP Relaxation          Enforce, where people come from known networks\n"
	    "     Session Timeout        2 hours, or what session_timeout in the file says\n");
	if (!guide->is_host)
		(void)sf_text_add(words,
		    "     Refresh Token Policy   valid until revoked, or unused for 30 days\n");
}

bool sf_guide_app(const struct sf_guide *guide, struct sf_text *ret_words)
{
	(void)sf_text_addf(ret_words,
	    "In Salesforce, as an administrator: open https://%s,\n"
	    "then the gear, Setup, and in Quick Find: External Client App Manager.\n"
	    "New External Client App:\n"
	    "   Basic Information\n"
	    "     Name                   sfoauth, or what people shall read on allowing\n"
	    "     Distribution State     Local\n"
	    "             from 30 November 2026 no other kind of app has the device flow\n"
	    "   API (Enable OAuth Settings): tick Enable OAuth, then\n"
	    "     Callback URL, these lines and nothing else, letter by letter:\n",
	    guide->host);
	add_callbacks(guide, ret_words);
	(void)sf_text_add(ret_words,
	    "             the browser comes back there; device flow needs one at localhost\n"
	    "     OAuth Scopes, these:\n");
	add_scopes(guide, ret_words);
	add_flows(guide, ret_words);
	add_policies(guide, ret_words);
	return sf_text_add(ret_words,
	    "   Settings tab, OAuth Settings, Consumer Key and Secret: copy the Consumer Key.\n"
	    "A connected app that exists already does it as well: Setup, App Manager, the\n"
	    "app, Edit, with the same lines and ticks. New ones can no longer be made.\n"
	    "A new or changed app takes 2 to 10 minutes to reach Salesforce's login servers.\n"
	    "A sandbox is an org of its own, with an app of its own: begin there.\n");
}

const char *sf_guide_stack(void)
{
	return "auth     [success=done new_authtok_reqd=done user_unknown=ignore default=die]  "
	       "pam_sfoauth.so\n"
	       "@include common-auth\n"
	       "account  [success=ok new_authtok_reqd=ok user_unknown=ignore default=bad]      "
	       "pam_sfoauth.so\n"
	       "@include common-account\n"
	       "# ... what Debian has here, pam_keyinit among it ...\n"
	       "session  optional                                                              "
	       "pam_sfoauth.so\n";
}

const char *sf_guide_sshd(void)
{
	return "UsePAM yes\n"
	       "KbdInteractiveAuthentication yes\n"
	       "PasswordAuthentication no\n"
	       "LoginGraceTime 300\n";
}
