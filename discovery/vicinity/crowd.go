package vicinity

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

const (
	services = "_services._dns-sd._udp.local." // asks for all kinds of services, RFC 6763 section 9
	webPages = "_http._tcp.local."             // what we announce ourselves

	ourNames = "Modelbeam on " // how the names of our announcements begin
	ourID    = "id="           // of the text of our announcements: which installation it is

	// most bounds what is noted of a network where anybody can say anything.
	most = 256
)

// question is our one question: who announces anything, and who announces pages.
func question() []byte {
	m := dns.Msg{Question: []dns.Question{
		{Name: services, Qtype: dns.TypePTR, Qclass: dns.ClassINET},
		{Name: webPages, Qtype: dns.TypePTR, Qclass: dns.ClassINET},
	}}
	packet, _ := m.Pack() // of names that are valid
	return packet
}

// crowd is who was heard.
type crowd struct {
	hosts     []netip.Addr
	instances []Instance
}

// note notes a packet's sender, and what it announces of ours. Whoever asks is there too.
func (heard *crowd) note(from netip.Addr, packet []byte) {
	if !slices.Contains(heard.hosts, from) && len(heard.hosts) < most {
		heard.hosts = append(heard.hosts, from)
	}
	var m dns.Msg
	if m.Unpack(packet) != nil || !m.Response {
		return
	}
	for _, i := range instances(slices.Concat(m.Answer, m.Extra), from) {
		if !slices.Contains(heard.instances, i) && len(heard.instances) < most {
			heard.instances = append(heard.instances, i)
		}
	}
}

// instances are the Modelbeams that an answer announces. One without a time to live says goodbye.
func instances(records []dns.RR, from netip.Addr) (list []Instance) {
	for _, rr := range records {
		pointer, ok := rr.(*dns.PTR)
		if !ok || pointer.Hdr.Ttl == 0 || !strings.EqualFold(pointer.Hdr.Name, webPages) {
			continue
		}
		i := Instance{Name: firstLabel(pointer.Ptr), ID: idOf(pointer.Ptr, records), Addr: from}
		if strings.HasPrefix(i.Name, ourNames) {
			list = append(list, i)
		}
	}
	return list
}

// idOf is the "id=" of an instance's text, where the answer has it.
func idOf(instance string, records []dns.RR) string {
	for _, rr := range records {
		text, ok := rr.(*dns.TXT)
		if !ok || !strings.EqualFold(text.Hdr.Name, instance) {
			continue
		}
		for _, pair := range text.Txt {
			if id, ok := strings.CutPrefix(pair, ourID); ok {
				return id
			}
		}
	}
	return ""
}

// firstLabel is an instance's own name, without the escapes in which the DNS library prints names.
func firstLabel(name string) string {
	var b strings.Builder
	for i := 0; i < len(name) && name[i] != '.'; i++ {
		switch {
		case name[i] != '\\':
			b.WriteByte(name[i])
		case i+3 < len(name) && digits(name[i+1:i+4]):
			b.WriteByte((name[i+1]-'0')*100 + (name[i+2]-'0')*10 + name[i+3] - '0')
			i += 3
		case i+1 < len(name):
			i++
			b.WriteByte(name[i])
		}
	}
	return b.String()
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}
