/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "core/log.h"
#include "core/slice.h"

static bool use_syslog;

void
say_to_syslog(void)
{
	log_to_syslog("aduana");
	use_syslog = true;
}

void
say_text(const char *text, size_t len)
{
	struct text rest = text_make(text, len);

	if (!use_syslog) {
		fwrite(text, 1, len, stderr);
		return;
	}
	while (rest.len) {
		struct text line = text_cut(&rest, '\n');

		if (line.len)
			syslog(LOG_INFO, "%.*s", TEXT_ARG(line));
	}
}

void
say_errors(const struct erecs *es, bool warnings)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f) { /* out of memory: better unsorted than silent */
		erecs_print(stderr, es);
		return;
	}
	for (const struct erec *e = es->first; e; e = e->next)
		if (e->kind != EREC_WARNING || warnings)
			erec_print(f, e);
	fclose(f);
	say_text(text, len);
	free(text);
}
