/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/settings.h"

#include <string.h>

#include "core/limits.h"

struct settings
settings_default(void)
{
	return (struct settings){
		.dec = dec_conf_default(),
		.track = track_conf_default(),
		.watch = watch_conf_default(),
		.detect = detect_conf_default(),
		.out = { .logdir = ADUANA_LOGDIR, .sensor_name = "aduana" },
		.block = block_conf_default(),
		.inline_depth = LIM_INLINE_DEPTH,
		.umask = -1,
	};
}

void *
settings_grow(struct arena *a, void *old, unsigned n, size_t size)
{
	void *room;

	if (n & (n - 1)) /* full only at powers of two */
		return old;
	room = arena_xalloc(a, (n ? 2 * (size_t)n : 1) * size);
	if (n)
		memcpy(room, old, n * size);
	return room;
}

bool
settings_failure_of(struct text word, enum on_failure *f)
{
	*f = text_is_nocase(word, "open") ? FAILURE_OPEN : FAILURE_CLOSED;
	return *f == FAILURE_OPEN || text_is_nocase(word, "closed");
}

bool
settings_fallback_of(struct text word, bool *exits)
{
	*exits = text_is_nocase(word, "exit");
	return *exits || text_is_nocase(word, "ids");
}

void
settings_add_output(struct settings *s, struct arena *a,
    const struct output_setting *o)
{
	s->outputs = settings_grow(a, s->outputs, s->n_outputs, sizeof(*o));
	s->outputs[s->n_outputs++] = *o;
}

void
settings_add_ignored(struct settings *s, struct arena *a,
    const struct directive *dir, const char *why)
{
	s->ignored = settings_grow(a, s->ignored, s->n_ignored,
	    sizeof(*s->ignored));
	s->ignored[s->n_ignored++] = (struct ignored_setting){ dir, why };
}

const char *
settings_daq_var(const struct settings *s, const char *name)
{
	size_t n = strlen(name);

	for (unsigned i = s->n_daq_vars; i--;)
		if (strncmp(s->daq_vars[i], name, n) == 0 &&
		    s->daq_vars[i][n] == '=')
			return s->daq_vars[i] + n + 1;
	return NULL;
}

bool
settings_knows_daq_var(struct text name)
{
	static const char *const names[] = { "buffer_size",
		"buffer_size_mb", /* libpcap's ring */
		"file", "load-mode", /* dump */
		"proto", "device", "queue", "queue_len", "queue_maxlen",
		"fail_open", "debug", /* nfq, of either libdaq */
		"no_gso", "queue_rcvbuf" };

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (text_is(name, names[i]))
			return true;
	return false;
}

bool
settings_is_daq_flag(struct text name)
{
	return text_is(name, "fail_open") || text_is(name, "no_gso") ||
	    text_is(name, "debug");
}

bool
settings_daq_flag(const struct settings *s, const char *name)
{
	const char *v = settings_daq_var(s, name);

	if (v)
		return strcmp(v, "0") != 0 && strcmp(v, "no") != 0;
	for (unsigned i = 0; i < s->n_daq_vars; i++)
		if (strcmp(s->daq_vars[i], name) == 0)
			return true;
	return false;
}

bool
settings_show_of(enum app_id id, enum record_show *show)
{
	static const char *const words[] = {
#define X(NAME, word) word,
		RECORD_SHOWS(X)
#undef X
	};
	const char *name = app_ops(id)->name;

	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		size_t n = strlen(words[i]);

		if (strncmp(words[i], name, n) == 0 &&
		    (!name[n] || name[n] == '-')) {
			*show = (enum record_show)i;
			return true;
		}
	}
	return false;
}

void
settings_settle_wants(struct settings *s)
{
	static const struct {
		enum record_hash wanted;
		enum app_file_hash made;
	} hashes[] = {
		{ RECORD_HASH_MD5, APP_FILE_MD5 },
		{ RECORD_HASH_SHA1, APP_FILE_SHA1 },
		{ RECORD_HASH_SHA256, APP_FILE_SHA256 },
	};
	struct out_wants *w = &s->wants;
	enum record_show show;

	*w = (struct out_wants){ 0 };
	for (unsigned i = 0; i < s->n_outputs; i++) {
		const struct output_setting *o = &s->outputs[i];

		/* a ruletype's outputs take its events alone */
		if (o->ops->want && !o->ruletype)
			o->ops->want(o->args, w);
	}
	s->track.flow_logs = w->shows >> SHOW_FLOW & 1;
	s->track.app.file_logs = w->shows >> SHOW_FILEINFO & 1;
	s->track.app.file_hashes = 0;
	for (unsigned i = 0; i < ARRAY_LEN(hashes); i++)
		if (w->hashes >> hashes[i].wanted & 1)
			s->track.app.file_hashes |= (uint8_t)hashes[i].made;
	s->track.app.logs = 0;
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++)
		if (settings_show_of(id, &show) && w->shows >> show & 1)
			s->track.app.logs |= 1u << id;
	s->track.stream.tail = s->track.app.logs || s->track.app.file_logs;
}
