package tunnel

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/hosts"
)

// A phone must not send its key to whoever has the laptop's address now: in another Wi-Fi, behind
// a captive portal, or after the router has handed out addresses anew. So it asks first, at GET
// /proof, and sends its key only to who answers as nobody but its laptop can. What both sides have,
// and nobody else, is the hash of the key: h = SHA-256(key). The phone chooses 128 random bits, the
// nonce, and sends with them
//
//	at      the host and port that it talks to, as they stand in its address
//	phone   HMAC-SHA256(h, "modelbeam proof 1, phone" || at || nonce)
//
// and gets
//
//	proof   HMAC-SHA256(h, "modelbeam proof 1, laptop, direct" || at || nonce)
//
// The phone does not say which one it is: the laptop finds the key that made the mark. So neither
// side tells a stranger anything that lasts, and the page needs no lasting ID of the laptop to know it
// again at another address.
//
// What an attacker gets out of it:
//
//   - Without h nobody can make either of the two. An answer lets him try keys at home, of which there
//     are 2^128. Whoever asks without h, or repeats what he has heard, gets an answer that is as good
//     as random, so nobody learns who is paired here.
//   - The labels keep the macs from being of use for anything else, now or later.
//   - He can have the laptop answer what a phone asked him. But at is in both macs, and the laptop says
//     "direct" only when that is an address of its own, under which the request came to it. The laptop
//     is at another address than he is, so the phone does not believe him. A phone that was paired by
//     way of a port forward or a reverse proxy gets, and takes, "forwarded" for its whole life: to that
//     phone somebody between it and the laptop is nothing new.
//
// What remains: who answers for the laptop's own address or .local name on its own network (ARP or
// mDNS spoofing) and passes everything on. To him plain HTTP is readable anyway. And whoever has the address
// when a person reloads the page: what he sends is then a page of that origin, with access to all that ours
// has stored. Only TLS would help there.
const (
	proofPhone     = "modelbeam proof 1, phone\n"
	proofDirect    = "modelbeam proof 1, laptop, direct\n"
	proofForwarded = "modelbeam proof 1, laptop, forwarded\n"
)

// proofsAMinute is more than a house full of phones asks for whose laptop comes and goes.
const proofsAMinute = 600

var (
	proofAt    = regexp.MustCompile(`^[!-~]{1,260}$`) // a host name has 253 characters at most
	proofNonce = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// serveHealth answers GET /healthz. It says nothing about models, devices or servers. A web page of
// another origin learns no more than that we are here: by a name or an ID that last it could know
// whoever visits it again, and so could all pages together. Our own page needs neither from another
// address of this machine: it knows its laptop by a proof.
func (g *Gateway) serveHealth(w http.ResponseWriter, r *http.Request) {
	health := struct {
		OK      bool   `json:"ok"`
		Product string `json:"product"`
		Name    string `json:"name,omitempty"`
		ID      string `json:"id,omitempty"`
	}{OK: true, Product: "Modelbeam"}
	if !callOf(r).foreign {
		health.Name, health.ID = g.Name, g.ID
	}
	writeJSON(w, r, health)
}

// serveProof answers GET /proof.
func (g *Gateway) serveProof(w http.ResponseWriter, r *http.Request) {
	if f := fault.TooManyTries(g.failures.proofs.Take(callOf(r).remote)); f != nil {
		fail(w, r, f)
		return
	}
	query := r.URL.Query()
	mac, err := hex.DecodeString(query.Get("phone"))
	if err != nil || len(mac) != sha256.Size || !proofAt.MatchString(query.Get("at")) || !proofNonce.MatchString(query.Get("nonce")) {
		fail(w, r, fault.NoProof)
		return
	}
	proof, known := g.prove(r, query, mac)
	if !known && g.Keys != nil && !g.Keys.Known() {
		fail(w, r, g.laptop.DevicesUnreadable())
		return
	}
	answer := struct {
		Name  string `json:"name,omitempty"`
		Proof string `json:"proof"`
	}{Proof: hex.EncodeToString(proof)}
	if !callOf(r).foreign { // as in serveHealth
		answer.Name = g.Name
	}
	writeJSON(w, r, answer)
}

// prove makes the answer to a question, and tells whether it is a proof.
func (g *Gateway) prove(r *http.Request, query url.Values, mac []byte) (proof []byte, known bool) {
	asked := query.Get("at") + "\n" + query.Get("nonce")
	answer := proofForwarded + asked
	if strings.EqualFold(query.Get("at"), r.Host) && g.home.isOurs(r.Host, hosts.Local(r)) {
		answer = proofDirect + asked
	}
	if g.Prove != nil {
		if proof := g.Prove([]byte(proofPhone+asked), mac, []byte(answer)); proof != nil {
			return proof, true
		}
	}
	// The same question gets the same answer, as it does from a laptop that knows the phone.
	unknown := hmac.New(sha256.New, g.nobody[:])
	unknown.Write(mac)
	unknown.Write([]byte(answer))
	return unknown.Sum(nil), false
}

// newSecret is for what only this process must be able to make.
func newSecret() (secret [sha256.Size]byte) {
	_, _ = rand.Read(secret[:]) // never fails: crypto/rand aborts the program instead
	return secret
}
