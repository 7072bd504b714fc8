/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live interfaces through libpcap: one or several, with a large kernel ring
 * each, waited for together with poll(). Frames are copied out of the ring at
 * once, so that the kernel gets its room back before they are inspected. An
 * interface that goes down or away is said, waited for, and opened again.
 */
#include <errno.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/slice.h"
#include "core/xalloc.h"
#include "sensor/capture/capture.h"

enum {
	IFACES_MAX = 32,
	/* how long the kernel may gather packets before it hands over a
	 * block that is not full */
	GATHER_MS = 10,
	RETRY_NS = 1000000000,
	ROOM_BYTES = 16 << 20,
};

struct iface {
	char *name;
	pcap_t *pcap; /* NULL: down or away */
	int fd, dlt;
	struct bpf_program filter;
	/* what handles closed since counted */
	struct pcap_stat before;
};

struct pcap_live {
	struct capture_conf conf;
	struct iface ifaces[IFACES_MAX];
	unsigned n_ifaces;
	unsigned turn; /* who is read first: nobody is starved */
	uint64_t retry_ns;

	/* the batch being filled */
	struct frame *frames;
	unsigned got;
	uint32_t filling; /* index of the interface being read */
	uint8_t *room;
	size_t room_used, room_bytes;

	uint64_t n_bytes;
};

/* -- one interface ------------------------------------------------------ */

/* Is it there and up? The "any" device always is. */
static bool
is_up(const char *name)
{
	struct ifreq req = { 0 };
	int fd, r;

	if (strcmp(name, "any") == 0)
		return true;
	if (strlen(name) >= sizeof(req.ifr_name))
		return false;
	memcpy(req.ifr_name, name, strlen(name));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return true; /* libpcap will say what is wrong */
	r = ioctl(fd, SIOCGIFFLAGS, &req);
	close(fd);
	return r == 0 && req.ifr_flags & IFF_UP;
}

enum start { START_OK, START_DOWN, START_FAILED };

/* Why an interface cannot be used, and what to do. */
static void
explain(const struct iface *i, int status, const char *detail, char *err,
    size_t err_len)
{
	switch (status) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		snprintf(err, err_len, "%s: no permission to capture; run as "
		    "root, or give the program the right: setcap "
		    "cap_net_raw,cap_net_admin=ep $(command -v aduana)",
		    i->name);
		break;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		snprintf(err, err_len, "%s: there is no such interface; "
		    "\"ip link\" lists them", i->name);
		break;
	default:
		snprintf(err, err_len, "%s: %s%s%s", i->name,
		    pcap_statustostr(status), *detail ? ": " : "", detail);
		break;
	}
}

/* Sets what must be set before activation; 0 or libpcap's status. */
static int
prepare(pcap_t *p, const struct capture_conf *conf)
{
	int s;

	if ((s = pcap_set_snaplen(p, (int)conf->snaplen)) ||
	    (s = pcap_set_promisc(p, conf->promisc)) ||
	    (s = pcap_set_timeout(p, conf->gather_ms ?
	        (int)conf->gather_ms : GATHER_MS)) ||
	    (s = pcap_set_buffer_size(p, (int)conf->ring_bytes)))
		return s;
	/* a source that has no nanoseconds stamps in microseconds */
	(void)pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	return 0;
}

static enum start
iface_start(struct iface *i, const struct capture_conf *conf, char *err,
    size_t err_len)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p = pcap_create(i->name, why);
	int status;

	if (!p) {
		snprintf(err, err_len, "%s: %s", i->name, why);
		return START_FAILED;
	}
	status = prepare(p, conf);
	if (!status)
		status = pcap_activate(p);
	if (status < 0) {
		explain(i, status, pcap_geterr(p), err, err_len);
		pcap_close(p);
		return status == PCAP_ERROR_IFACE_NOT_UP ? START_DOWN :
		    START_FAILED;
	}
	if (status == PCAP_WARNING_PROMISC_NOTSUP)
		log_warnx("%s: no promiscuous mode: only its own traffic is "
		    "seen", i->name);
	i->dlt = pcap_datalink(p);
	if (conf->bpf && (pcap_compile(p, &i->filter, conf->bpf, 1,
	        PCAP_NETMASK_UNKNOWN) != 0 || pcap_setfilter(p, &i->filter))) {
		snprintf(err, err_len, "packet filter \"%s\": %s", conf->bpf,
		    pcap_geterr(p));
		pcap_close(p);
		return START_FAILED;
	}
	if (conf->bpf)
		pcap_freecode(&i->filter);
	if (pcap_setnonblock(p, 1, why) == -1) {
		snprintf(err, err_len, "%s: %s", i->name, why);
		pcap_close(p);
		return START_FAILED;
	}
	if (conf->incoming && pcap_setdirection(p, PCAP_D_IN) == -1)
		log_warnx("%s: %s: what leaves by it is seen as well",
		    i->name, pcap_geterr(p));
	i->fd = pcap_get_selectable_fd(p);
	i->pcap = p;
	return START_OK;
}

/* What the interface's handles counted so far, the open one included. */
static struct pcap_stat
iface_stats(const struct iface *i)
{
	struct pcap_stat sum = i->before, s = { 0 };

	if (i->pcap && pcap_stats(i->pcap, &s) == 0) {
		sum.ps_recv += s.ps_recv;
		sum.ps_drop += s.ps_drop;
		sum.ps_ifdrop += s.ps_ifdrop;
	}
	return sum;
}

static void
iface_stop(struct iface *i)
{
	if (!i->pcap)
		return;
	i->before = iface_stats(i);
	pcap_close(i->pcap);
	i->pcap = NULL;
	i->fd = -1;
}

/* It cannot be read any more: let go of it and wait. */
static void
iface_lost(struct pcap_live *l, struct iface *i, const char *why)
{
	log_warnx("%s: %s; waiting for it to come back", i->name, why);
	iface_stop(i);
	l->retry_ns = clock_ns() + RETRY_NS;
}

/* Opens again what has come back, at most once a second. */
static void
retry_lost(struct pcap_live *l)
{
	uint64_t now = clock_ns();
	char err[512];

	if (now < l->retry_ns)
		return;
	l->retry_ns = now + RETRY_NS;
	for (unsigned n = 0; n < l->n_ifaces; n++) {
		struct iface *i = &l->ifaces[n];

		if (i->pcap) {
			if (!is_up(i->name))
				iface_lost(l, i, "the interface went down");
		} else if (is_up(i->name) &&
		    iface_start(i, &l->conf, err, sizeof(err)) == START_OK) {
			log_warnx("%s: is back", i->name);
		}
	}
}

/* -- opening and closing ------------------------------------------------ */

static void pcap_live_close(void *self);

static bool
add_iface(struct pcap_live *l, struct text name, char *err, size_t err_len)
{
	struct iface *i = &l->ifaces[l->n_ifaces];

	if (l->n_ifaces == IFACES_MAX) {
		snprintf(err, err_len, "more than %d interfaces", IFACES_MAX);
		return false;
	}
	i->name = xasprintf("%.*s", TEXT_ARG(name));
	i->fd = -1;
	l->n_ifaces++;
	switch (iface_start(i, &l->conf, err, err_len)) {
	case START_OK:
		if (is_up(i->name))
			return true;
		iface_lost(l, i, "the interface is down");
		return true;
	case START_DOWN:
		i->dlt = DLT_EN10MB; /* until it is up and can be asked */
		iface_lost(l, i, "the interface is down");
		return true;
	case START_FAILED:
		return false;
	}
	return false;
}

static void *
pcap_live_open(const char *source, const struct capture_conf *conf, char *err,
    size_t err_len)
{
	struct pcap_live *l = xcalloc(1, sizeof(*l));
	struct text rest = text_of(source);

	l->conf = *conf;
	l->room_bytes = ROOM_BYTES;
	l->room = xcalloc(1, l->room_bytes);
	if (!l->conf.snaplen || l->conf.snaplen > LIM_SNAPLEN_MAX)
		l->conf.snaplen = LIM_SNAPLEN_MAX;
	/* eth0:eth1::eth2:eth3 are Snort's inline pairs: here all of them */
	while (rest.ptr) {
		struct text name = text_trim(text_cut(&rest, ':'));

		if (name.len && !add_iface(l, name, err, err_len)) {
			pcap_live_close(l);
			return NULL;
		}
	}
	if (!l->n_ifaces) {
		snprintf(err, err_len, "-i %s: names no interface", source);
		pcap_live_close(l);
		return NULL;
	}
	return l;
}

static void
pcap_live_close(void *self)
{
	struct pcap_live *l = self;

	for (unsigned n = 0; n < l->n_ifaces; n++) {
		iface_stop(&l->ifaces[n]);
		free(l->ifaces[n].name);
	}
	free(l->room);
	free(l);
}

/* -- reading ------------------------------------------------------------ */

static void
take_packet(u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	struct pcap_live *l = (struct pcap_live *)(void *)user;
	uint32_t caplen = h->caplen < l->conf.snaplen ? h->caplen :
	    l->conf.snaplen;
	uint8_t *to = l->room + l->room_used;

	memcpy(to, data, caplen);
	l->room_used += caplen;
	l->n_bytes += caplen;
	l->frames[l->got++] = (struct frame){
		.data = to,
		.caplen = caplen,
		.wirelen = h->len < caplen ? caplen : h->len,
		.ts = { (uint64_t)h->ts.tv_sec * 1000000000u +
		    (uint64_t)h->ts.tv_usec *
		    (pcap_get_tstamp_precision(l->ifaces[l->filling].pcap) ==
		        PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000) },
		.iface = l->filling,
		.flags = l->conf.csum_not_ready ? FRAME_CSUM_NOT_READY : 0,
	};
}

/* As many packets of the interface as are there and surely fit. */
static void
read_iface(struct pcap_live *l, uint32_t n, unsigned want)
{
	struct iface *i = &l->ifaces[n];
	size_t fit = (l->room_bytes - l->room_used) / l->conf.snaplen;
	unsigned most = want - l->got;
	int r;

	if (most > fit)
		most = (unsigned)fit;
	if (!i->pcap || !most)
		return;
	l->filling = n;
	r = pcap_dispatch(i->pcap, (int)most, take_packet,
	    (u_char *)(void *)l);
	if (r < 0 && r != PCAP_ERROR_BREAK)
		iface_lost(l, i, pcap_geterr(i->pcap));
}

static void
read_all(struct pcap_live *l, unsigned want)
{
	for (unsigned k = 0; k < l->n_ifaces && l->got < want; k++)
		read_iface(l, (l->turn + k) % l->n_ifaces, want);
	l->turn = (l->turn + 1) % l->n_ifaces;
}

static void
wait_for_packets(const struct pcap_live *l)
{
	struct pollfd fds[IFACES_MAX];
	nfds_t n = 0;

	for (unsigned k = 0; k < l->n_ifaces; k++)
		if (l->ifaces[k].pcap)
			fds[n++] = (struct pollfd){ .fd = l->ifaces[k].fd,
				.events = POLLIN };
	(void)poll(fds, n, l->conf.timeout_ms);
}

static enum capture_status
pcap_live_batch(void *self, struct frame *frames, unsigned n, unsigned *got,
    char *err, size_t err_len)
{
	struct pcap_live *l = self;

	(void)err;
	(void)err_len;
	l->frames = frames;
	l->got = 0;
	l->room_used = 0;
	retry_lost(l);
	read_all(l, n);
	if (!l->got) {
		wait_for_packets(l);
		read_all(l, n);
	}
	*got = l->got;
	return l->got ? CAPTURE_FRAMES : CAPTURE_IDLE;
}

static void
pcap_live_stats(void *self, struct capture_stats *out)
{
	struct pcap_live *l = self;

	*out = (struct capture_stats){ .bytes = l->n_bytes };
	for (unsigned k = 0; k < l->n_ifaces; k++) {
		struct pcap_stat s = iface_stats(&l->ifaces[k]);

		out->received += s.ps_recv;
		out->dropped += s.ps_drop;
		out->if_dropped += s.ps_ifdrop;
	}
}

static int
pcap_live_dlt(void *self, uint32_t iface)
{
	const struct pcap_live *l = self;

	return l->ifaces[iface].dlt;
}

static const char *
pcap_live_iface_name(void *self, uint32_t iface)
{
	const struct pcap_live *l = self;

	return iface < l->n_ifaces ? l->ifaces[iface].name : NULL;
}

static void
pcap_live_progress(void *self, uint64_t *at, uint64_t *size)
{
	(void)self;
	*at = *size = 0;
}

const struct capture_ops capture_pcap_live = {
	.name = "pcap_live",
	.help = "network interfaces, passive, through libpcap (-i)",
	.open = pcap_live_open,
	.batch = pcap_live_batch,
	.verdict = NULL,
	.stats = pcap_live_stats,
	.dlt = pcap_live_dlt,
	.iface_name = pcap_live_iface_name,
	.progress = pcap_live_progress,
	.close = pcap_live_close,
};
