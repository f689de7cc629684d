package homelab

import (
	"net"
	"slices"
	"time"

	"github.com/miekg/dns"
)

// group is where mDNS is spoken (RFC 6762, section 3).
var group = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}

// Announce makes the machine answer what is asked by multicast, as a television with Chromecast does, until
// the test ends.
func (m *Machine) Announce() {
	m.t.Helper()
	conn := m.join()
	ended := make(chan struct{})
	m.t.Cleanup(func() {
		_ = conn.Close()
		<-ended
	})
	go func() {
		defer close(ended)
		answerAll(conn)
	}()
}

// join listens to what is said by mDNS.
func (m *Machine) join() *net.UDPConn {
	m.t.Helper()
	var conn *net.UDPConn
	err := m.inside(func() error {
		wlan, err := net.InterfaceByName("wlan0")
		if err != nil {
			return err
		}
		conn, err = net.ListenMulticastUDP("udp4", wlan, group)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return conn
}

func answerAll(conn *net.UDPConn) {
	buf := make([]byte, 9000)
	for {
		n, from, err := conn.ReadFromUDP(buf)
		if err != nil {
			return
		}
		var question dns.Msg
		if question.Unpack(buf[:n]) != nil || question.Response {
			continue
		}
		if answer, alone := television(&question, from.Port != group.Port); answer != nil {
			if packed, err := answer.Pack(); err == nil {
				to := group
				if alone {
					to = from
				}
				_, _ = conn.WriteToUDP(packed, to)
			}
		}
	}
}

// television answers who asks which services there are, or for the one that it has; alone says that the
// answer is for nobody else: the question said so, or came from a program that speaks plain DNS (RFC 6762,
// sections 5.4 and 6.7).
func television(question *dns.Msg, plain bool) (answer *dns.Msg, alone bool) {
	answer, alone = new(dns.Msg), plain
	answer.Response, answer.Authoritative = true, true
	for _, q := range question.Question {
		target := map[string]string{
			"_services._dns-sd._udp.local.": "_googlecast._tcp.local.",
			"_googlecast._tcp.local.":       "Living-Room._googlecast._tcp.local.",
		}[q.Name]
		if target == "" || (q.Qtype != dns.TypePTR && q.Qtype != dns.TypeANY) {
			continue
		}
		alone = alone || q.Qclass&(1<<15) != 0
		answer.Answer = append(answer.Answer, &dns.PTR{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypePTR, Class: dns.ClassINET, Ttl: 120}, Ptr: target})
	}
	if len(answer.Answer) == 0 {
		return nil, false
	}
	if plain {
		answer.Id, answer.Question = question.Id, question.Question
	}
	return answer, alone
}

// Announced is what the machine finds when it asks once who offers a service, such as "_http._tcp": the names,
// each once.
func (m *Machine) Announced(service string) (names []string) {
	m.t.Helper()
	conn := m.join()
	defer func() { _ = conn.Close() }()
	question, err := new(dns.Msg).SetQuestion(service+".local.", dns.TypePTR).Pack()
	if err == nil {
		_, err = conn.WriteTo(question, group)
	}
	if err != nil {
		m.t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond)) // who has something to say does so within 120 ms
	for buf := make([]byte, 9000); ; {
		n, err := conn.Read(buf)
		if err != nil {
			return names
		}
		var answer dns.Msg
		if answer.Unpack(buf[:n]) != nil {
			continue
		}
		for _, record := range answer.Answer {
			if pointer, ok := record.(*dns.PTR); ok && pointer.Hdr.Name == service+".local." && !slices.Contains(names, pointer.Ptr) {
				names = append(names, pointer.Ptr)
			}
		}
	}
}
