/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor ssh (Snort's README.ssh). */
#include <string.h>

#include "decoders/app/ssh.h"
#include "sensor/applier.h"

static const uint16_t default_ports[] = { 22 };

static const struct {
	const char *word;
	uint32_t alert;
} alerts[] = {
	{ "enable_respoverflow", SSH_RESPOVERFLOW },
	{ "enable_ssh1crc32", SSH_CRC32 },
	{ "enable_srvoverflow", SSH_SRVOVERFLOW },
	{ "enable_protomismatch", SSH_PROTOMISMATCH },
	{ "enable_badmsgdir", SSH_BADMSGDIR },
	{ "enable_paysize", SSH_PAYSIZE },
	{ "enable_recognition", SSH_RECOGNITION },
};

static uint32_t
alert_of(struct text word)
{
	for (unsigned i = 0; i < ARRAY_LEN(alerts); i++)
		if (text_is_nocase(word, alerts[i].word))
			return alerts[i].alert;
	return 0;
}

/* The numbers; NULL: it is none of them. */
static uint32_t *
number_of(struct ssh_conf *c, struct text word, int64_t *max)
{
	*max = UINT16_MAX;
	if (text_is_nocase(word, "max_encrypted_packets"))
		return &c->max_packets;
	if (text_is_nocase(word, "max_client_bytes"))
		return &c->max_client_bytes;
	*max = UINT8_MAX;
	return text_is_nocase(word, "max_server_version_len") ?
	    &c->max_version_len : NULL;
}

static const uint8_t *
every_port(struct applier *a)
{
	uint8_t *bits = applier_ports(a, NULL, 0);

	memset(bits, 0xff, PORT_BITMAP_BYTES);
	return bits;
}

void
config_ssh(struct applier *a)
{
	struct ssh_conf *c = applier_proto(a, APP_SSH, sizeof(*c),
	    default_ports, ARRAY_LEN(default_ports));
	struct app_proto_conf *proto = &a->s->track.app.proto[APP_SSH];
	struct text rest = a->d->args, word;
	int64_t n, max;

	if (!c)
		return;
	while ((word = applier_token(&rest)).len) {
		uint32_t alert = alert_of(word), *number;

		if (alert) {
			c->alerts |= alert;
		} else if (text_is_nocase(word, "autodetect")) {
			proto->guess_ports = every_port(a);
		} else if (text_is_nocase(word, "server_ports")) {
			if (!applier_port_list(a, &rest, &proto->ports))
				return;
		} else if ((number = number_of(c, word, &max))) {
			if (!applier_number(a, &rest, 0, max, &n))
				return;
			*number = (uint32_t)n;
		} else {
			applier_bad(a, word, "server_ports { }, autodetect, "
			    "max_encrypted_packets, max_client_bytes, "
			    "max_server_version_len or enable_... belongs "
			    "here");
			return;
		}
	}
}
