package tunnel_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"modelbeam/tunnel"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// onePhone is a Keyring with one device.
type onePhone struct{ key string }

func (k onePhone) Device(key string) (tunnel.Device, bool) {
	return tunnel.Device{ID: "1", Name: "Phone"}, key == k.key
}
func (onePhone) Removed(string) bool { return false }
func (onePhone) Known() bool         { return true }

// A gateway in front of one server, and a phone that asks for its model.
func ExampleGateway() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"choices":[{"message":{"role":"assistant","content":"Hello!"}}]}`)
	}))
	defer server.Close()
	at, err := url.Parse(server.URL)
	if err != nil {
		panic(err)
	}

	g := &tunnel.Gateway{Name: "Laptop", Keys: onePhone{"mb_0123456789abcdefABCDEF"}}
	g.SetServers([]catalog.Server{{
		ID: "studio", Name: "LM Studio", URL: at, Dialects: dialect.OpenAI, Models: []catalog.Model{{ID: "qwen"}},
	}})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- g.Serve(ctx, listener) }()

	ask := func(key string) {
		r, err := http.NewRequest(http.MethodPost, "http://"+listener.Addr().String()+"/v1/chat/completions",
			strings.NewReader(`{"model":"qwen","messages":[{"role":"user","content":"Hi"}]}`))
		if err != nil {
			panic(err)
		}
		r.Header.Set("Authorization", "Bearer "+key)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			panic(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			panic(err)
		}
		fmt.Println(res.StatusCode, strings.TrimSpace(string(body)))
	}
	ask("mb_0123456789abcdefABCDEF")
	ask("mb_aaaaaaaaaaaaaaaaaaaaaa")

	http.DefaultClient.CloseIdleConnections()
	stop()
	fmt.Println(<-done)
	// Output:
	// 200 {"choices":[{"message":{"role":"assistant","content":"Hello!"}}]}
	// 401 {"error":{"code":"invalid_api_key","message":"Modelbeam on Laptop does not recognise this key. Scan the code that it shows there to get a new one.","param":null,"source":"modelbeam","type":"authentication_error"}}
	// <nil>
}
