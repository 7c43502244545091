/* Prints the instructions for Salesforce Setup, /etc/pam.d and sshd. Reads and changes no file. */
#include "setup_guide.h"

#include <string.h>

#include "text.h"
#include "messages.h"

#include "banned.h"

/* The explanation of each scope. Any other scope is printed with where it comes from. */
static const struct {
	const char *name;
	enum sf_message word;
} scopes[] = {
    {"openid", SF_MESSAGE_GUIDE_OPENID},
    {"id", SF_MESSAGE_GUIDE_ID},
    {"api", SF_MESSAGE_GUIDE_API},
    {"refresh_token", SF_MESSAGE_GUIDE_REFRESH_TOKEN},
    {"custom_permissions", SF_MESSAGE_GUIDE_CUSTOM_PERMISSIONS},
    {"full", SF_MESSAGE_GUIDE_FULL},
};

static void print_scope(FILE *stream, const char *name)
{
	enum sf_message word = SF_MESSAGE_GUIDE_OTHER_SCOPE;

	for (size_t i = 0; i < SF_COUNT(scopes); i++)
		if (strcmp(scopes[i].name, name) == 0)
			word = scopes[i].word;
	sf_message_print(stream, word, SF_WITH({"scope", name}));
}

/*
 * In the order of the pages in Salesforce Setup. A host keeps no refresh token, so its app needs
 * neither rotation nor a refresh token policy.
 */
void sf_setup_guide_print_app(FILE *stream, const struct sf_setup_guide *guide)
{
	sf_message_print(stream, SF_MESSAGE_GUIDE_OPEN, SF_WITH({"host", guide->host}));
	for (size_t i = 0; i < guide->callbacks->count; i++)
		sf_message_print(stream, SF_MESSAGE_GUIDE_CALLBACK,
		    SF_WITH({"callback", guide->callbacks->items[i]}));
	sf_message_print(stream, SF_MESSAGE_GUIDE_CALLBACK_WHY, NULL);
	for (size_t i = 0; i < guide->scopes->count; i++)
		print_scope(stream, guide->scopes->items[i]);
	sf_message_print(stream, SF_MESSAGE_GUIDE_DEVICE, NULL);
	sf_message_print(
	    stream, guide->has_secret ? SF_MESSAGE_GUIDE_SECRET : SF_MESSAGE_GUIDE_NO_SECRET, NULL);
	sf_message_print(stream, SF_MESSAGE_GUIDE_PKCE, NULL);
	if (!guide->is_host)
		sf_message_print(stream, SF_MESSAGE_GUIDE_ROTATION, NULL);
	sf_message_print(stream, SF_MESSAGE_GUIDE_OFF, NULL);
	sf_message_print(stream, SF_MESSAGE_GUIDE_POLICIES, NULL);
	if (!guide->is_host)
		sf_message_print(stream, SF_MESSAGE_GUIDE_REFRESH_POLICY, NULL);
	sf_message_print(stream, SF_MESSAGE_GUIDE_END, NULL);
}

void sf_setup_guide_print_stack(FILE *stream, bool has_session)
{
	(void)fputs(
	    "auth     [success=done new_authtok_reqd=done user_unknown=ignore default=die]  "
	    "pam_sfoauth.so\n"
	    "@include common-auth\n"
	    "account  [success=ok new_authtok_reqd=ok user_unknown=ignore default=bad]      "
	    "pam_sfoauth.so\n"
	    "@include common-account\n",
	    stream);
	if (!has_session)
		return;
	sf_message_print(stream, SF_MESSAGE_STACK_OF_DEBIAN, NULL);
	(void)fputs(
	    "session  optional                                                              "
	    "pam_sfoauth.so\n",
	    stream);
}

const char *sf_setup_guide_sshd(void)
{
	return "UsePAM yes\n"
	       "KbdInteractiveAuthentication yes\n"
	       "PasswordAuthentication no\n"
	       "LoginGraceTime 300\n"
	       "MaxStartups 150:30:300\n"
	       "PerSourceMaxStartups 30\n";
}
