package tunnel

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// prover is what the laptop has of the phones with these keys: the hashes.
func prover(keys ...string) func(question, mac, answer []byte) []byte {
	return func(question, mac, answer []byte) []byte {
		for _, key := range keys {
			if hmac.Equal(macOf(key, question), mac) {
				return macOf(key, answer)
			}
		}
		return nil
	}
}

func macOf(key string, message []byte) []byte {
	h := sha256.Sum256([]byte(key))
	m := hmac.New(sha256.New, h[:])
	m.Write(message)
	return m.Sum(nil)
}

const nonce = "00112233445566778899aabbccddeeff"

// question is what a phone with the key asks that talks to at.
func question(key, at string) string {
	mac := macOf(key, []byte("modelbeam proof 1, phone\n"+at+"\n"+nonce))
	return "/proof?" + url.Values{"at": {at}, "nonce": {nonce}, "phone": {hex.EncodeToString(mac)}}.Encode()
}

// wanted is the answer that a phone takes, "direct" or "forwarded".
func wanted(key, at, way string) string {
	return hex.EncodeToString(macOf(key, []byte("modelbeam proof 1, laptop, "+way+"\n"+at+"\n"+nonce)))
}

func proofIn(t *testing.T, body string) string {
	t.Helper()
	var got struct{ Name, Proof string }
	if err := json.Unmarshal([]byte(body), &got); err != nil || len(got.Proof) != 64 {
		t.Fatalf("the answer is %s", body)
	}
	return got.Proof
}

// TestProof has a phone with a key, and others, ask whether this is their laptop. Nobody shows a key.
func TestProof(t *testing.T) {
	g := newRig(t, func(g *Gateway) { g.Prove = prover(testKey, otherKey) })
	for _, paused := range []bool{false, true} {
		g.SetPaused(paused)
		for _, key := range []string{testKey, otherKey} {
			res, body := fetch(t, g.request("GET", question(key, g.addr), "", "Authorization", "", "Origin", "http://laptop.local:8717"))
			if got := proofIn(t, body); res.StatusCode != 200 || got != wanted(key, g.addr, "direct") {
				t.Errorf("paused %v: %s: %s", paused, res.Status, body)
			}
			if res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers %v", res.Header)
			}
			if strings.Contains(body, "install-1") || strings.Contains(body, "Testbook") {
				t.Errorf("the answer tells a page of another origin something that lasts: %s", body)
			}
			if _, body := fetch(t, g.request("GET", question(key, g.addr), "", "Authorization", "")); !strings.Contains(body, `"name":"Testbook"`) {
				t.Errorf("the page itself is not told the name: %s", body)
			}
		}
	}
	if n := len(g.seen.list()); n != 0 {
		t.Errorf("%d requests were told", n)
	}
}

// TestProofForStrangers: who has no key of ours, or repeats what he heard, cannot tell the answer
// from that to a phone of another laptop, and none of them is a proof.
func TestProofForStrangers(t *testing.T) {
	g := newRig(t, func(g *Gateway) { g.Prove = prover(testKey) })
	stranger := "mb_CCCCCCCCCCCCCCCCCCCCCC"
	ask := func(path string) string {
		t.Helper()
		res, body := fetch(t, g.request("GET", path, "", "Authorization", ""))
		if res.StatusCode != 200 {
			t.Fatalf("%s: %s", res.Status, body)
		}
		return proofIn(t, body)
	}
	first := ask(question(stranger, g.addr))
	if first != ask(question(stranger, g.addr)) {
		t.Error("a question that is repeated gets another answer: that tells that nobody is known")
	}
	for _, way := range []string{"direct", "forwarded"} {
		if first == wanted(stranger, g.addr, way) || first == wanted(testKey, g.addr, way) {
			t.Errorf("a stranger's answer is a proof")
		}
	}
	// The phone's own mark, with another nonce or address, is nobody's.
	replayed := strings.Replace(question(testKey, g.addr), nonce, strings.Repeat("1", 32), 1)
	if got := ask(replayed); got == wanted(testKey, g.addr, "direct") {
		t.Error("a mark is good for another question")
	}
	// Each run has its own answers for those that it does not know.
	other := newRig(t, nil)
	if _, body := fetch(t, other.request("GET", question(stranger, g.addr), "", "Authorization", "")); proofIn(t, body) == first {
		t.Error("another process answers the same")
	}
}

// TestProofWhileTheListCannotBeRead: who is not known then may be known all the same, and is not
// answered as by another laptop.
func TestProofWhileTheListCannotBeRead(t *testing.T) {
	g := newRig(t, func(g *Gateway) { g.Prove = prover(testKey) })
	g.keys.mu.Lock()
	g.keys.unread = true
	g.keys.mu.Unlock()
	if res, body := fetch(t, g.request("GET", question(testKey, g.addr), "", "Authorization", "")); proofIn(t, body) != wanted(testKey, g.addr, "direct") {
		t.Errorf("a phone that is known: %s %s", res.Status, body)
	}
	res, body := fetch(t, g.request("GET", question(otherKey, g.addr), "", "Authorization", ""))
	if res.StatusCode != 503 || !strings.Contains(body, "devices_unreadable") {
		t.Errorf("another one: %s %s", res.Status, body)
	}
}

func TestProofQuestions(t *testing.T) {
	g := newRig(t, func(g *Gateway) { g.Prove = prover(testKey) })
	good := question(testKey, g.addr)
	for _, path := range []string{
		"/proof", "/proof?at=x&nonce=" + nonce, strings.Replace(good, "nonce="+nonce, "nonce=00", 1),
		strings.Replace(good, "nonce="+nonce, "nonce="+strings.Repeat("A", 32), 1),
		strings.Replace(good, "at=", "at=%0A", 1), strings.Replace(good, "at=", "at="+strings.Repeat("a", 300), 1),
		strings.Replace(good, "phone=", "phone=00", 1), strings.Replace(good, "phone=", "phone=zz", 1),
	} {
		if res, body := fetch(t, g.request("GET", path, "")); res.StatusCode != 400 {
			t.Errorf("%s: %s %s", path, res.Status, body)
		}
	}
	if res, _ := fetch(t, g.request("POST", good, "{}")); res.StatusCode != 405 {
		t.Errorf("POST: %s", res.Status)
	}
}

// TestProofSaysWhichWay: only where the phone talks to an address of this machine's own, under which
// the request came in, is the answer "direct". Else somebody may stand between: he can have us
// answer what a phone asked him, but the phone does not take that for its laptop.
func TestProofSaysWhichWay(t *testing.T) {
	g := &Gateway{Prove: prover(testKey), Hosts: func() []string { return []string{"modelbeam-1a2b.local"} }}
	g.Handler()
	const lan, loop = "192.168.1.20:8717", "127.0.0.1:8717"
	for _, tt := range []struct{ local, host, at, way string }{
		{lan, "192.168.1.20:8717", "192.168.1.20:8717", "direct"},
		{"[fd00::20]:8717", "[fd00::20]:8717", "[fd00::20]:8717", "direct"},
		{lan, "modelbeam-1a2b.local:8717", "modelbeam-1a2b.local:8717", "direct"},
		{lan, "MODELBEAM-1A2B.local:8717", "modelbeam-1a2b.local:8717", "direct"},
		{loop, "localhost:8717", "localhost:8717", "direct"},
		{lan, "192.168.1.66:8717", "192.168.1.66:8717", "forwarded"}, // somebody else's address, passed on as it is
		{lan, "192.168.1.20:8717", "192.168.1.66:8717", "forwarded"}, // the same, with our address put in
		{lan, "192.168.1.20:8717", "192.168.1.20:9999", "forwarded"}, // a port forward
		{loop, "10.0.2.2:8717", "10.0.2.2:8717", "forwarded"},        // what an emulator of phones calls this machine
		{lan, "other.local:8717", "other.local:8717", "forwarded"},
		{lan, "", "192.168.1.20:8717", "forwarded"},
		{"", "192.168.1.20:8717", "192.168.1.20:8717", "forwarded"}, // the server did not say what was reached
	} {
		r := httptest.NewRequest(http.MethodGet, question(testKey, tt.at), nil)
		r.Host = tt.host
		if addr, err := net.ResolveTCPAddr("tcp", tt.local); err == nil {
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, addr))
		}
		mac, err := hex.DecodeString(r.URL.Query().Get("phone"))
		if err != nil {
			t.Fatal(err)
		}
		proof, known := g.prove(r, r.URL.Query(), mac)
		if got := hex.EncodeToString(proof); !known || got != wanted(testKey, tt.at, tt.way) {
			t.Errorf("at %q, asked for as %q by a phone that talks to %q: not %s", tt.local, tt.host, tt.at, tt.way)
		}
	}
}

// TestProofsAreBounded: anybody may ask, but not without end; others still may.
func TestProofsAreBounded(t *testing.T) {
	g := &Gateway{Prove: prover(testKey)}
	ask := func(peer string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, question(testKey, "192.168.1.20:8717"), nil)
		r.Host, r.RemoteAddr = "192.168.1.20:8717", peer
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(192, 168, 1, 20), Port: 8717}))
		w := httptest.NewRecorder()
		g.Handler().ServeHTTP(w, r)
		return w
	}
	for i := range proofsAMinute {
		if w := ask("192.168.1.7:5000"); w.Code != 200 {
			t.Fatalf("question %d: %d", i, w.Code)
		}
	}
	w := ask("192.168.1.7:5000")
	if w.Code != 429 || w.Header().Get("Retry-After") == "" || bytes.Contains(w.Body.Bytes(), []byte(`"proof"`)) {
		t.Errorf("one too many: %d %s", w.Code, w.Body)
	}
	if w := ask("192.168.1.8:5000"); w.Code != 200 {
		t.Errorf("another phone: %d", w.Code)
	}
}

// TestProofVector is what the page computes too, in assets/testdata/connect/proof.test.mjs.
func TestProofVector(t *testing.T) {
	const at = "192.168.1.20:8717"
	if got := question(testKey, at); got != "/proof?at=192.168.1.20%3A8717&nonce=00112233445566778899aabbccddeeff&phone=99274c53438544bdaac04814fc5b0e8b01625360882d6234ac552f47f18e5ee6" {
		t.Errorf("the question is %s", got)
	}
	if got := wanted(testKey, at, "direct"); got != "7aac6274fb42940a76e41ef54ffe504299676effc3ce1b1fc0a494760cae7257" {
		t.Errorf("the answer is %s", got)
	}
}
