/*
 * Included last in every .c file: the names below no longer compile.
 * Unbounded copies, parsers that do not report errors, the environment, the shell.
 * Not in a header: system headers may use these names themselves.
 */
#ifndef SF_BANNED_H
#define SF_BANNED_H

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef stpcpy
#undef sprintf
#undef vsprintf
#undef sscanf
#undef strtok
#undef strtok_r
#undef gets
#undef atoi
#undef atol
#undef getenv
#undef system
#undef popen
#undef execvp
#undef execlp
#undef strdupa
#undef alloca

#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf sscanf strtok strtok_r gets
#pragma GCC poison atoi atol atoll getenv system popen execvp execlp strdupa alloca

#endif
