package tunnel

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/contact"
	"modelbeam/tunnel/dialect"
)

const removedKey = "mb_CCCCCCCCCCCCCCCCCCCCCC"

// kinds are what the ledger has, in the form "kind" or "kind detail".
func kinds(g *Gateway) []string {
	all := []string{}
	for _, c := range g.Contacts() {
		all = append(all, strings.TrimSpace(string(c.Kind)+" "+c.Detail))
	}
	slices.Sort(all)
	return all
}

func pairingOnly(_ context.Context, r PairRequest) (Paired, error) {
	switch r.Code {
	case "GOOD":
		return Paired{Key: otherKey, Device: Device{ID: "d2", Name: "Tablet"}}, nil
	case "OLD":
		return Paired{}, ErrCodeExpired
	case "USED":
		return Paired{}, ErrCodeUsed
	case "MANY":
		return Paired{}, ErrTooManyTries
	}
	return Paired{}, ErrCodeWrong
}

// TestContacts: whatever comes to the door is remembered for what it was, and nothing else is.
func TestContacts(t *testing.T) {
	get := func(path, more string) string {
		return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + more + "\r\n"
	}
	key := func(k string) string { return "Authorization: Bearer " + k + "\r\n" }
	pair := func(code string) string {
		body := `{"code":"` + code + `"}`
		return "POST /pair HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + string(rune('0'+len(body)/10)) + string(rune('0'+len(body)%10)) + "\r\n\r\n" + body
	}
	preflight := "OPTIONS /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://chat.example\r\nAccess-Control-Request-Method: GET\r\n" +
		"Access-Control-Request-Headers: authorization\r\n\r\n"
	page := get("/", "Accept: text/html\r\n")
	for _, tt := range []struct {
		name string
		sent []string // each on a connection of its own
		want []string
	}{
		{"nothing", []string{""}, []string{"silent"}},
		{"TLS", []string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"}, []string{"tls"}},
		{"TLS, and then HTTP", []string{"\x16\x03\x01\x02\x00\x01", page}, []string{"asked", "page"}},
		{"garbage", []string{"\x99\x98\x97\r\n\r\n"}, []string{"garbage"}},
		{"ssh", []string{"SSH-2.0-OpenSSH_9.2\r\n"}, []string{"garbage ssh"}},
		{"http2", []string{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}, []string{"asked", "wrong-host"}}, // net/http makes a request of it, without a Host
		{"socks", []string{"\x05\x01\x00"}, []string{"garbage socks"}},
		{"a broken head with a key", []string{"GET /t/" + testKey + "/v1/models\r\n\r\n"}, []string{"garbage http"}},
		{"half a head", []string{"GET / HTTP/1.1\r\nHost:"}, []string{"garbage http"}},
		{"the page", []string{page}, []string{"asked", "page"}},
		{"the page, from what the browser kept", []string{get("/", "Sec-Fetch-Mode: navigate\r\n")}, []string{"asked", "page"}},
		{"an icon", []string{get("/favicon.ico", ""), get("/icon.svg", "")}, []string{"asked", "no-key"}},
		{"who looks whether we are there", []string{get("/healthz", ""), get("/", ""), get("/translations/en.json", "")}, []string{"asked"}},
		{"a phone that looks for its laptop", []string{get("/proof?at=a&nonce="+strings.Repeat("a", 32)+"&phone="+strings.Repeat("a", 64), ""), get("/proof", "")}, []string{"asked"}},
		{"no key", []string{get("/v1/models", "")}, []string{"asked", "no-key"}},
		{"a wrong key", []string{get("/v1/models", key("mb_ZZZZZZZZZZZZZZZZZZZZZZ"))}, []string{"asked", "bad-key"}},
		{"a removed key", []string{get("/v1/models", key(removedKey))}, []string{"asked", "removed-key"}},
		{"a key", []string{get("/v1/models", key(testKey)), get("/device", key(testKey))}, []string{"asked", "served"}},
		{"a path that is not there", []string{get("/v2", key(testKey))}, []string{"asked", "failed unknown_path"}},
		{"codes", []string{pair("GOOD")}, []string{"asked", "paired"}},
		{"a wrong code", []string{pair("NONE")}, []string{"asked", "bad-code"}},
		{"an old code", []string{pair("OLD")}, []string{"asked", "old-code"}},
		{"a used code", []string{pair("USED")}, []string{"asked", "used-code"}},
		{"too many codes", []string{pair("MANY")}, []string{"asked", "bad-code too_many_tries"}},
		{"another host", []string{"GET /v1/models HTTP/1.1\r\nHost: evil.example:80\r\n" + key(testKey) + "\r\n"}, []string{"asked", "wrong-host evil.example:80"}},
		{"a host that holds a key", []string{"GET / HTTP/1.1\r\nHost: a." + testKey + ".example\r\n\r\n"}, []string{"asked", "wrong-host a."}},
		{"a whole URL", []string{get("http://127.0.0.1/v1/models", key(testKey))}, []string{"asked", "proxied absolute", "served"}},
		{"CONNECT", []string{"CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n"}, []string{"asked", "no-key", "proxied connect"}},
		{"Via", []string{get("/v1/models", key(testKey)+"Via: 1.1 saver\r\n")}, []string{"asked", "proxied via", "served"}},
		{"X-Forwarded-For", []string{get("/healthz", "X-Forwarded-For: 10.0.0.1\r\n")}, []string{"asked", "proxied forwarded"}},
		{"Forwarded", []string{get("/healthz", "Forwarded: for=10.0.0.1\r\n")}, []string{"asked", "proxied forwarded"}},
		{"a preflight", []string{preflight}, []string{"asked", "preflight https://chat.example"}},
		{
			"a preflight and its request",
			[]string{preflight, get("/v1/models", key(testKey)+"Origin: https://chat.example\r\n")},
			[]string{"asked", "served"},
		},
		{
			"a preflight and another page's request",
			[]string{preflight, get("/v1/models", key(testKey)+"Origin: https://other.example\r\n")},
			[]string{"asked", "preflight https://chat.example", "served"},
		},
		{
			"a preflight and a request with a wrong key",
			[]string{preflight, get("/v1/models", key("mb_ZZZZZZZZZZZZZZZZZZZZZZ")+"Origin: https://chat.example\r\n")},
			[]string{"asked", "bad-key"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newRig(t, func(g *Gateway) { g.Pair = pairingOnly })
			g.keys.gone = map[string]bool{removedKey: true}
			for _, text := range tt.sent {
				sendAndLeave(t, g.addr, text)
			}
			await.True(t, "the contacts are "+strings.Join(tt.want, ", "), func() bool { return slices.Equal(kinds(g.Gateway), tt.want) })
			for _, c := range g.Contacts() {
				if !c.Peer.IsLoopback() || !c.Local.IsLoopback() || strings.Contains(c.Detail, "mb_") {
					t.Errorf("a contact is %+v", c)
				}
				if wants := map[contact.Kind]string{contact.Served: "d1", contact.Paired: "d2"}[c.Kind]; wants != c.Device && c.Kind != contact.Failed {
					t.Errorf("%s is of device %q, want %q", c.Kind, c.Device, wants)
				}
			}
		})
	}
}

// sendAndLeave sends text on a connection of its own, says that nothing more comes, and waits until the gateway has
// said all that it has to say, or at most until it has ended the connection.
func sendAndLeave(t *testing.T, addr, text string) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Fatalf("after %q: %v", text, err)
	}
}

// TestContactsOfStrangers: who is not near is that and nothing else, whatever it tried.
func TestContactsOfStrangers(t *testing.T) {
	g := &Gateway{Keys: newKeyring(), Networks: func() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")} }}
	for _, peer := range []string{"203.0.113.7:1", "198.51.100.7:1"} {
		for _, with := range []string{"", "Via", "Origin"} {
			r := httptest.NewRequest("GET", "http://192.168.1.20:8717/v1/models", nil)
			r.RemoteAddr, r.URL.Host = peer, ""
			if with != "" {
				r.Header.Set(with, "https://x.example")
			}
			if with == "Origin" {
				r.Method = "OPTIONS"
				r.Header.Set("Access-Control-Request-Method", "POST")
			}
			g.Handler().ServeHTTP(httptest.NewRecorder(), r)
		}
	}
	want := []string{"distant", "no-key", "preflight https://x.example", "proxied via"}
	if got := kinds(g); !slices.Equal(got, want) {
		t.Errorf("the contacts are %q, want %q", got, want)
	}
	for _, c := range g.Contacts() {
		if far := c.Peer.String() == "203.0.113.7"; far != (c.Kind == contact.Distant) {
			t.Errorf("%s is of %s", c.Kind, c.Peer)
		}
	}
}

// TestContactsOfForbiddenPages: where web pages are chosen, another one is told apart from one whose request never came.
func TestContactsOfForbiddenPages(t *testing.T) {
	g := &Gateway{Keys: newKeyring(), Origins: []string{"https://chat.example"}}
	for _, origin := range []string{"https://evil.example", "https://chat.example", "http://192.168.1.20:8717"} {
		r := httptest.NewRequest("OPTIONS", "http://192.168.1.20:8717/v1/models", nil)
		r.RemoteAddr, r.URL.Host = "192.168.1.30:1", ""
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "GET")
		g.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}
	if got, want := kinds(g), []string{"bad-origin https://evil.example", "preflight https://chat.example"}; !slices.Equal(got, want) {
		t.Errorf("the contacts are %q, want %q", got, want)
	}
}

// TestContactsOfServers: what went wrong on a server is told by the code that the phone got.
func TestContactsOfServers(t *testing.T) {
	fine := upstream(t, "fine", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) }, "fine")
	sick := upstream(t, "sick", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(507) }, "sick")
	short := upstream(t, "short", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: {}\n\n")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}, "short")
	dead := describe(t, "dead", dialect.OpenAI, "http://127.0.0.1:1", "dead")
	for model, want := range map[string]string{
		"fine": "served", "sick": "failed status-507", "short": "failed server_broke_off",
		"dead": "failed server_unreachable", "none": "failed model_not_found",
	} {
		g := newRig(t, nil, []catalog.Server{fine, sick, short, dead}...)
		res, err := client.Do(g.request("POST", "/v1/chat/completions", chat(model)))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		await.True(t, "the contact of "+model+" is "+want, func() bool { return slices.Equal(kinds(g.Gateway), []string{"asked", want}) })
	}
}

// TestContactsOfWhoLeaves: to press Stop is no failure, to be kept waiting is one.
func TestContactsOfWhoLeaves(t *testing.T) {
	for waited, want := range map[time.Duration]string{
		shortWait - time.Second: "", shortWait: "failed left-early", longWait - time.Second: "failed left-early", longWait: "failed left",
	} {
		synctest.Test(t, func(t *testing.T) {
			c := &call{began: time.Now(), device: Device{ID: "d1"}, response: new(response)}
			time.Sleep(waited)
			kind, detail := c.outcome()
			if got := strings.TrimSpace(string(kind) + " " + detail); got != want {
				t.Errorf("after %s: %q, want %q", waited, got, want)
			}
			c.response.status.Store(http.StatusOK)
			if kind, _ := c.outcome(); kind != contact.Served {
				t.Errorf("in the middle of an answer: %q", kind)
			}
		})
	}
}
